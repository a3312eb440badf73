load helper

# The formulas and the rates are tested in tests/unit/martingale.c; here is what a user sees.

@test "nicedrift: a line for each p-value, the capital's logarithm" {
	printf '%s\n' 0.25 0.25 1 > p
	nicedrift --method power p > out
	awk '{ c += log(0.5 / sqrt($1)) / log(10); print c }' p > expected
	paste out expected | awk '{ d = $1 - $2 } d > 1e-5 || d < -1e-5 { bad = 1 } END { exit bad || NR != 3 }'
	printf '0.5\n' | nicedrift | cmp - <(echo 0)
	printf '0\n0.5\n' | nicedrift --method power | cmp - <(printf 'inf\ninf\n')
}

@test "nicedrift: the default is jumper:0.01" {
	seq 0 0.01 1 > p
	for method in jumper jumper:0.01; do
		nicedrift --method $method p | cmp - <(nicedrift p)
	done
	run ! cmp <(nicedrift --method jumper:0.02 p) <(nicedrift p)
	nicedrift --method mixture p | cmp - <(nicedrift --method mixture:0.01 p)
	nicedrift --method power p | cmp - <(nicedrift --method power:0.5 p)
}

@test "nicedrift: an alarm: its index, status 3, and no more is read" {
	{ yes 0.25 | head -n 100; echo rubbish; } > p
	nothing_but() { [ "$(cat out)" = "$1" ]; }
	ends 3 nicedrift --alarm 100 p
	silent
	index=$(cat out)
	nicedrift <(head -n 100 p) | awk -v i="$index" '$1 >= 2 { exit NR - 1 != i } '
	ends 3 nicedrift --method power:0.3 --alarm 10 <(yes 0.001 | head -n 10)
	nothing_but 0
	ends 0 nicedrift --alarm 100 <(yes 0.5 | head -n 1000)
	silent
	nothing
	ends 1 nicedrift --alarm 1e300 p
	says 'nicedrift: p: line 101 (byte 500): *'
}

@test "nicedrift: what is no p-value is named, after what is right" {
	for bad in -0.1 1.5 nan inf; do
		printf '0.5\n%s\n' "$bad" > p
		ends 1 nicedrift p
		says "nicedrift: p: line 2: $bad is not a p-value (scores need -p SCORES)"
		[ "$(cat out)" = 0 ]
	done
}

@test "nicedrift: --fixed and -S require -p" {
	for option in --fixed '-S 1'; do
		# shellcheck disable=SC2086
		ends 2 nicedrift $option p
		misused 'nicedrift: --fixed and -S require -p'
	done
	ends 2 nicedrift -p - -
	misused 'nicedrift: *'
}

@test "nicedrift: scores: the p-values among the calibration and all before, the seed's ties" {
	printf '%s\n' 3 1 2 > scores
	printf '%s\n' 0 nan 9 2.5 > stream
	# without ties: p = (l + u) / (n + 1), and power:E of the product
	nicedrift -p scores --method power:0.5 stream > out
	nicedrift -p scores --fixed --method power:0.5 stream > fixed
	cmp <(head -n 1 out) <(head -n 1 fixed)
	run ! cmp out fixed
	# u is in (0, 1): each step's p lies between l / (n + 1) and (l + 1) / (n + 1)
	between() { # FILE  l n  l n ...
		awk -v ranks="$2" 'BEGIN { split(ranks, r) } {
			p = 0.25 / 10 ^ (2 * ($1 - before)); before = $1
			if (p <= r[2 * NR - 1] / (r[2 * NR] + 1) || p >= (r[2 * NR - 1] + 1) / (r[2 * NR] + 1)) { print NR, p; bad = 1 }
		} END { exit bad || NR != 4 }' "$1"
	}
	between out '0 3 0 4 5 5 4 6'
	between fixed '0 3 0 3 3 3 2 3'
	run ! cmp out <(nicedrift -p scores -S 1 --method power:0.5 stream)
	cmp out <(nicedrift -p scores -S 0 --method power:0.5 stream)
}

@test "nicedrift: scores that have not changed raise no alarm, others do" {
	python3 -c 'import random
random.seed(1)
def write(name, xs): open(name, "w").write("".join("%r\n" % x for x in xs))
write("scores", [random.gauss(0, 1) for _ in range(1000)])
same = [random.gauss(0, 1) for _ in range(2000)]
write("same", same)
write("lower", same[:1000] + [x - 1 for x in same[1000:]])
write("higher", same[:1000] + [x + 1 for x in same[1000:]])'
	for method in jumper mixture; do
		ends 0 nicedrift -p scores --method $method --alarm 1000 same
		nothing
		for changed in lower higher; do
			ends 3 nicedrift -p scores --method $method --alarm 1000 $changed
			echo "$method $changed: $(cat out)"
			[ "$(cat out)" -ge 1000 ]
			[ "$(cat out)" -lt 1100 ]
		done
	done
}

@test "nicedrift: raw in, raw out" {
	printf '%s\n' 0.5 0.25 0.125 > p
	python3 -c 'import struct
def raw(name): return b"".join(struct.pack("<d", float(v)) for v in open(name))
open("p.f64", "wb").write(raw("p"))'
	nicedrift p > expected
	nicedrift -b p.f64 > out
	python3 -c 'import struct
assert open("out", "rb").read() == b"".join(struct.pack("<d", float(v)) for v in open("expected"))'
}
