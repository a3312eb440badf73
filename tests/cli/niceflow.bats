load helper

setup_file() {
	export PYTHONPATH=$ROOT/tests/fixtures
}

# model D MID HIDDEN COUPLINGS SEED [options]: a random model; the same arguments, the same model.
model() { python3 "$ROOT/tests/fixtures/make_model.py" "$@"; }
ref() { python3 "$ROOT/tests/oracle/nice_ref.py" "$@"; }

# records N D SEED: raw f32 in [-1, 1).
records() {
	python3 -c 'import random, struct, sys
n, d, seed = map(int, sys.argv[1:])
r = random.Random(seed)
sys.stdout.buffer.write(struct.pack("<%df" % (n * d), *(r.uniform(-1, 1) for _ in range(n * d))))' "$@"
}

# near A B TOLERANCE: two files of raw f64 ("x.f32": f32) of the same length are that close.
near() {
	python3 -c 'import array, math, sys
def read(p):
    a = array.array("f" if p.endswith("f32") else "d"); a.frombytes(open(p, "rb").read()); return a
a, b = read(sys.argv[1]), read(sys.argv[2])
assert len(a) == len(b) > 0, (len(a), len(b))
worst = max(0 if u == v or (u != u and v != v) else abs(u - v) for u, v in zip(a, b))
print("largest difference", worst)
sys.exit(not worst <= float(sys.argv[3]))' "$@"
}

# spoil CHANGE: "bad" is the model "m" with its header h, or its bytes raw, changed by a line of Python.
spoil() {
	python3 -c 'import json, struct, sys
raw = open("m", "rb").read()
n, = struct.unpack_from("<Q", raw)
h = json.loads(raw[8:8 + n])
exec(sys.argv[1])
text = json.dumps(h).encode()
open("bad", "wb").write(struct.pack("<Q", len(text)) + text + raw[8 + n:])' "$1"
}

# float32 products of up to 40 terms of size 1/sqrt(40) in 4 layers: each shift is off by at most
# 4 * 42 * 2^-24 * 2 = 2e-5, times exp(0.5), over D elements and 4 couplings: D * 1.3e-4.
@test "niceflow: likelihoods are those of the float64 reference, for several shapes and both masks" {
	for shape in "2 3 1 1 1" "4 5 2 2 2 --mask 0" "6 9 2 3 3" "20 40 3 4 4 --mask 0" "34 17 5 4 5" \
		"3 4 2 4 6" "7 9 1 3 7 --mask 0" "33 20 3 5 8" \
		"5 9 2 4 9 --records"; do
		# shellcheck disable=SC2086
		model $shape > m.safetensors
		d=${shape%% *}
		records 50 "$d" 9 > x.f32
		niceflow -m m.safetensors -b x.f32 > got.f64
		ref m.safetensors ll < x.f32 > expected.f64
		near got.f64 expected.f64 "$(python3 -c "print($d * 1.3e-4)")"
	done
}

@test "niceflow: the two masks differ" {
	model 4 5 2 2 2 --mask 0 > m0
	model 4 5 2 2 2 --mask 1 > m1
	records 5 4 1 > x.f32
	niceflow -m m0 -b x.f32 > a.f64
	niceflow -m m1 -b x.f32 > b.f64
	run near a.f64 b.f64 0.01
	[ "$status" -eq 1 ]
}

@test "niceflow -z, -x: latents and records are those of the reference" {
	local d
	for d in 20 21; do
		model "$d" 40 3 4 4 > m
		records 30 "$d" 2 > x.f32
		niceflow -m m -z x.f32 > z.f32
		ref m z < x.f32 > z.f64
		near z.f32 z.f64 1.3e-4
		niceflow -m m -x x.f32 > y.f32
		ref m x < x.f32 > y.f64
		near y.f32 y.f64 1.3e-4
		niceflow -m m -x z.f32 > back.f32
		near back.f32 x.f32 1e-4
	done
}

@test "niceflow: a model that centers and scales its records, forward and back" {
	model 7 9 2 4 3 --records > m
	records 30 7 2 > x.f32
	niceflow -m m -z x.f32 > z.f32
	ref m z < x.f32 > z.f64
	near z.f32 z.f64 1.3e-4
	ref m x < x.f32 > y.f64
	niceflow -m m -x x.f32 > y.f32
	near y.f32 y.f64 1e-3 # latents' errors times stdevs of up to 8
	niceflow -m m -i | grep -x 'elements	7'
}

@test "niceflow: centers and scales that are no such thing are refused" {
	local change why
	while IFS='~' read -r change why; do
		model 4 5 2 2 2 --records > m
		spoil "$change"
		run -1 --separate-stderr niceflow -m bad -i
		echo "$stderr"
		[ -z "$output" ]
		[[ $stderr == "niceflow: bad: $why"* ]]
	done <<-END
		raw = raw[:-8] + bytes(8)~records.stdev: element 3 is 0
		raw = raw[:-8] + struct.pack("<d", -1)~records.stdev: element 3 is -1
		raw = raw[:-8] + struct.pack("<d", 1e-310)~records.stdev: element 3 is 1e-310
		raw = raw[:-8] + struct.pack("<d", float("nan"))~records.stdev: element 3 is nan
		raw = raw[:-64] + struct.pack("<d", float("inf")) + raw[-56:]~records.mean: element 0 is inf
		h["records.stdev"]["shape"] = [2, 2]~records.stdev
		h["records.scale"] = h.pop("records.mean")~records.mean is missing
	END
}

@test "niceflow -z: prior plus sum(s) is the log-likelihood" {
	model 20 40 3 4 4 > m
	records 30 20 2 > x.f32
	niceflow -m m -z x.f32 > z.f32
	log_det=$(niceflow -m m -i | awk '$1 == "log_determinant" { print $2 }')
	python3 -c 'import array, math, sys
z = array.array("f"); z.frombytes(open("z.f32", "rb").read())
prior = [sum(-(abs(v) + 2 * math.log1p(math.exp(-abs(v)))) for v in z[20 * i:20 * i + 20]) for i in range(30)]
array.array("d", [p + float(sys.argv[1]) for p in prior]).tofile(open("sum.f64", "wb"))' "$log_det"
	niceflow -m m -b x.f32 > ll.f64
	near ll.f64 sum.f64 1e-5 # 20 latents below 4 rounded to float32: 20 * 2^-23
}

@test "niceflow: the same bytes for every batch size, thread count and chunking of the pipe" {
	model 20 40 3 4 4 > m
	records 500 20 3 > x.f32
	niceflow -m m x.f32 > expected
	niceflow -m m -z x.f32 > expected.z
	for o in "-B 1" "-B 7 -j 1" "-B 100 -j 2" "-B 5000 -j 3"; do
		# shellcheck disable=SC2086
		niceflow -m m $o x.f32 | cmp - expected
		# shellcheck disable=SC2086
		niceflow -m m -z $o x.f32 | cmp - expected.z
	done
	(for i in $(seq 0 9); do dd if=x.f32 bs=4001 skip="$i" count=1 status=none; sleep 0.02; done) |
		niceflow -m m | cmp - expected
	for i in 0 17 499; do
		dd if=x.f32 bs=80 skip="$i" count=1 status=none | niceflow -m m
	done > alone
	sed -n '1p;18p;500p' expected | cmp - alone
}

@test "niceflow: threads that each take records of their own keep the order, and tell an error last" {
	model 20 40 3 4 4 > m
	records 20000 20 3 > x.f32
	niceflow -m m -j 1 x.f32 > expected
	niceflow -m m -j 1 -z x.f32 > expected.z
	niceflow -m m -j 1 -n 3000 > expected.n
	for j in 2 3 8; do
		niceflow -m m -j "$j" x.f32 | cmp - expected
		dd if=x.f32 bs=4001 status=none | niceflow -m m -j "$j" | cmp - expected
		niceflow -m m -j "$j" -z x.f32 | cmp - expected.z
		niceflow -m m -j "$j" -n 3000 | cmp - expected.n
	done
	printf abc >> x.f32
	for way in x.f32 -; do
		run -1 --separate-stderr niceflow -m m -j 4 "$way" < x.f32
		[[ $stderr == "niceflow: "*": record 20000 (byte 1600000): unexpected end of input after 3 of 80 bytes"* ]]
		cmp <(printf '%s\n' "$output") expected
	done
}

@test "niceflow -p bf16: near float32, and the same bytes for every batch size and thread count" {
	model 20 40 3 4 4 > m
	records 500 20 3 > x.f32
	need_bf16
	niceflow -m m -p bf16 x.f32 > narrow
	niceflow -m m -p bf16 -B 1 -j 1 x.f32 | cmp - narrow
	niceflow -m m -p bf16 -B 77 -j 3 x.f32 | cmp - narrow
	niceflow -m m -p f32 x.f32 > wide
	niceflow -m m x.f32 | cmp - wide
	# Factors rounded to 8 bits: two roundings of 2^-9 per product, some sqrt(n) of which add up.
	paste wide narrow | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > worst) worst = d; sum += d }
		END { exit !(worst < 2 && sum / NR > 1e-5) }'
	niceflow -m m -p bf16 -z x.f32 | niceflow -m m -p bf16 -x -t f32 > back.f32
	niceflow -m m -p bf16 back.f32 | paste - narrow |
		awk '{ d = $1 - $2; if (d < -0.1 || d > 0.1) bad++ } END { exit bad > 5 }'
}

@test "niceflow -t: u8 and f64 records are the f32 ones" {
	model 6 9 2 3 3 > m
	python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(252)))' > x.u8
	{ bytes '\0\0\x08\x02'; be32 42; be32 6; cat x.u8; } > x.idx
	idx2raw x.idx | niceflow -m m > expected
	niceflow -m m -t u8 x.u8 | cmp - expected
	idx2raw -t f64 x.idx | niceflow -m m -t f64 | cmp - expected
}

@test "niceflow: float32, float64, float16 and bfloat16 tensors" {
	for dtype in F32 F64 F16 BF16; do
		model 6 9 2 3 3 --dtype $dtype > m
		records 20 6 1 > x.f32
		niceflow -m m -b x.f32 > got.f64
		ref m ll < x.f32 > expected.f64
		near got.f64 expected.f64 8e-4
	done
}

@test "niceflow -n: sample i depends on seed and i alone; temperature and seed matter" {
	model 6 9 2 3 3 > m
	niceflow -m m -n 1000 -S 5 > all.f32
	[ "$(stat -c %s all.f32)" -eq 24000 ]
	niceflow -m m -n 10 -S 5 | cmp - <(head -c 240 all.f32)
	niceflow -m m -n 1000 -S 5 -B 3 -j 1 | cmp - all.f32
	niceflow -m m -n 10 -S 6 > other.f32
	run cmp -s other.f32 <(head -c 240 all.f32)
	[ "$status" -eq 1 ]
	niceflow -m m -n 10 -S 5 -T 0 > mode.f32
	python3 -c 'd = open("mode.f32", "rb").read(); assert all(d[24 * i:24 * i + 24] == d[:24] for i in range(10))'
	niceflow -m m -n 0 > empty
	[ ! -s empty ]
}

# Kolmogorov-Smirnov: P(sqrt(n) D_n > 1.95) = 1e-3, and the seed is fixed.
@test "niceflow -n: the latents of samples are logistic" {
	model 6 9 2 3 3 > m
	niceflow -m m -n 5000 -S 1 | niceflow -m m -z > z.f32
	python3 -c 'import array, math
z = array.array("f"); z.frombytes(open("z.f32", "rb").read())
z = sorted(z); n = len(z)
f = [1 / (1 + math.exp(-v)) for v in z]
d = max(max((i + 1) / n - p, p - i / n) for i, p in enumerate(f))
print(n, d * math.sqrt(n))
assert n == 30000 and d * math.sqrt(n) < 1.95'
}

@test "niceflow -i: what the model is" {
	model 6 9 2 3 3 --mask 0 > m
	niceflow -m m -i > info
	grep -qx "elements	6" info
	grep -qx "couplings	3" info
	grep -qx "hidden	2" info
	grep -qx "widths	3-9-9-3" info
	grep -qx "parameters	$((3 * (3 * 9 + 9 + 9 * 9 + 9 + 9 * 3 + 3) + 6))" info
	grep -qx "mask_config	0" info
}

# A control character of ASCII, and one of those behind it, which is ESC [ to a terminal.
@test "niceflow -i: a file's words and its name send no commands to the terminal" {
	model 6 9 2 3 3 > m
	local escape
	for escape in '\u001b' '\u009b' '\u000a'; do
		python3 -c 'import sys; m = open("m", "rb").read()
open("hostile", "wb").write(m.replace(b"mask_config", b"xy%s2Jz" % sys.argv[1].encode()))' "$escape"
		niceflow -m hostile -i > info
		grep -qx "xy??*2Jz	1" info
	done
	ends 1 niceflow -m $'a\e[2J\xc2\x9b2J\xff\xe2\x82\xac' -i
	says 'niceflow: a?\[2J??2J?€: cannot open: *'
}

@test "niceflow: NaN and infinity in a record are its own affair" {
	model 4 5 2 2 2 > m
	{ bytes '\0\0\0\0\0\0\xc0\x7f\0\0\0\0\0\0\0\0'; bytes '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	  bytes '\0\0\x80\x7f\0\0\0\0\0\0\0\0\0\0\0\0'; } > x.f32
	niceflow -m m x.f32 > got
	niceflow -m m < <(head -c 16 /dev/zero) > zero
	[ -s zero ]
	[ "$(sed -n 1p got)" = nan ]
	[ "$(sed -n 2p got)" = "$(cat zero)" ]
	[[ $(sed -n 3p got) =~ ^(-inf|nan)$ ]]
}

@test "niceflow: a short last record is an error behind the likelihoods of the whole ones" {
	model 4 5 2 2 2 > m
	records 3 4 1 > x.f32
	niceflow -m m x.f32 > expected
	head -c 37 x.f32 > short.f32
	run -1 --separate-stderr niceflow -m m short.f32
	[ "$output" = "$(head -n 2 expected)" ]
	[[ $stderr == "niceflow: short.f32: record 2 (byte 32): unexpected end of input after 5 of 16 bytes"* ]]
	[[ $stderr == *"the model takes records of 4 f32 elements" ]]
}

@test "niceflow: a model of other tensors: all that is wrong is listed at once" {
	model 4 5 2 2 2 > m
	python3 -c 'import json, struct
raw = open("m", "rb").read()
n, = struct.unpack_from("<Q", raw)
h = json.loads(raw[8:8 + n])
h["coupling.1.out_block.weigth"] = h.pop("coupling.1.out_block.weight")
h["coupling.0.in_block.0.bias"]["shape"] = [1, 5]
text = json.dumps(h).encode()
open("bad", "wb").write(struct.pack("<Q", len(text)) + text + raw[8 + n:])'
	run -1 --separate-stderr niceflow -m bad -i
	[[ $stderr == "niceflow: bad: "* ]]
	[[ $stderr == *"coupling.1.out_block.weight is missing"* ]]
	[[ $stderr == *"coupling.0.in_block.0.bias is 1 x 5, not 5"* ]]
	[[ $stderr == *"coupling.1.out_block.weigth is unexpected"* ]]
}

@test "niceflow: a model of another kind: what was expected, and what is there" {
	other() { python3 -c 'import json, struct, sys
h = json.dumps({name: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for name in sys.argv[1:]}).encode()
sys.stdout.buffer.write(struct.pack("<Q", len(h)) + h)' "$@" > other; }
	expected='niceflow: other: not a NICE model: expected coupling.0.in_block.0.weight and so on, found'
	other encoder.weight encoder.bias
	refused 1 "$expected encoder.weight, encoder.bias" niceflow -m other -i
	other a b c d e f
	refused 1 "$expected a, b, c, d and 2 more" niceflow -m other -i
	other
	refused 1 "$expected no tensors" niceflow -m other -i
	long=$(printf 'x%.0s' {1..900})
	other "$long" "y$long" "z$long" "a$long" "b$long"
	refused 1 "$expected ${long:0:60}, y${long:0:59}, z${long:0:59}, a${long:0:59} and 1 more" niceflow -m other -i
}

@test "niceflow: a model of an unknown kind is refused by name" {
	for kind in nice gan "$(printf 'a\033b')"; do
		model 4 5 2 2 2 > m
		python3 -c 'import json, struct, sys
raw = open("m", "rb").read()
n, = struct.unpack_from("<Q", raw)
h = json.loads(raw[8:8 + n])
h["__metadata__"]["kind"] = sys.argv[1]
text = json.dumps(h).encode()
open("other", "wb").write(struct.pack("<Q", len(text)) + text + raw[8 + n:])' "$kind"
		run --separate-stderr niceflow -m other -i
		if [ "$kind" = nice ]; then
			[ "$status" -eq 0 ]
			[[ $output == *"kind	nice"* ]]
		else
			[ "$status" -eq 1 ]
			[ -z "$output" ]
			[[ $stderr == "niceflow: other: unknown kind '${kind/[^a-z]/?}'; this version knows nice" ]]
		fi
	done
}

@test "niceflow: a scale of another shape, a mask of 2, a scale beyond doubles are refused" {
	for change in 'h["__metadata__"]["mask_config"] = "2"' 'h["scaling.scale"]["shape"] = [4, 1]' \
		'raw = raw[:-4] + b"\0\0\x80\x7f"' 'raw = raw[:-4] + struct.pack("<f", -800)'; do
		model 4 5 2 2 2 > m
		spoil "$change"
		run -1 --separate-stderr niceflow -m bad -i
		echo "$stderr"
		[ -z "$output" ]
		[[ $stderr == "niceflow: bad: "*[a-z]* ]]
	done
}

@test "niceflow: a slow producer sees each likelihood at once" {
	model 4 5 2 2 2 > m
	records 2 4 1 > x.f32
	mkfifo in out
	niceflow -m m < in > out &
	exec 5> in 6< out
	head -c 16 x.f32 >&5
	read -r -t 10 first <&6
	tail -c 16 x.f32 >&5
	read -r -t 10 second <&6
	exec 5>&-
	wait
	[ "$(printf '%s\n%s' "$first" "$second")" = "$(niceflow -m m x.f32)" ]
}

@test "niceflow: usage errors name what is wrong" {
	run -2 --separate-stderr niceflow
	[[ $stderr == "niceflow: missing option -m MODEL"* ]]
	run -2 --separate-stderr niceflow -m m -z -x
	[[ $stderr == "niceflow: -z, -x, -k, -n, --attribute and -i are mutually exclusive"* ]]
	run -2 --separate-stderr niceflow -m m -n 3 file
	run -2 --separate-stderr niceflow -m - -
	run -2 --separate-stderr niceflow -m m -t u16
	[[ $stderr == "niceflow: -t: 'u16' is not one of u8, f32, f64"* ]]
}

@test "niceflow: the real model's likelihoods are the oracle's within 0.002 nats" {
	need DATA MODEL
	oracle=$DATA/../oracle/mnist-t10k.f64
	[ -r "$oracle" ] || skip "needs the oracle beside DATA="
	idx2raw "$DATA/mnist/t10k-images-idx3-ubyte.gz" | niceflow -m "$MODEL" -b > ll.f64
	cp "$oracle" oracle.f64
	near ll.f64 oracle.f64 0.002
}

# 384 rows of the layer are 1.5 GB.
@test "niceflow: a layer of a million units takes no more rows at a time than memory is worth" {
	python3 "$ROOT/tests/bench/random_model.py" 2 1000000 1 1 > wide
	python3 -c 'import random; open("records", "wb").write(random.Random(1).randbytes(80))'
	niceflow -j 1 -m wide -t u8 -B 1 records > one-by-one
	niceflow -m wide -t u8 records | cmp - one-by-one
	niceflow -m wide -t u8 --attribute gradient -B 1 records > one-by-one
	niceflow -m wide -t u8 --attribute gradient records | cmp - one-by-one
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	(ulimit -v 600000 && exec niceflow -j 1 -m wide -t u8 records) > few-rows
	[ "$(wc -l < few-rows)" -eq 40 ]
}

# At each of these limits, code that oneDNN generates without room for it used to end in a crash.
@test "niceflow and nicetrain: a limit of data or addresses that is too low is told" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	python3 "$ROOT/tests/fixtures/make_model.py" 64 100 2 2 1 > m
	python3 -c 'import random; open("records", "wb").write(random.Random(1).randbytes(6400))'
	local status kind size
	for kind in d v; do
		for size in $(seq 2000 2000 20000) $(seq 48000 2000 60000); do
			# Where the libraries do not fit, the loader ends the program: 127.
			for run in 'niceflow -j 1 -t u8 -m m' 'nicetrain -j 1 -q -t u8 -d 64 --mid 100 --batch 8 --epochs 1 -o out'; do
				status=0
				(ulimit -$kind $size && exec $run records) > /dev/null 2> err || status=$?
				case $status in 0 | 127) ;; 1) grep -q 'out of memory' err ;; *) echo "$run: -$kind $size: $status" && return 1 ;; esac
			done
		done
	done
	python3 "$ROOT/tests/fixtures/make_model.py" 64 1000 2 2 1 > large
	(ulimit -d 4000 && exec niceflow -j 1 -t u8 -m large records) 2> err || status=$?
	grep -qx 'niceflow: large: out of memory' err
}
