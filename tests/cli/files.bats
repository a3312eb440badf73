load helper

# Several files as one input: read in turn, each checked at its own end.

setup() {
	python3 "$ROOT/tests/fixtures/make_model.py" 4 5 2 2 1 > m
	niceflow -m m -n 500 > all
	head -c $((16 * 300)) all > a
	: > empty
	tail -c $((16 * 200)) all > b
}

@test "files: several are what one would be, wherever they end, from pipes, too" {
	niceflow -m m all > expected
	niceflow -m m a b | cmp - expected
	niceflow -m m empty a empty empty b empty | cmp - expected
	niceflow -m m -B 7 -j 3 a b | cmp - expected
	niceflow -m m a - < b | cmp - expected
	cat a | niceflow -m m - <(cat b) | cmp - expected
	niceflow -m m -z a b | cmp - <(niceflow -m m -z all)
	split -a 3 -b 16 all each.
	niceflow -m m each.* | cmp - expected
	niceflow -m m empty empty | cmp - empty
}

@test "files: draws and attributions go on from file to file" {
	head -c 80 all > u && head -c 44 all > u1 && tail -c +45 u > u2
	niceflow --any-content -m m -t u8 -k 3 u1 u2 | cmp - <(niceflow --any-content -m m -t u8 -k 3 u)
	niceflow -m m --attribute gradient a b | cmp - <(niceflow -m m --attribute gradient all)
}

@test "files: those of nicevae" {
	nicetrain --kind vae -d 4 --hidden 0 --latent 2 --no-scale --noise 0 --valid b --batch 50 --epochs 1 -q -o v all
	nicevae -m v a empty b | cmp - <(nicevae -m v all)
	printf 'abc' >> a
	ends 1 nicevae -m v a b
	says "nicevae: a: record 300 (byte 4800): unexpected end of input after 3 of 16 bytes; the model takes records of 4 f32 elements"
}

@test "files: one that is cut is told by its name and its own record, however whole the sum is" {
	head -c 4790 a > short && head -c 3210 all > long
	[ $(($(stat -c %s short) % 16)) -ne 0 ] && [ $((($(stat -c %s short) + $(stat -c %s long)) % 16)) -eq 0 ]
	niceflow -m m b > expected
	head -c 4784 a | niceflow -m m >> expected
	ends 1 niceflow -m m b short long
	says "niceflow: short: record 299 (byte 4784): unexpected end of input after 6 of 16 bytes; the model takes records of 4 f32 elements"
	cmp out expected
	ends 1 niceflow -m m a - < short
	says "niceflow: standard input: record 299 (byte 4784): unexpected end of input after 6 of 16 bytes; the model takes records of 4 f32 elements"
}

@test "files: one that is missing, a directory or of another kind, after those before it" {
	printf '\037\213\010\000\000\000\000\000' > z && cat all >> z
	mkdir d
	niceflow -m m a > expected
	for bad in "none: cannot open: No such file or directory" "d: cannot read: Is a directory" "z: "; do
		run -1 --separate-stderr niceflow -m m a "${bad%%:*}" b
		[[ ${stderr_lines[0]} == "niceflow: $bad"* ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[ "$output" = "$(cat expected)" ]
	done
}

@test "files: standard input is one of them once" {
	refused 2 "niceflow: only one of the files can be standard input" niceflow -m m - a -
	refused 2 "niceflow: only one of the files can be standard input" niceflow -m - a -
	refused 2 "niceflow: -n and -i take no input file" niceflow -m m -n 3 a b
}

# The data digest, the records held out, the order and the noise count records over all files.
@test "files: those of nicetrain are one set, and each is checked at its own end" {
	small() { nicetrain -d 4 --mid 4 --batch 50 --epochs 2 --schedule constant -q "$@"; }
	small -o expected all
	small -o m1 a empty b && cmp m1 expected
	small -o m2 empty a - empty < b && cmp m2 expected
	small -o m3 <(cat a) <(cat b) && cmp m3 expected
	split -a 3 -b 16 all each.
	small -o m4 each.* && cmp m4 expected
	small -o m5 b a
	run -1 cmp -s m5 expected
	# which files the records were in is not part of a training
	small --epochs 1 --checkpoint state -o part all
	small --checkpoint state --resume -o m6 a b && cmp m6 expected
	run -1 --separate-stderr small --checkpoint state --resume -o x b a
	[[ $stderr == "nicetrain: state: the checkpoint is from a different training run: data is "* ]]
	# each at its own end, however whole the sum is
	head -c 3190 b > short && head -c 10 a > long
	[ $(($(stat -c %s short) % 16)) -ne 0 ] && [ $((($(stat -c %s short) + $(stat -c %s long)) % 16)) -eq 0 ]
	refused 1 "nicetrain: short: record 199 (byte 3184): unexpected end of input after 6 of 16 bytes" small -o x a short long
	refused 1 "nicetrain: standard input: record 199 (byte 3184): unexpected end of input after 6 of 16 bytes" small -o x a - < short
	{ head -c 32 a && printf '\0\0\300\177' && tail -c 28 a; } > nan
	refused 1 "nicetrain: nan: record 2 (byte 32): element 0 is nan; is the element type (-t, here f32) right?" small -o x a nan
	refused 1 "nicetrain: none: cannot open: No such file or directory" small -o x a none b
	refused 1 "nicetrain: .: cannot read: Is a directory" small -o x a . b
	printf '\037\213\010\000\000\000\000\000' > z && cat all >> z
	run -1 --separate-stderr small -o x a z
	[[ $stderr == "nicetrain: z: "* ]]
	# what is wrong with all of them is wrong with none
	head -c 160 /dev/zero > zeros
	refused 1 "nicetrain: all records are identical" small -o x zeros zeros
	refused 1 "nicetrain: zeros: all records are identical" small -o x zeros
	refused 2 "nicetrain: only one of the files can be standard input" small -o x - -
	refused 2 "nicetrain: -o and the input are the same file" small -o b a b
	[ ! -e x ]
}

@test "files: the schema of nicetrain is waited for at the first of them" {
	printf 'a,b\n' > rows.csv && seq 300 | awk '{ print $1 * 7919 % 101 "," $1 * 31 % 17 }' >> rows.csv
	csv2raw -w s rows.csv > records
	head -c 800 records > r1 && tail -c +801 records > r2
	nicetrain --schema s --mid 4 --epochs 1 -q -o expected records
	rm s
	csv2raw -w s rows.csv | { head -c 800; cat > /dev/null; } | nicetrain --schema s --mid 4 --epochs 1 -q -o model - r2
	cmp model expected
}

# shards N COMMAND...: what all of them print, one after another.
shards() {
	local i n=$1
	shift
	for ((i = 1; i <= n; i++)); do "$@" --shard "$i/$n" || return 1; done
}

@test "shards: one after another they are the whole run, with empty files among them" {
	niceflow -m m a empty b > expected
	for n in 1 2 3 7 31; do
		shards "$n" niceflow -m m -j 1 empty a empty empty b empty > got
		cmp got expected
	done
	head -c 160 all > u && head -c 44 u > u1 && tail -c +45 u > u2
	shards 43 niceflow --any-content -m m -t u8 u1 empty u2 | cmp - <(niceflow --any-content -m m -t u8 u)
	niceflow -m m --shard 2/5 a b > got
	niceflow -m m a b | sed -n 101,200p | cmp - got
	niceflow -m m -z --shard 2/2 a b | cmp - <(tail -c 4000 all | niceflow -m m -z)
}

@test "shards: bounds draw what the whole run would" {
	head -c 80 all > u && head -c 44 all > u1 && tail -c +45 u > u2
	for n in 1 3 6 40; do
		shards "$n" niceflow --any-content -m m -t u8 -k 3 -S 5 --first 9 u1 empty u2 > got
		niceflow --any-content -m m -t u8 -k 3 -S 5 --first 9 u | cmp - got
	done
	nicetrain --kind vae -d 4 --hidden 0 --latent 2 --no-scale --noise 0 --valid b --batch 50 --epochs 1 -q -o v all
	shards 3 nicevae -m v -k 5 --first 9 a empty b | cmp - <(nicevae -m v -k 5 --first 9 all)
}

@test "shards: an empty one prints nothing, whatever begins in the middle of a file is a record" {
	ends 0 niceflow -m m --shard 1/3 empty empty
	nothing && silent
	head -c 8 all > u8
	ends 0 niceflow --any-content -m m -t u8 --shard 1/9 u8
	nothing && silent
	{ head -c 16 all && printf '\037\213\010\000\000\000\000\000' && head -c 8 all; } > z
	niceflow -m m --shard 2/2 z | cmp - <(niceflow -m m z | tail -n 1)
}

@test "shards: files that cannot be shared out are refused by name" {
	head -c 4790 a > short
	ends 1 niceflow -m m --shard 1/5 b short a
	says "niceflow: short: record 299 (byte 4784): unexpected end of input after 6 of 16 bytes; the model takes records of 4 f32 elements"
	nothing
	mkfifo pipe
	cat a > pipe &
	ends 1 niceflow -m m --shard 1/5 b pipe
	wait
	says "niceflow: pipe: shards are of regular files; write the records to one first"
	ends 1 niceflow -m m --shard 1/5 - < a
	says "niceflow: standard input: shards are of regular files; write the records to one first"
	printf '\037\213\010\000\000\000\000\000' > z && head -c 8 all >> z
	ends 1 niceflow -m m --shard 1/5 a z
	says "niceflow: z: *gzip*"
	nothing
	for bad in 0/3 4/3 1 1/ /3 1/0 1/3x -1/3 1/4294967296; do
		ends 2 niceflow -m m "--shard=$bad" a
		misused "niceflow: --shard: '$bad' is not a shard such as 1/4: I/N, I from 1 to N"
	done
	ends 2 niceflow -m m --shard 1/2
	misused "niceflow: --shard requires files"
}
