load helper

# What a user forgets or mistakes is told: the element type, and files of another kind where raw records are
# expected.

setup() {
	python3 -c 'import random; open("x.u8", "wb").write(random.Random(1).randbytes(600))'
	nicetrain -q -t u8 -d 6 --mid 4 --batch 8 --epochs 1 -j 1 -o m x.u8
	raw2idx -t u8 -d 6 x.u8 > x.idx
	idx2raw x.idx > x.f32
}

@test "slips: niceflow takes the element type that the model notes" {
	niceflow -m m x.u8 > noted
	[ "$(wc -l < noted)" -eq 100 ]
	niceflow -t u8 -m m x.u8 | cmp - noted
	niceflow -t f32 -m m x.f32 | cmp - noted
	niceflow -k 2 -m m x.u8 | cmp - <(niceflow -k 2 -t u8 -m m x.u8)
	niceflow -z -m m x.u8 > z.f32
	niceflow -x -m m z.f32 | cmp - <(niceflow -x -t f32 -m m z.f32)
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > plain # notes no type
	niceflow -m plain x.f32 | cmp - <(niceflow -t f32 -m plain x.f32)
	run -2 --separate-stderr niceflow -k 2 -t f32 -m m x.f32
	[[ $stderr == "niceflow: -k requires -t u8"* ]]
}

@test "slips: a stream of which most likelihoods are nan is told once" {
	python3 -c 'import struct; open("odd", "wb").write(struct.pack("<18f", *[float("nan")] * 12, *[0.5] * 6))'
	run -0 --separate-stderr niceflow -t f32 -m m odd
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == "niceflow: odd: 2 of 3 log-likelihoods are nan or infinite; check the element type (-t, here f32)"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	tail -c 48 odd > half
	run -0 --separate-stderr niceflow -t f32 -m m half
	[ -z "$stderr" ]
}

# kinds: files of other kinds than raw records, and what is said of each.
kinds() {
	bytes '\x93NUMPY\1\0' > npy
	head -c 200 x.u8 >> npy
	raw2png -t u8 -d 2x3 x.u8 > png
	gzip -n < x.idx > gz
	cp x.idx idx
	cp "$ROOT/tests/fixtures/tiny.pt" pt
	cp m safetensors
	printf 'temp_c,vibration\n20.5,0.02\n21,0.03\n' > csv
	printf '%s\n' -12.5 -13.25 -30 -11 > ll
}
KINDS="npy:npy2raw png:png2raw gz:gzip idx:idx2raw pt:pt2nice safetensors:safetensors csv:text ll:text"

@test "slips: a file of another kind is not taken for raw records, in pieces or at once" {
	kinds
	for kind in $KINDS; do
		echo "$kind"
		file=${kind%:*} said=${kind#*:}
		for command in "niceflow -m m" "nicetrain -q -t u8 -d 6 -o new" "rawpick -t u8 -d 2 list" \
			"raw2idx -t u8 -d 2" "raw2npy -t u8 -d 2" "raw2png -t u8 -d 1x2" "rawshift -t u8 -d 1x2"; do
			echo 0 > list
			# shellcheck disable=SC2086
			run -1 --separate-stderr $command "$file"
			[[ $stderr == "${command%% *}: $file: not raw records, but "*"$said"*" (use --any-content to accept it as raw records)" ]]
		done
		[ ! -e new ]
	done
	for file in npy png gz; do # a magic number that arrives in pieces
		run -1 --separate-stderr python3 "$ROOT/tests/cli/drip.py" $file niceflow -m m
		[[ $stderr == *"not raw records"* ]]
	done
}

@test "slips: --any-content takes it all the same" {
	kinds
	niceflow --any-content -t u8 -m m <(head -c 60 npy) > out
	[ "$(wc -l < out)" -eq 10 ]
	rawpick --any-content -t u8 -d 2 <(echo 0) <(head -c 60 png) | cmp - <(head -c 2 png)
	raw2idx --any-content -t u8 -d 2 <(head -c 60 csv | head -c 34) | idx2raw -t u8 | cmp - <(head -c 34 csv)
	raw2png --any-content -t u8 -d 1x2 <(head -c 60 gz) > sheet
	nicetrain --any-content -q -t u8 -d 6 --mid 4 --batch 4 --epochs 1 -j 1 -o new <(head -c 96 npy)
}

@test "slips: numbers of one type are not taken for those of another, in training or scoring" {
	python3 -c 'import random, struct
r = random.Random(1)
def write(name, kind, values):
    open(name, "wb").write(struct.pack("<%d%s" % (len(values), kind), *values))
normal = [r.gauss(0, 1) for _ in range(6000)]
write("any.f64", "d", normal)
write("decimals.f64", "d", [round(10 * v) / 10 for v in normal])
write("whole.f64", "d", [round(10 * v) for v in normal])
write("floats.f64", "d", struct.unpack("<6000f", struct.pack("<6000f", *normal)))
write("any.f32", "f", normal)
write("pixels.f32", "f", [r.choice([0, 0, 0, r.randrange(256)]) / 255 for _ in normal])
# what could be either, or is odd, is accepted
write("bits.f32", "f", [r.choice([0, 1]) for _ in normal])
write("units.f32", "f", [v for i in normal for v in (i * 1e-12, 5 + i)])
write("odd.f32", "f", [float("nan") if i == 1000 else 1e-35 if i == 2000 else 0.5 + i % 3 for i in range(6000)])
write("gray.u8", "B", [64] * 5994 + [65] * 6)
write("narrow.u8", "B", [r.randrange(54, 74) for _ in normal])'
	for file in *.f64 {any,pixels}.f32; do
		for type in u8 f32 f64; do
			[ "${file#*.}" != $type ] || continue
			echo "$file $type"
			[ "$file $type" != "pixels.f32 f64" ] || continue # doubles out of range, perhaps
			for command in "nicetrain -q -d 6 -o new" "niceflow -m m"; do
				# shellcheck disable=SC2086
				run -1 --separate-stderr $command -t $type "$file"
				[ "$stderr" = "${command%% *}: $file: not $type records, but ${file#*.}, for which -t is ${file#*.} (use --any-content to accept it as raw records)" ]
			done
		done
	done
	for file in *.f64 *.f32 *.u8; do
		niceflow -t "${file#*.}" -m m "$file" > out
		[ -s out ]
	done
	niceflow -t u8 -m m any.f64 --any-content > out
	[ "$(wc -l < out)" -eq 8000 ]
	[ ! -e new ]
}

@test "slips: records that only begin like another kind are records" {
	{ bytes '\0\0\x08\3\0\0\0\0'; head -c 592 x.u8; } > zeros # an image with a dimension of 0
	{ bytes '\x1f\x8b\x07\0\0\0'; head -c 594 x.u8; } > nearly
	printf 'abcdefghijklmnopqrstuvwxyz0123' > letters
	for file in zeros nearly letters; do
		niceflow -m m $file > out
		[ -s out ]
	done
}

@test "slips: numbers most of which are nan are told once" {
	printf '%s\n' nan 1 nan > odd
	printf '%s\n' nan 1 2 inf > even
	for options in '' '-x normal' -i; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr nicethresh -t 0 $options odd
		[ "$stderr" = "nicethresh: odd: 2 of 3 numbers are nan" ]
	done
	run -0 --separate-stderr niceroc even odd
	[ "$stderr" = "niceroc: odd: 2 of 3 numbers are nan" ]
	run -0 --separate-stderr nicethresh -t 0 even
	[ -z "$stderr" ]
}

@test "slips: a letter that has become a long option works, says so, and is not shown" {
	seq 9 > numbers
	nicestat --describe numbers > expected
	run -0 --separate-stderr nicestat -d numbers
	[ "$output" = "$(cat expected)" ]
	[ "$stderr" = "nicestat: -d is deprecated; use --describe" ]
	pt2nice --mask-config 0 "$ROOT/tests/fixtures/tiny.pt" > expected
	pt2nice -m0 "$ROOT/tests/fixtures/tiny.pt" 2> said | cmp - expected
	[ "$(cat said)" = "pt2nice: -m is deprecated; use --mask-config" ]
	refused 2 "pt2nice: --mask-config: '2' is not an integer from 0 to 1" pt2nice --mask-config 2 x
	nicestat --help | grep '^      --describe  '
}

@test "slips: the wrong separator, and steps that float32 does not have, are told when a schema is learnt" {
	printf 'a;b\nx;1.5\ny;2.5\n' > semicolons
	run -1 --separate-stderr csv2raw -w s semicolons
	[ "$stderr" = "csv2raw: semicolons: one column, 'a;b'; is the separator right (-F)?" ]
	[ ! -e s ]
	csv2raw -F ';' -w s semicolons > x
	{ echo time,b; for i in {10..40}; do echo 17000001$i,$i.5; done; } > stamps
	run -0 --separate-stderr csv2raw -w s stamps
	[ "$stderr" = "csv2raw: stamps: column 'time': most values are equal as float32: write float64 (-t f64), or exclude the column (-x)" ]
	run -0 --separate-stderr csv2raw -t f64 -w s stamps
	[ -z "$stderr" ]
}

@test "slips: a shard of a compressed file is told as that" {
	gzip < x.u8 > x.gz
	run -1 --separate-stderr niceflow --shard 1/2 -m m x.gz
	[[ $stderr == "niceflow: x.gz: not raw records, but gzip-compressed"* ]]
}

# on_terminal COMMAND: its output and its messages are a terminal, whose text goes to standard output.
on_terminal() {
	python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" < /dev/null
}

@test "slips: control characters, and so raw data, are not written to a terminal" {
	local command
	raw2npy -d 6 -t u8 x.u8 > x.npy
	raw2png -t u8 -d 2x3 x.u8 > x.png
	seq 3 > numbers
	printf 'a,b\n1,2\n3,5\n' > table
	niceflow -b -m m x.u8 > ll.f64
	while read -r command; do
		# shellcheck disable=SC2086 # words
		run -1 on_terminal $command
		[ "${lines[*]}" = "${command%% *}: standard output: raw data are not written to a terminal, but to a file or a pipe"$'\r' ]
	done <<- END
		csv2raw -w s table
		idx2raw x.idx
		npy2raw x.npy
		png2raw x.png
		pt2nice $ROOT/tests/fixtures/tiny.pt
		raw2idx -t u8 -d 6 x.u8
		raw2npy -t u8 -d 6 x.u8
		raw2png -t u8 -d 2x3 x.u8
		rawpick -t u8 -d 6 numbers x.u8
		rawshift -t u8 -d 2x3 x.u8
		rawsize -b -t u8 -d 6 x.u8
		nicemax -b -n 1 ll.f64
		niceflow -q -b -m m x.u8
		niceflow -q -n 9 -m m
		niceflow -q --attribute gradient -m m x.u8
	END
	run -2 on_terminal nicetrain -t u8 -d 6 -o - x.u8
	[ "${lines[0]}" = $'nicetrain: -o: standard output is a terminal\r' ]
	seq 100 | nicestat > calibration
	echo 5 > score
	for text in '\e[2J' '\0177' '\0302\02332J'; do
		printf 'a,b\n1,%b\n' "$text" > hostile
		run -1 on_terminal nicethresh -c calibration --paste hostile score
		[[ $output == *"not written to a terminal"* && $output != *2J* ]]
	done
	for command in 'idx2raw -i x.idx' 'npy2raw -i x.npy' 'niceflow -q -m m x.u8' 'nicemax -n 3 numbers' 'nicestat numbers'; do
		# shellcheck disable=SC2086 # words
		on_terminal $command | tr -d '\r' | cmp - <($command)
	done
	printf '\tgr\303\274n\f\v\r\n' > text
	echo 0 > first
	on_terminal rawpick -t u8 -d 10 first text > shown
	grep -q 'gr.*n' shown
}
