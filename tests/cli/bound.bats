load helper

# niceflow -k: the importance-weighted bound on the probability of discrete pixels. What it means is
# tested in tests/unit/pixel_bound.c, on densities whose masses are known; here, that niceflow says it.

model() { python3 "$ROOT/tests/fixtures/make_model.py" "$@"; }
ref() { python3 "$ROOT/tests/oracle/bound_ref.py" "$@"; }

# pixels N SEED: raw u8.
pixels() { python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(int(sys.argv[2])).randbytes(int(sys.argv[1])))' "$@"; }

# near TOLERANCE: each line of standard input has equal words, two and two, up to that.
near() { awk -v t="$1" '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2)
	if (!(d <= t && -d <= t)) { print; bad = 1 } } } END { exit bad || !NR }'; }

# A network of 20 elements whose density changes much within a cell: exp(s) up to exp(4).
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	model 20 30 2 4 1 --scale 4 > m
	pixels 600 1 > v.u8
}

setup() {
	cp "$BATS_FILE_TMPDIR"/* .
}

# Both add a constant to the same double: the same bits.
@test "bound: the log-weights are the likelihoods of an independent dequantisation, bit for bit" {
	ref noise 20 3 7 0 < v.u8 > x.f64
	niceflow -m m -t f64 -b x.f64 | python3 -c 'import array, math, sys
a = array.array("d", sys.stdin.buffer.read())
sys.stdout.buffer.write(array.array("d", [v - 20 * math.log(256) for v in a]).tobytes())' > expected
	niceflow -m m -t u8 -k 3 -S 7 --weights v.u8 > weights
	[ "$(wc -c < weights)" -eq $((30 * 3 * 8)) ]
	cmp weights expected
}

@test "bound: -k 1 is the plain likelihood of a dequantised record less D log 256" {
	ref noise 20 1 18446744073709551615 0 < v.u8 |
		niceflow -m m -t f64 > ll
	niceflow -m m -t u8 -k 1 -S 18446744073709551615 v.u8 > bound
	awk '{ printf "%.17g\n", $1 - 20 * 8 * log(2) }' ll | paste bound - | near 1e-11
	niceflow -m m -t u8 -k 1 -S 18446744073709551615 --weights v.u8 |
		cmp - <(niceflow -m m -t u8 -k 1 -S 18446744073709551615 -b v.u8)
}

# Sums of 50 exponentials, rounded once and 50 times; values of up to 1000 nats.
@test "bound: log-mean-exp of the log-weights, and their standard deviation" {
	for k in 2 50; do
		niceflow -m m -t u8 -k $k --weights v.u8 | ref bound $k > expected
		niceflow -m m -t u8 -k $k --spread v.u8 | paste - expected | near 1e-11
	done
	niceflow -m m -t u8 -k 50 v.u8 | cmp - <(niceflow -m m -t u8 -k 50 --spread v.u8 | cut -f 1)
	niceflow -m m -t u8 -k 1 --spread v.u8 | cut -f 2 | sort -u | grep -x nan # none of one value
}

# Likelihoods in float64 by nice_ref.py; x as float32 moves each by at most 5 elements times exp(0.5) times some
# roundings of 1e-7 on the way through the couplings.
@test "bound: records of an odd number of elements, held against a flow and a bound in pure Python" {
	model 5 8 2 3 2 > odd
	pixels 15 3 > three.u8
	ref noise 5 4 9 0 < three.u8 | python3 -c 'import array, sys
x = array.array("d", sys.stdin.buffer.read())
sys.stdout.buffer.write(array.array("f", x).tobytes())' > x.f32
	"$PYTHON" "$ROOT/tests/oracle/nice_ref.py" odd ll < x.f32 | python3 -c 'import array, math, sys
a = array.array("d", sys.stdin.buffer.read())
sys.stdout.buffer.write(array.array("d", [v - 5 * math.log(256) for v in a]).tobytes())' > weights
	ref bound 4 < weights > expected
	niceflow -m odd -t u8 -k 4 -S 9 --spread three.u8 | paste - expected | near 1e-5
	niceflow -m odd -t u8 -k 4 -S 9 --spread -b three.u8 | wc -c | grep -x 48
}

@test "bound: at least the average of the bounds with one log-weight left out" {
	for k in 2 3 20; do
		niceflow -m m -t u8 -k $k --weights v.u8 | ref jensen $k
	done
}

@test "bound --bits: bits per dimension" {
	niceflow -m m -t u8 -k 4 --spread v.u8 |
		awk '{ printf "%.17g\t%.17g\n", -$1 / (20 * log(2)), $2 / (20 * log(2)) }' > expected
	niceflow -m m -t u8 -k 4 --spread --bits v.u8 | paste - expected | near 1e-13
	niceflow -m m -t u8 -k 4 --bits v.u8 | cmp - <(niceflow -m m -t u8 -k 4 --bits --spread v.u8 | cut -f 1)
}

@test "bound -b: the same as raw f64, a column after the other" {
	niceflow -m m -t u8 -k 4 --spread -b v.u8 > raw
	[ "$(wc -c < raw)" -eq $((30 * 2 * 8)) ]
	python3 -c 'import array; print(*array.array("d", open("raw", "rb").read()))' | tr ' ' '\n' | paste - - > got
	niceflow -m m -t u8 -k 4 --spread v.u8 | paste - got | near 0
}

@test "bound: the same bytes for every batch size, thread count and chunking of the pipe" {
	for k in 1 7 1000; do
		niceflow -m m -t u8 -k $k v.u8 > expected
		[ "$(wc -l < expected)" -eq 30 ]
		for o in "-B 1" "-B 7 -j 1" "-B 5000 -j 3"; do
			# shellcheck disable=SC2086
			niceflow -m m -t u8 -k $k $o v.u8 | cmp - expected
		done
	done
	niceflow -m m -t u8 -k 70 --weights v.u8 > weights
	niceflow -m m -t u8 -k 70 --weights -B 7 -j 1 v.u8 | cmp - weights
	niceflow -m m -t u8 -k 70 v.u8 > expected
	python3 "$ROOT/tests/cli/drip.py" v.u8 niceflow -m m -t u8 -k 70 | cmp - expected
}

@test "bound --first: one record at a time, and shards, as the whole" {
	niceflow -m m -t u8 -k 5 v.u8 > expected
	for i in 0 1 17 29; do
		dd if=v.u8 bs=20 skip="$i" count=1 status=none | niceflow -m m -t u8 -k 5 --first "$i"
	done | cmp - <(sed -n '1,2p;18p;30p' expected)
	head -c 240 v.u8 | niceflow -m m -t u8 -k 5 > shards
	tail -c +241 v.u8 | niceflow -m m -t u8 -k 5 --first 12 >> shards
	cmp shards expected
	head -c 240 v.u8 | niceflow -m m -t u8 -k 5 --first 1 > other
	paste <(head -n 12 expected) other | awk '$1 == $2 { exit 1 }' # no line is the same
	niceflow -m m -n 30 > samples
	niceflow -m m -n 10 --first 20 | cmp - <(tail -c 800 samples)
}

@test "bound: seeds and dequantisations differ" {
	head -c 20 v.u8 > one
	niceflow -m m -t u8 -k 100 --weights one | od -An -v -tx8 -w8 > all
	niceflow -m m -t u8 -k 100 -S 1 --weights one | od -An -v -tx8 -w8 >> all
	niceflow -m m -t u8 -k 100 -S 4294967296 --weights one | od -An -v -tx8 -w8 >> all
	niceflow -m m -t u8 -k 100 --first 1 --weights one | od -An -v -tx8 -w8 >> all
	[ "$(sort -u all | wc -l)" -eq 400 ]
	niceflow -m m -t u8 -k 50 --weights one | cmp - <(niceflow -m m -t u8 -k 100 --weights one | head -c 400)
}

# Without conditioners and with s = -30 x moves z by exp(-30) = 1e-13, and the logistic is flat at 0:
# log P(v) = D (log(1/4) + s - log 256), a sum that is rounded a few times by 2^-46.
@test "bound: a density that is constant over a cell: all K agree and are log P(v)" {
	python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
import struct, make_model as m
tensors = []
for name, shape, fan_in in m.shapes(6, 3, 1, 2, 1):
    n = shape[0] * (shape[1] if len(shape) > 1 else 1)
    tensors.append((name, "F32", shape, struct.pack("<f", 0 if fan_in else -30) * n))
sys.stdout.buffer.write(m.safetensors(tensors, {}))' "$ROOT/tests/fixtures" > flat
	for k in 1 2 300; do
		niceflow -m flat -t u8 -k $k --spread v.u8 |
			awk '{ printf "%s %s %.17g 0\n", $1, $2 == "nan" ? 0 : $2, 6 * (-30 - 10 * log(2)) }' | near 1e-12
	done
}

@test "bound: memory does not grow with K" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	head -c 40 v.u8 > two
	(ulimit -v 400000 && exec niceflow -j 1 -m m -t u8 -k 65536 two) > bound
	[ "$(wc -l < bound)" -eq 2 ]
}

@test "bound: each result is written when it is known" {
	mkfifo in out
	niceflow -m m -t u8 -k 1000 < in > out &
	exec 5> in 6< out
	head -c 20 v.u8 >&5
	read -r -t 10 first <&6
	dd if=v.u8 bs=20 skip=1 count=1 status=none >&5
	read -r -t 10 second <&6
	exec 5>&-
	wait
	[ "$(printf '%s\n%s' "$first" "$second")" = "$(head -c 40 v.u8 | niceflow -m m -t u8 -k 1000)" ]
}

# Overflow within the networks: the float32 products become infinite and a record's result NaN.
@test "bound: a model that overflows gives nan or -inf, not an error" {
	model 4 5 2 2 2 --gain 1e30 > big
	head -c 8 v.u8 | niceflow -m big -t u8 -k 3 > got
	grep -qx -e nan -e -inf got
	[ "$(wc -l < got)" -eq 2 ]
}

@test "bound: a short last record is an error behind the bounds of the whole ones" {
	head -c 45 v.u8 > short
	run -1 --separate-stderr niceflow -m m -t u8 -k 2 short
	[ "$output" = "$(niceflow -m m -t u8 -k 2 v.u8 | head -n 2)" ]
	[ "$stderr" = "niceflow: short: record 2 (byte 40): unexpected end of input after 5 of 20 bytes; the model takes records of 20 u8 elements" ]
	run -0 niceflow -m m -t u8 -k 2 /dev/null
	[ -z "$output" ]
}

@test "bound: usage errors name what is wrong" {
	local options says
	while IFS='|' read -r options says; do
		echo "$options"
		# shellcheck disable=SC2086
		run -2 --separate-stderr niceflow -m m $options v.u8
		[ -z "$output" ]
		[[ $stderr == "niceflow: $says"* ]]
	done <<-'END'
		-t f32 -k 2|-k requires -t u8
		-t u8 -k 0|-k: '0' is not an integer from 1 to 65536
		-t u8 -k 65537|-k: '65537' is not an integer from 1 to 65536
		-t u8 -k 2 -z|-z, -x, -k, -n, --attribute and -i are mutually exclusive
		-t u8 --bits|--bits, --spread and --weights require -k
		-t u8 --spread|--bits, --spread and --weights require -k
		-t u8 --weights|--bits, --spread and --weights require -k
		-t u8 -k 2 --weights --bits|--weights and --bits or --spread are mutually exclusive
		-t u8 -k 2 --weights --spread|--weights and --bits or --spread are mutually exclusive
		-t u8 --first 1|--first requires -k or -n
		-t u8 -k 2 --first 140737488355329|--first: '140737488355329' is not an integer
	END
}

# The mean over 40 digits rises by 33 nats, 4 each; the seed is fixed, and another machine rounds
# otherwise by 0.001.
@test "bound: the mean over real digits does not fall with K" {
	need DATA MODEL
	idx2raw -t u8 -r 0:40 "$DATA/mnist/t10k-images-idx3-ubyte.gz" > digits
	for k in 1 8; do
		niceflow -m "$MODEL" -t u8 -k $k digits | nicestat | awk '$1 == "mean" { print $2 }'
	done > means
	cat means
	[ "$(wc -l < means)" -eq 2 ]
	sort -g means | cmp - means
	niceflow -m "$MODEL" -t u8 -k 8 --weights digits | ref jensen 8
}
