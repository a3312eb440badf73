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
	niceflow -m m -t u8 -k 3 u1 u2 | cmp - <(niceflow -m m -t u8 -k 3 u)
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
	niceflow -m m b short long 2> /dev/null | cmp - expected
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
