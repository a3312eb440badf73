load helper

# refused STATUS MESSAGE COMMAND...: prints nothing but that message.
refused() {
	local status=$1 message=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "$message" ]
}

setup() {
	printf '%s\n' -12.5 -30 nan -13 -13.000000000000002 inf -inf 0 > in
}

@test "nicethresh: strictly below is an anomaly, NaN is one, too" {
	printf '%s\t%s\n' -12.5 normal -30 anomaly nan anomaly -13 normal -13.000000000000002 anomaly \
	    inf normal -inf anomaly 0 normal > expected
	nicethresh -t -13 in | cmp expected
	nicethresh -t -13 - < in | cmp expected
}

@test "nicethresh: numbers are printed in their shortest form" {
	printf '%s\n' 1.50 +1e2 0.1000000000000000055 1e-400 -0 | nicethresh -t -1 > out
	printf '%s\tnormal\n' 1.5 100 0.1 0 -0 | cmp out
}

@test "nicethresh: -i prints the numbers of the anomalies, with -x those of the errors" {
	nicethresh -i -t -13 in > out
	printf '%s\n' 1 2 4 6 | cmp out
	nicethresh -i -x normal -t -13 in | cmp out
	nicethresh -i -x anomalous -t -13 in > out
	printf '%s\n' 0 3 5 7 | cmp out
}

@test "nicethresh: -x counts errors of both types, with rate and interval" {
	{ yes 0 | head -103; yes 1 | head -4897; } > normal
	nicethresh -t 0.5 -x normal normal > out
	printf '%s\n' "103 type I errors among 5000 data" \
	    "rate 0.0206, 95 % interval 0.01684 to 0.02493" | cmp out
	{ yes 0 | head -9985; yes 1 | head -14; echo 0.5; } > anomalous
	nicethresh -t 0.5 -x anomalous anomalous > out
	printf '%s\n' "15 type II errors among 10000 data" \
	    "rate 0.0015, 95 % interval 0.0008398 to 0.002473" | cmp out
}

@test "nicethresh: NaN among anomalous data is no error, among normal data it is" {
	printf 'nan\nnan\n' > nans
	nicethresh -t 0 -x anomalous nans | grep -qx '0 type II errors among 2 data'
	nicethresh -t 0 -x normal nans | grep -qx '2 type I errors among 2 data'
}

@test "nicethresh: an empty input is no records" {
	[ -z "$(nicethresh -t 0 /dev/null)" ]
	[ -z "$(nicethresh -e -t 0 /dev/null)" ]
	nicethresh -t 0 -x normal /dev/null > out
	printf '%s\n' "0 type I errors among 0 data" "rate nan, 95 % interval 0 to 1" | cmp out
}

@test "nicethresh: -e exits with 3 for an anomaly, with 1 for an error" {
	run -3 nicethresh -e -t -13 in
	run -0 nicethresh -e -t -13 <(echo 5)
	run -3 nicethresh -e -t -13 -x anomalous in
	run -3 nicethresh -e -i -t -13 in
	run -1 nicethresh -e -t -13 <(printf '%s\n' -20 abc)
	run -0 nicethresh -t -13 in
}

@test "nicethresh: -c takes the threshold of a calibration" {
	seq 1 9 | nicestat -k 1 > calibration # 5 - 2.7386
	seq 1 9 | nicethresh -c calibration -i > out
	printf '%s\n' 0 1 | cmp out
	seq 1 9 > numbers
	nicethresh -c - -i numbers < calibration | cmp out
	printf 'note\tlater versions\r\nthreshold\t2.5\r\nquantile:0.01\t7\r\n' > other
	nicethresh -c other -i numbers | cmp out
}

@test "nicethresh: a calibration that is not one is refused" {
	bad() { # RECIPE MESSAGE
		bytes "$1" > bad
		refused 1 "nicethresh: bad: $2" nicethresh -c bad in
	}
	bad '' 'there is no threshold in it'
	bad 'mean\t5\n' 'there is no threshold in it'
	bad 'threshold\tnan\n' 'line 1: the threshold is not a finite number'
	bad 'mean\t5\nthreshold\tinf\n' 'line 2: the threshold is not a finite number'
	bad 'upper\tinf\nthreshold\t5\n' 'line 1: the upper is not a finite number'
	bad 'upper\t4.9\nthreshold\t5\n' 'line 1: the upper is out of range'
	bad 'promised\t1.5\nthreshold\t5\n' 'line 1: the promised is out of range'
	bad 'promised\tnan\nthreshold\t5\n' 'line 1: the promised is not a finite number'
	bad "method\t$(printf '%064d' 0)\nthreshold\t5\n" 'line 1: the method is too long'
	bad 'threshold\t5 \n' 'line 1: the threshold is not a finite number'
	bad 'threshold\t0x10\n' 'line 1: the threshold is not a finite number'
	bad 'threshold\t\n' 'line 1: not a name, a tab and a value'
	bad 'threshold 5\n' 'line 1: not a name, a tab and a value'
	bad 'n\t5\n\nthreshold\t5\n' 'line 2: not a name, a tab and a value'
	bad 'n\t5\t6\nthreshold\t5\n' 'line 1: not a name, a tab and a value'
	bad '\t5\nthreshold\t5\n' 'line 1: not a name, a tab and a value'
	bad 'n\0\t5\nthreshold\t5\n' 'line 1: not a name, a tab and a value'
	bad 'threshold\t5\nn\t3\nthreshold\t5\n' 'line 3: threshold is already in line 1'
	bad 'n\t3\nn\t3\nthreshold\t5\n' 'line 2: n is already in line 1'
	bad 'n\t3\nthreshold\t-123' 'line 2: unexpected end of input'
	head -c 65537 /dev/zero > bad
	refused 1 "nicethresh: bad: more than 65536 bytes: not a calibration" nicethresh -c bad in
	refused 1 "nicethresh: bad: more than 65536 bytes: not a calibration" nicethresh -c bad in < /dev/zero
	refused 1 "nicethresh: missing: cannot open: No such file or directory" nicethresh -c missing in
}

@test "nicethresh: the largest calibration, of many names, is read at once" {
	awk 'BEGIN { for (i = 0; i < 5900; i++) printf "a%d\t%d\n", i, i % 10; print "threshold\t-13" }' > large
	[ "$(wc -c < large)" -le 65536 ]
	timeout 5 nicethresh -i -c large in > out
	printf '%s\n' 1 2 4 6 | cmp out
}

@test "nicethresh: -b reads f64" {
	bytes '\0\0\0\0\0\0\0\0''\0\0\0\0\0\0\xf0\xbf''\0\0\0\0\0\0\xf8\x7f' > in.f64
	nicethresh -b -t 0 in.f64 > out
	printf '%s\t%s\n' 0 normal -1 anomaly nan anomaly | cmp out
	bytes '\0\0\0\0\0\0\0\0\0' > short
	run -1 --separate-stderr nicethresh --binary -t 0 short
	[ "$output" = "$(printf '0\tnormal')" ]
	[ "$stderr" = "nicethresh: short: record 1 (byte 8): unexpected end of input after 1 of 8 bytes" ]
}

@test "nicethresh: numbers before an error are answered, but not counted" {
	printf '1\n2\n3 4\n5\n' > bad
	run -1 --separate-stderr nicethresh -t 2 bad
	[ "$output" = "$(printf '1\tanomaly\n2\tnormal')" ]
	[ "$stderr" = "nicethresh: bad: line 3 (byte 4): '3 4' is not a number" ]
	refused 1 "$stderr" nicethresh -x normal -t 2 bad
}

@test "nicethresh: options" {
	refused 2 "nicethresh: one of -t and -c is needed" nicethresh in
	refused 2 "nicethresh: one of -t and -c is needed, not both" nicethresh -t 1 -c in in
	refused 2 "nicethresh: -t: 'nan' is not a finite number" nicethresh -t nan in
	refused 2 "nicethresh: -t: 'inf' is not a finite number" nicethresh -t inf in
	refused 2 "nicethresh: -t: '' is not a finite number" nicethresh -t '' in
	refused 2 "nicethresh: -x: 'strange' is not one of normal, anomalous" nicethresh -t 1 -x strange in
	refused 2 "nicethresh: more than one file: 'in'" nicethresh -t 1 in in
	refused 2 "nicethresh: -c: calibration and numbers cannot both be standard input" nicethresh -c -
	nicethresh -t -13 -i -x normal in > out
	nicethresh --threshold=-13 --indices --expect normal in | cmp out
	run -3 nicethresh --exit-code --threshold -13 in
}

@test "nicethresh: a slow producer is answered at once" {
	{
		printf '1\n2\n3'
		sleep 3
		echo
	} | nicethresh -t 2 > out &
	for try in $(seq 25); do
		[ "$(wc -l < out)" -lt 2 ] || break
		sleep 0.1
	done
	[ "$(cat out)" = "$(printf '1\tanomaly\n2\tnormal')" ]
	kill %1 || true
}

@test "nicethresh: a reader that has enough ends it quietly; a full disk is told" {
	run -0 --separate-stderr bash -c 'set -o pipefail; yes 1 | nicethresh -t 2 | head -1 || [ $? -eq 141 ]'
	[ "$output" = "$(printf '1\tanomaly')" ]
	[ -z "$stderr" ]
	run -1 --separate-stderr timeout 10 bash -c 'yes 1 | nicethresh -t 2 > /dev/full'
	[ "$stderr" = "nicethresh: standard output: cannot write: No space left on device" ]
}
