load helper

# What is computed is tested in tests/unit/attribution.c; here is what a user sees.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	python3 -c 'import random, struct
random.seed(3)
xs = [random.gauss(0, 1) for _ in range(6 * 200)]
open("x.f32", "wb").write(struct.pack("<1200f", *xs))
open("x.f64", "wb").write(struct.pack("<1200d", *struct.unpack("<1200f", struct.pack("<1200f", *xs))))
open("b", "wb").write(struct.pack("<6f", *xs[:6]))
open("b.f64", "wb").write(struct.pack("<6d", *struct.unpack("<6f", struct.pack("<6f", *xs[:6]))))
def with_baseline(source, name, n):
    import json
    data = open(source, "rb").read()
    size, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    header.get("__metadata__", {}).pop("crc32", None)
    end = len(data) - 8 - size
    header["baseline"] = {"dtype": "F32", "shape": [n], "data_offsets": [end, end + 4 * n]}
    text = json.dumps(header).encode()
    open(name, "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:] + struct.pack("<%df" % n, *xs[:n]))
with_baseline("m", "with", 6)
with_baseline("m", "wrong", 5)'
}

setup() { cp "$BATS_FILE_TMPDIR"/* .; }

@test "attribute: --any-content is for the baseline, too" {
	printf '12,\n\n4' > text
	head -c 24 x.f32 > one
	run -1 --separate-stderr niceflow -t u8 -m m --attribute replace --baseline text one
	[[ $stderr == *": text: not raw records, but lines of text"* ]]
	niceflow -t u8 -m m --attribute replace --baseline text --any-content one > out
	[ -s out ]
}

@test "attribute: replace is the difference of likelihoods" {
	niceflow -m m --attribute replace --baseline b x.f32 > out
	python3 -c 'import struct
x = struct.unpack("<1200f", open("x.f32", "rb").read())
with open("variants", "wb") as f:
    for r in range(200):
        for j in range(6):
            y = list(x[6 * r:6 * r + 6])
            y[j] = x[j]
            f.write(struct.pack("<6f", *y))'
	niceflow -m m x.f32 > ll
	niceflow -m m variants > replaced
	python3 -c 'import struct
ll = [float(v) for v in open("ll")]
got = struct.unpack("<1200f", open("out", "rb").read())
for i, v in enumerate(open("replaced")):
    assert got[i] == struct.unpack("<f", struct.pack("<f", float(v) - ll[i // 6]))[0], i'
}

@test "attribute: the sum of a path is the difference of likelihoods, but for --check" {
	for steps in 20 2000; do
		niceflow -m m --attribute path --steps $steps --baseline b x.f32 > out
		niceflow -m m --attribute path --steps $steps --baseline b --check x.f32 > check
		niceflow -m m x.f32 > ll
		STEPS=$steps python3 -c 'import os, struct
ll = [float(v) for v in open("ll")]
check = [float(v) for v in open("check")]
got = struct.unpack("<1200f", open("out", "rb").read())
assert len(check) == 200 and check[0] == 0
for r in range(200):
    rest = sum(got[6 * r:6 * r + 6]) - (ll[r] - ll[0]) - check[r]
    assert abs(rest) < 6 * 2**-24 * max(map(abs, got)), (r, rest)  # six float32
worst = max(map(abs, check))
print(worst)
assert worst < 20 / int(os.environ["STEPS"])'
	done
	niceflow -m m --attribute path --steps 20 --baseline b --check -b x.f32 > raw
	[ "$(wc -c < raw)" -eq 1600 ]
	niceflow -m m --attribute path --baseline b x.f32 > out
	niceflow -m m --attribute path --baseline b --steps 256 x.f32 | cmp - out
}

@test "attribute: a model that scales its records, of an odd number of elements" {
	python3 "$ROOT/tests/fixtures/make_model.py" 5 5 2 2 1 --records > scaled
	python3 -c 'import random, struct
r = random.Random(4)
xs = [r.gauss(10, 4) for _ in range(5 * 100)]
open("x", "wb").write(struct.pack("<500f", *xs))
open("first", "wb").write(struct.pack("<5f", *xs[:5]))'
	niceflow -m scaled --attribute path --steps 2000 --baseline first --check x > check
	niceflow -m scaled --attribute path --steps 2000 --baseline first x > out
	niceflow -m scaled x > ll
	python3 -c 'import struct
ll = [float(v) for v in open("ll")]
check = [float(v) for v in open("check")]
got = struct.unpack("<500f", open("out", "rb").read())
assert max(map(abs, check)) < 0.02, max(map(abs, check))
for r in range(100):
    assert abs(sum(got[5 * r:5 * r + 5]) - (ll[r] - ll[0])) < 0.02, r
assert max(ll) - min(ll) > 1'
}

@test "attribute: the same bits whatever the batch, the threads and the pipe" {
	for options in gradient 'replace --baseline b' 'path --steps 7 --baseline b' 'path --steps 7 --baseline b --check'; do
		# shellcheck disable=SC2086
		{
			niceflow -m m --attribute $options x.f32 > expected
			for other in '-j 1' '-j 3 -B 50' '-B 1' '-j 2 -B 7'; do
				niceflow -m m --attribute $options $other x.f32 | cmp - expected
			done
			{ head -c 30 x.f32; sleep 0.1; tail -c +31 x.f32; } | niceflow -m m --attribute $options | cmp - expected
		}
	done
}

@test "attribute: the baseline: a file of the input's type, or the model's own" {
	niceflow -m m --attribute replace --baseline b x.f32 > expected
	niceflow -m m --attribute replace -t f64 --baseline b.f64 x.f64 | cmp - expected
	niceflow -m with --attribute replace x.f32 | cmp - expected
	niceflow -m with x.f32 | cmp - <(niceflow -m m x.f32)
	niceflow -m m --attribute replace --baseline - x.f32 < b | cmp - expected
	head -c 24 /dev/zero > zero
	niceflow -m with --attribute replace --baseline zero x.f32 > of_zero
	run -1 cmp -s of_zero expected
	ends 1 niceflow -m m --attribute path x.f32
	says 'niceflow: m: the model has no baseline; give one by --baseline'
	nothing
	ends 1 niceflow -m wrong --attribute path x.f32
	says 'niceflow: wrong: baseline has 5 elements, not 6'
	ends 0 niceflow -m m --attribute gradient x.f32
	cat b b > two
	ends 1 niceflow -m m --attribute path --baseline two x.f32
	says 'niceflow: two: more than one record; a baseline is one record of 6 f32 elements'
	nothing
	head -c 20 b > short
	ends 1 niceflow -m m --attribute path --baseline short x.f32
	says 'niceflow: short: record 0 (byte 0): unexpected end of input*; a baseline is one record of 6 f32 elements'
	: > none
	ends 1 niceflow -m m --attribute path --baseline none x.f32
	says 'niceflow: none: no record; a baseline is one record of 6 f32 elements'
}

@test "attribute: nicetrain notes the mean of the training records as baseline, scaled or not" {
	python3 -c 'import random, struct
r = random.Random(5)
xs = [[r.gauss(3 * j, 1 + j) for j in range(5)] for _ in range(40)]
open("records", "wb").write(b"".join(struct.pack("<5f", *x) for x in xs))
xs = list(struct.iter_unpack("<5f", open("records", "rb").read()))
open("mean", "wb").write(struct.pack("<5d", *[sum(x[j] for x in xs) / 40 for j in range(5)]))
open("x.f64", "wb").write(b"".join(struct.pack("<5d", *x) for x in xs))'
	train() { nicetrain -d 5 --mid 4 --hidden 1 --couplings 2 --batch 10 --epochs 1 --valid records -q "$@" records; }
	for scale in '' --no-scale; do
		# shellcheck disable=SC2086
		train $scale -o trained
		niceflow -m trained -t f64 --attribute path --check x.f64 > own
		niceflow -m trained -t f64 --attribute path --check --baseline mean x.f64 > given
		paste own given | awk '{ d = $1 - $2; if (d * d > 1e-12) bad = 1 } END { exit bad || NR != 40 }'
		niceflow -m trained -t f64 --attribute replace x.f64 > own
		niceflow -m trained -t f64 --attribute replace --baseline mean x.f64 > given
		python3 -c 'import struct
own, given = (struct.unpack("<200f", open(name, "rb").read()) for name in ("own", "given"))
assert all(abs(a - b) < 1e-3 for a, b in zip(own, given)) and max(map(abs, own)) > 1'
	done
	# it affects neither likelihoods nor what counts as a parameter
	python3 -c 'import json, struct
data = open("trained", "rb").read()
size, = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + size])
header["__metadata__"].pop("crc32")
assert header.pop("baseline")["dtype"] == "F64"
text = json.dumps(header).encode()
open("without", "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:-40])'
	niceflow -m trained records > likelihoods
	niceflow -m without records | cmp - likelihoods
	niceflow -m trained -i | grep '^parameters	' > parameters
	niceflow -m without -i | grep '^parameters	' | cmp - parameters
	ends 1 niceflow -m without --attribute path records
	says 'niceflow: without: the model has no baseline; give one by --baseline'
}

@test "attribute: options that do not fit are refused" {
	while read -r message options; do
		# shellcheck disable=SC2086
		ends 2 niceflow -m m $options x.f32
		misused "niceflow: ${message//_/ }"
	done <<-END
		--baseline_requires_--attribute_replace_or_path --baseline b
		--baseline_requires_--attribute_replace_or_path --attribute gradient --baseline b
		--steps_and_--check_require_--attribute_path --steps 3
		--steps_and_--check_require_--attribute_path --attribute replace --check
		-b:_attributions_are_raw_f32 -b --attribute gradient
		*_are_mutually_exclusive -z --attribute gradient
	END
	ends 2 niceflow -m m --attribute path --baseline - < b
	misused 'niceflow: only one of the files can be standard input'
}

@test "attribute: what is not finite is in its record alone" {
	{ head -c 24 x.f32; bytes '\0\0\xc0\x7f'; head -c 20 /dev/zero; tail -c 24 x.f32; } > odd
	{ head -c 24 x.f32; tail -c 24 x.f32; } > even
	for options in gradient 'replace --baseline b' 'path --baseline b'; do
		# shellcheck disable=SC2086
		{
			niceflow -m m --attribute $options odd > out
			niceflow -m m --attribute $options even > expected
		}
		{ head -c 24 out; tail -c 24 out; } | cmp - expected
		[ "$(wc -c < out)" -eq 72 ]
	done
}

@test "attribute: a scratch at a known place: a path is inside it, the gradient is not" {
	need DATA MODEL
	# lines of ink, 2 x 20 pixels, along or across, in 60 digits: 5 % of the pixels
	cat > scratch.py <<-'END'
		import struct, sys
		def place(i):
		    if i % 2:
		        return {28 * y + x for x in (4 + 7 * i % 20, 5 + 7 * i % 20) for y in range(4, 24)}
		    return {28 * y + x for y in (3 + 5 * i % 20, 4 + 5 * i % 20) for x in range(4, 24)}
		data = sys.stdin.buffer.read()
		if sys.argv[1] == "draw":
		    out = bytearray(data)
		    for i in range(len(data) // 784):
		        for j in place(i):
		            out[784 * i + j] = 255
		    sys.stdout.buffer.write(out)
		else:
		    n, total = len(data) // 3136, 0
		    for i in range(n):
		        a = struct.unpack_from("<784f", data, 3136 * i)
		        total += sum(abs(a[j]) for j in place(i)) / sum(map(abs, a))
		    print(total / n)
	END
	idx2raw -t u8 -r 0:60 "$DATA/mnist/t10k-images-idx3-ubyte.gz" | python3 scratch.py draw > scratched
	head -c 784 /dev/zero > black
	path=$(niceflow -t u8 -m "$MODEL" --attribute path --steps 64 --baseline black scratched | python3 scratch.py share)
	gradient=$(niceflow -t u8 -m "$MODEL" --attribute gradient scratched | python3 scratch.py share)
	echo "share inside: path $path, gradient $gradient"
	awk -v p="$path" -v g="$gradient" 'BEGIN { exit !(p > 0.4 && g < 0.1) }'
}
