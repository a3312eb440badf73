load helper

# Eight records of two bytes; their number n is the letter a + n, twice.
setup() {
	printf aabbccddeeffgghh > in.u8
}

# pick OPTIONS NUMBER...: picks them from in.u8.
pick() {
	local options=()
	while [[ ${1:-} == -* ]]; do
		options+=("$1")
		shift
	done
	printf '%s\n' "$@" | rawpick -t u8 -d 2 "${options[@]}" - in.u8
}

# refused LIST MESSAGE [OUTPUT]: status 1, the message alone on standard error, OUTPUT before it.
refused() {
	printf -- "$1" > list
	run -1 --separate-stderr rawpick -t u8 -d 2 list in.u8
	[ "$stderr" = "rawpick: $2" ] || { echo "$stderr"; false; }
	[ "$output" = "${3:-}" ]
}

# arrives FILE TEXT: within three seconds FILE holds TEXT.
arrives() {
	local try
	for try in $(seq 30); do
		[ "$(cat "$1")" != "$2" ] || return 0
		sleep 0.1
	done
	echo "not '$2' but '$(cat "$1")'"
	return 1
}

@test "rawpick: the records that are listed, counted from 0" {
	[ "$(pick 0)" = aa ]
	[ "$(pick 0 3 7)" = aaddhh ]
	[ "$(pick 0 1 2 3 4 5 6 7)" = "$(cat in.u8)" ]
	printf '1\n3\n' > list
	[ "$(rawpick --type u8 --dims 1x2 list < in.u8)" = bbdd ]
	[ "$(rawpick -t u8 -d 2 - in.u8 < list)" = bbdd ]
	[ "$(rawpick -t u8 -d 2 list - < in.u8)" = bbdd ]
	[ "$(rawpick -t u8 -d 4 list in.u8)" = ccddgghh ]
}

@test "rawpick -v: all the others" {
	[ "$(pick -v 0)" = bbccddeeffgghh ]
	[ "$(pick --invert 0 3 7)" = bbcceeffgg ]
	[ -z "$(pick -v 0 1 2 3 4 5 6 7)" ]
	for list in '' '0' '7' '1 2 5' '0 1 2 3 4 5 6 7'; do
		printf '%s' "${list:+${list// /$'\n'}$'\n'}" > list
		cat <(rawpick -t u8 -d 2 list in.u8) <(rawpick -t u8 -d 2 -v list in.u8) |
			fold -w 2 | sort | tr -d '\n' | cmp - in.u8
	done
}

@test "rawpick: no numbers, no records" {
	[ -z "$(rawpick -t u8 -d 2 /dev/null in.u8)" ]
	rawpick -v -t u8 -d 2 /dev/null in.u8 | cmp - in.u8
	[ -z "$(rawpick -d 2 /dev/null /dev/null)" ]
	[ -z "$(rawpick -v -d 2 /dev/null /dev/null)" ]
}

@test "rawpick -t: u8, f32 and f64 keep all their bytes" {
	head -c 4096 /dev/urandom > bytes
	printf '%s\n' 0 2 3 > list
	while read -r type size; do
		{ head -c $size bytes; head -c $((4 * size)) bytes | tail -c $((2 * size)); } > expected
		rawpick -t $type -d 5 list bytes > out || [ $? -eq 1 ] # the last record is a short one
		cmp expected out
	done <<-END
		u8 5
		f32 20
		f64 40
	END
	head -c 60 bytes | rawpick -d 5 <(echo 2) | cmp - <(head -c 60 bytes | tail -c 20)
}

@test "rawpick: lists as programs write them" {
	printf '1\r\n3\r\n' > crlf
	[ "$(rawpick -t u8 -d 2 crlf in.u8)" = bbdd ]
	printf '%s\n' 1.0 3e0 > others
	[ "$(rawpick -t u8 -d 2 others in.u8)" = bbdd ]
}

@test "rawpick: long lists and many records" {
	seq -f '%07.0f' 0 199999 | tr -d '\n' > many # records of seven digits
	awk 'BEGIN { srand(1); for (i = 0; i < 200000; i++) if (rand() < 0.3) print i }' > list
	rawpick -t u8 -d 7 list many | fold -w 7 | sed '$a\' | cmp - <(awk '{ printf "%07d\n", $1 }' list)
	rawpick -t u8 -d 7 -v list many | fold -w 7 | sed '$a\' |
		cmp - <(seq 0 199999 | sort - list | uniq -u | sort -n | awk '{ printf "%07d\n", $1 }')
}

@test "rawpick: a list that goes beyond the records is an error behind those before" {
	refused '0\n8\n' 'in.u8: record 8 is listed, but there are only 8 records' aa
	refused '9007199254740991\n' 'in.u8: record 9007199254740991 is listed, but there are only 8 records'
	run -1 --separate-stderr rawpick -v -t u8 -d 2 <(echo 8) in.u8
	[ "$output" = "$(cat in.u8)" ]
	[ "$stderr" = 'rawpick: in.u8: record 8 is listed, but there are only 8 records' ]
	run -1 --separate-stderr bash -c 'echo 0 > zero; rawpick -d 1 zero < /dev/null'
	[ "$stderr" = 'rawpick: standard input: record 0 is listed, but there are only 0 records' ]
}

@test "rawpick: a list that does not ascend" {
	refused '1\n3\n2\n' 'list: line 3: 2 is not greater than the index before it' bbdd
	refused '1\n1\n' 'list: line 2: 1 is not greater than the index before it' bb
	refused '3\n0\n' 'list: line 2: 0 is not greater than the index before it' dd
}

@test "rawpick: what is not the index of a record" {
	refused '1\n2.5\n' 'list: line 2: 2.5 is not the index of a record' bb
	refused '1\n1234567.25\n' 'list: line 2: 1234567.25 is not the index of a record' bb
	refused '-1\n' 'list: line 1: -1 is not the index of a record'
	refused '0\nnan\n' 'list: line 2: nan is not the index of a record' aa
	refused '0\ninf\n' 'list: line 2: inf is not the index of a record' aa
	refused '9007199254740992\n' 'list: line 1: 9007199254740992 is not the index of a record'
	refused '0\n1x\n' "list: line 2 (byte 2): '1x' is not a number" aa
	refused '0\n\n' 'list: line 2 (byte 2): an empty line is not a number' aa
	refused '0\n1 2\n' "list: line 2 (byte 2): '1 2' is not a number" aa
	refused '0\n2\tanomaly\n' "list: line 2 (byte 2): '2\\x09anomaly' is not a number" aa
}

@test "rawpick: -v stops where the list does: what comes next is not known" {
	printf '1\n3\nx\n' > list
	run -1 --separate-stderr rawpick -v -t u8 -d 2 list in.u8
	[ "$output" = aacc ]
	[ "$stderr" = "rawpick: list: line 3 (byte 4): 'x' is not a number" ]
}

@test "rawpick: a short last record, listed or not" {
	printf aabbc > short
	for list in 0 1; do
		echo $list > list
		run -1 --separate-stderr rawpick -t u8 -d 2 list short
		[ "$output" = "$([ $list = 0 ] && echo aa || echo bb)" ]
		[ "$stderr" = "rawpick: short: record 2 (byte 4): unexpected end of input after 1 of 2 bytes" ]
	done
	echo 2 > list
	run -1 --separate-stderr rawpick -t u8 -d 2 list short
	[ -z "$output" ]
	[ "$stderr" = "rawpick: short: record 2 (byte 4): unexpected end of input after 1 of 2 bytes" ]
}

@test "rawpick: usage" {
	local args
	while IFS='|' read -r args message; do
		run -2 --separate-stderr rawpick $args
		[ -z "$output" ]
		[ "${stderr_lines[0]}" = "rawpick: $message" ] || { echo "$stderr"; false; }
		[ "${stderr_lines[1]}" = "Try 'rawpick --help'." ]
	done <<-END
		list in.u8|missing option -d DIMS
		-d 2|missing operand INDICES
		-d 2 list in.u8 in.u8|more than one file: 'in.u8'
		-d 2 - -|only one of the files can be standard input
		-d 2 -|only one of the files can be standard input
		-d 0 list|-d: '0' is not a size such as 28x28 (at most 255 dimensions)
		-d 2x list|-d: '2x' is not a size such as 28x28 (at most 255 dimensions)
		-d 2 -t u16 list|-t: 'u16' is not one of u8, f32, f64
	END
}

@test "rawpick: files that are not there" {
	run -1 --separate-stderr rawpick -d 2 nowhere in.u8
	[ "$stderr" = "rawpick: nowhere: cannot open: No such file or directory" ]
	run -1 --separate-stderr rawpick -d 2 /dev/null nowhere
	[ "$stderr" = "rawpick: nowhere: cannot open: No such file or directory" ]
	run -1 --separate-stderr rawpick -d 2 . in.u8
	[ "$stderr" = "rawpick: .: cannot read: Is a directory" ]
}

@test "rawpick: slow records are served at once" {
	printf '%s\n' 0 2 > list
	mkfifo pipe
	rawpick -t u8 -d 2 list pipe > out &
	exec 5> pipe
	printf aab >&5
	arrives out aa
	printf bcc >&5
	arrives out aacc
	exec 5>&-
	wait $!
}

@test "rawpick: a slow list is served at once" {
	mkfifo pipe
	rawpick -t u8 -d 2 - in.u8 < pipe > out &
	exec 5> pipe
	printf '0\n' >&5
	arrives out aa
	printf '3\n5\n' >&5
	arrives out aaddff
	exec 5>&-
	wait $!
}

@test "rawpick: records are read to the end, so that their producer ends well" {
	echo 0 > list
	run -0 bash -c 'set -o pipefail; head -c 10000000 /dev/zero | rawpick -t u8 -d 2 list | wc -c'
	[ "$output" -eq 2 ]
}

@test "rawpick: a full disk is told once" {
	printf '0\n1\n' > list
	run -1 --separate-stderr bash -c 'rawpick -t u8 -d 2 list in.u8 > /dev/full'
	[ "$stderr" = "rawpick: standard output: cannot write: No space left on device" ]
	run -1 --separate-stderr bash -c '{ echo 0; sleep 0.3; echo 1; } | rawpick -t u8 -d 2 - in.u8 > /dev/full'
	[ "$stderr" = "rawpick: standard output: cannot write: No space left on device" ]
	run -1 --separate-stderr timeout 10 bash -c 'rawpick -v -t u8 -d 2 list /dev/zero > /dev/full'
	[ "$stderr" = "rawpick: standard output: cannot write: No space left on device" ]
}

@test "rawpick: the anomalies of nicethresh -i, straight from it" {
	printf '%s\n' 5 -7 nan 3 -2 9 8 -1 > ll
	run -0 --separate-stderr bash -c 'set -o pipefail; nicethresh -t 0 -i ll | rawpick -t u8 -d 2 - in.u8'
	[ "$output" = bbcceehh ]
	[ -z "$stderr" ]
	run -0 bash -c 'set -o pipefail; nicethresh -t 0 -i ll | rawpick -v -t u8 -d 2 - in.u8'
	[ "$output" = aaddffgg ]
}
