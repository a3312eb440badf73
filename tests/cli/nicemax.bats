load helper

# best min|max N FILE...: of each N lines of all files, as Python has it.
best() {
	python3 -c 'import sys
of, n, files = {"min": min, "max": max}[sys.argv[1]], int(sys.argv[2]), [[float(v) for v in open(name)] for name in sys.argv[3:]]
for i in range(0, len(files[0]), n):
    values = [v for f in files for v in f[i:i + n]]
    print(of(values) if all(v == v for v in values) else "nan")' "$@"
}

# same A B: the same numbers, however they are written.
same() { python3 -c 'import sys
a, b = ([float(line) for line in open(name)] for name in sys.argv[1:])
sys.exit([repr(v) for v in a] != [repr(v) for v in b] or not a)' "$@"; }

doubles() { python3 -c 'import struct, sys
for line in sys.stdin:
    sys.stdout.buffer.write(struct.pack("<d", float(line)))'; }

@test "nicemax: the largest of each so many numbers, as text and raw" {
	python3 -c 'import random
r = random.Random(5)
for i in range(60000):
    print(repr(r.gauss(0, 1) * 10 ** r.randrange(-300, 300)))' > x
	doubles < x > x.f64
	for n in 1 2 5 8 60000; do
		best max $n x > expected
		nicemax -n $n x > got
		same got expected
		nicemax --binary --views $n x.f64 | cmp - <(doubles < expected)
	done
	nicemax -n 5 x | cmp - <(nicemax x) # the default
	nicemax < x | cmp - <(nicemax x)
}

@test "nicemax: the smallest, and of several files, as text and raw" {
	python3 -c 'import random
r = random.Random(6)
for name in "a", "b", "c":
    open(name, "w").write("".join("%r\n" % (r.choice((r.gauss(0, 1), r.gauss(0, 1), 0.5, float("nan"))) if i % 9 else r.gauss(0, 9)) for i in range(30000)))'
	for name in a b c; do doubles < $name > $name.f64; done
	best min 5 a > expected
	nicemax -l a > got
	same got expected
	for n in 1 3; do
		best min $n a b c > expected
		nicemax --least -n $n a b c > got
		same got expected
		nicemax -lb -n $n a.f64 - c.f64 < b.f64 | cmp - <(doubles < expected)
		best max $n a b c > expected
		nicemax -n $n a b c > got
		same got expected
	done
	nicemax -n 1 a b | cmp - <(nicemax a b) # the default
	[ "$(grep -c nan expected)" -gt 99 ]
}

@test "nicemax: files of which one has fewer records, or cannot be read" {
	seq 3 > x
	seq 4 > y
	for files in 'x y' 'y x' 'x x y'; do
		# shellcheck disable=SC2086 # split it shall be
		ends 1 nicemax $files
		says 'nicemax: x: line 4: unexpected end of input: y has more'
		cmp out x
	done
	doubles < x > x.f64
	ends 1 nicemax -b x.f64 - < /dev/null
	says 'nicemax: standard input: record 0 (byte 0): unexpected end of input: x.f64 has more'
	ends 1 nicemax -n 2 y x
	says 'nicemax: x: line 3: unexpected end of input after 1 of 2 views of a record; *'
	cmp out <(echo 2)
	printf '1\n2\nthree\n' > z
	ends 1 nicemax y z y
	says 'nicemax: z: line 3*'
	cmp out <(seq 2)
	ends 1 nicemax x nowhere
	says 'nicemax: nowhere: cannot open: No such file or directory'
	nothing
	ends 2 nicemax - -
	misused 'nicemax: only one of the files can be standard input'
	ends 0 nicemax /dev/null /dev/null
	silent
	nothing
}

@test "nicemax: a view that is nan makes the record nan; infinities are numbers" {
	printf '%s\n' 1 nan 3 nan 1 3 3 1 nan -inf 7 2 -inf -inf -inf inf 3 4 0 -0 -1 | nicemax -n 3 |
		cmp - <(printf '%s\n' nan nan nan 7 -inf inf 0)
}

@test "nicemax: each record as soon as its last view has come" {
	mkfifo in out.fifo
	nicemax -n 2 < in > out.fifo 3>&- &
	exec 7> in 8< out.fifo
	printf '1\n2\n3\n' >&7
	read -r -t 10 line <&8
	[ "$line" = 2 ]
	printf '9\n' >&7
	read -r -t 10 line <&8
	[ "$line" = 9 ]
	exec 7>&-
	wait $!
	seq 3 > x
	nicemax x in > out.fifo 3>&- &
	exec 7> in 8< out.fifo
	printf '7\n' >&7
	read -r -t 10 line <&8
	[ "$line" = 7 ]
	printf '8\n9\n' >&7
	exec 7>&-
	wait $!
}

@test "nicemax: no numbers, a record that lacks views, a line that is no number" {
	ends 0 nicemax /dev/null
	silent
	nothing
	seq 12 > x
	ends 1 nicemax x
	says 'nicemax: x: line 11: unexpected end of input after 2 of 5 views of a record; -n is the number of views of each'
	cmp out <(printf '5\n10\n')
	seq 12 | doubles > x.f64
	ends 1 nicemax -b -n 7 x.f64
	says 'nicemax: x.f64: record 7 (byte 56): unexpected end of input after 5 of 7 views of a record; *'
	printf '1\n2\n3\nfour\n' > x
	ends 1 nicemax -n 2 x
	says 'nicemax: x: line 4*'
	cmp out <(echo 2)
}

@test "nicemax: behind rawshift and niceflow, the likelihood of the best of five places" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	head -c 60 /dev/urandom > x
	rawshift --any-content -t u8 -d 2x3 x > views
	niceflow -t u8 -m m --any-content views > ll
	niceflow -t u8 -b -m m --any-content views | nicemax -b > best
	best max 5 ll | doubles | cmp - best
	[ "$(wc -c < best)" -eq 80 ]
	niceflow -t u8 -m m --any-content x | paste - <(nicemax ll) | awk '$2 < $1 { exit 1 }' # the first view is the picture itself
}
