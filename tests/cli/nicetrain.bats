load helper

# Real-looking records: 600 digits of 784 u8, drawn by the generator of the demo.
setup_file() {
	export B GLYPHS=$BATS_FILE_TMPDIR/glyphs.u8
	"$B/examples/glyphs" digits 600 1 > "$GLYPHS"
}

# train [options]: a flow of a few thousand parameters, in a second.
SMALL=(-d 784 -t u8 --mid 16 --hidden 2 --batch 50 --epochs 3 --warmup 5)
train() { nicetrain "${SMALL[@]}" "$@"; }

@test "nicetrain: the likelihood of training and held-out records rises" {
	train --log log -q -o m "$GLYPHS"
	head -n 1 log | grep -x 'epoch	records	seconds	rate	train	held_out	stdev	skewness	min	bits'
	[ "$(wc -l < log)" -eq 4 ]
	awk 'NR > 2 && ($5 <= train || $6 <= held) { exit 1 } { train = $5; held = $6 }' log
}

@test "nicetrain: what the table says is what niceflow says" {
	head -c 78400 "$GLYPHS" > valid
	tail -c +78401 "$GLYPHS" > records
	train --valid valid --log log --ema 0 -q -o m records
	said=$(niceflow -m m -i | awk -F'\t' '$1 == "held-out log-likelihood" { print $2 }')
	niceflow -m m -t u8 valid | nicestat > stat
	# the same function of the same bits: what differs is the order of the sums and the table's six digits
	awk -v said="$said" '$1 == "mean" { exit !($2 - said < 1e-9 && said - $2 < 1e-9) }' stat
	tail -n 1 log | awk -F'\t' -v said="$said" '{ exit !($6 - said < 0.01 && said - $6 < 0.01) }'
}

@test "nicetrain: the same seed, the same bytes; another seed, others" {
	train -S 1 -q -o a "$GLYPHS"
	train -S 1 -q -o b < "$GLYPHS"
	cmp a b
	train -S 2 -q -o c "$GLYPHS"
	run cmp -s a c
	[ "$status" -eq 1 ]
}

# Under a sanitizer one shape alone: the unit nice_gradient has many.
@test "nicetrain: the bytes do not depend on the number of threads, nor on who resumes" {
	local shape records shapes=("")
	head -c 117600 "$GLYPHS" > few
	[ -n "$SANITIZER" ] || shapes+=("--batch 64 --mid 257" "--batch 1 --mid 257 --epochs 1" "--batch 32 --mid 1")
	for shape in "${shapes[@]}"; do
		case $shape in "--batch 1 "*) records=few ;; *) records=$GLYPHS ;; esac
		train $shape -j 1 -q -o a "$records"
		for j in 2 8; do
			train $shape -j $j -q -o b "$records"
			cmp a b
		done
	done
	train --epochs 20 -j 1 -q -o a "$GLYPHS"
	interrupt nicetrain "${SMALL[@]}" --epochs 20 -j 2 --checkpoint state -q -o part "$GLYPHS"
	train --epochs 20 -j 3 --checkpoint state --resume -q -o b "$GLYPHS"
	cmp a b
}

@test "nicetrain: the model tells how it was made" {
	train -S 7 --noise 3 -q -o m "$GLYPHS"
	niceflow -m m -i > info
	for line in "elements	784" "hidden	2" "seed	7" "noise	3" "records	540" "held-out records	60" \
		"kind	nice" "mask_config	1" "type	u8"; do
		grep -qx "$line" info
	done
	grep -q "^program	nicetools " info
	grep -q "^data	[0-9a-f]\{16\}$" info
}

# A rate at which the held-out likelihood soon falls.
@test "nicetrain --patience: ends so many epochs after the best one, also when resumed" {
	hasty() { nicetrain "${SMALL[@]}" --lr 0.02 --ema 0 --schedule constant --epochs 200 -q "$@" "$GLYPHS"; }
	hasty --patience 3 --log log --checkpoint state -o m
	niceflow -m m -i > info
	grep -qx 'patience	3' info
	best=$(sed -n 's/^epoch	//p' info)
	[ "$best" -lt 190 ]
	[ "$(tail -n 1 log | cut -f 1)" -eq $((best + 3)) ]
	[ "$(tail -n +2 log | sort -t '	' -k 6,6g | tail -n 1 | cut -f 1)" -eq "$best" ]
	# it has ended: a resume writes the same model
	hasty --patience 3 --checkpoint state --resume -o again
	cmp m again
	# ended in the middle of its patience, and at its best epoch
	for epochs in $((best + 1)) "$best"; do
		rm -f part.state
		hasty --patience 3 --epochs "$epochs" --checkpoint part.state -o part
		hasty --patience 3 --checkpoint part.state --resume -o part
		cmp m part
	done
	run -1 --separate-stderr hasty --checkpoint state --resume -o x
	[[ $stderr == *"different training run: "*"patience is 3 in the checkpoint, none now"* ]]
	run -1 --separate-stderr hasty --patience 2 --checkpoint state --resume -o x
	[[ $stderr == *"patience is 3 in the checkpoint, 2 now"* ]]
	# a training that gets better to its end makes all epochs
	train --epochs 3 -q -o a "$GLYPHS"
	train --epochs 3 --patience 3 -q -o b "$GLYPHS"
	niceflow -m a -i | grep '^epoch	' > epoch
	niceflow -m b -i | grep '^epoch	' | cmp - epoch
}

@test "nicetrain --init: starts where the model stands" {
	train --ema 0 -q -o m "$GLYPHS"
	before=$(niceflow -m m -i | sed -n 's/^held-out log-likelihood	//p')
	# no step at all: a rate of 0
	train --ema 0 --lr 0 --init m --epochs 1 -q -o same "$GLYPHS"
	python3 "$ROOT/tests/fixtures/same_tensors.py" m same
	[ "$(niceflow -m same -i | sed -n 's/^held-out log-likelihood	//p')" = "$before" ]
	niceflow -m same -i | grep -x 'initial model	[0-9a-f]\{8\}'
	train --init m --epochs 2 -q -o better "$GLYPHS"
	awk -v a="$before" -v b="$(niceflow -m better -i | sed -n 's/^held-out log-likelihood	//p')" 'BEGIN { exit !(b > a) }'
	# stopped and resumed, with the same model and without it
	train --init m --epochs 1 --schedule constant --checkpoint state -q -o part "$GLYPHS"
	train --init m --epochs 2 --schedule constant --checkpoint state --resume -q -o part "$GLYPHS"
	train --init m --epochs 2 --schedule constant -q -o whole "$GLYPHS"
	cmp whole part
	run -1 --separate-stderr train --epochs 2 --schedule constant --checkpoint state --resume -q -o x "$GLYPHS"
	[[ $stderr == *"initial model is "*" in the checkpoint, none now" ]]
	run -1 --separate-stderr train --init better --epochs 2 --schedule constant --checkpoint state --resume -q -o x "$GLYPHS"
	[[ $stderr == *"initial model is "*" in the checkpoint, "*" now" ]]
}

@test "nicetrain --init: records are scaled as the model scales them" {
	seq 4000 | awk '{ print $1 * 7919 % 101 + 5000 }' > column
	paste -d , column column | { echo a,b; cat; } | csv2raw -w s > x.f32
	tail -c 4000 x.f32 > y.f32
	tabled() { nicetrain -d 2 --mid 4 --couplings 2 --epochs 1 --ema 0 -q "$@"; }
	tabled -o m x.f32
	tabled --lr 0 --init m -o same y.f32
	python3 "$ROOT/tests/fixtures/same_tensors.py" m same
	refused 1 "nicetrain: m: the model scales its records, this training would not" tabled --no-scale --init m -o x y.f32
	tabled --no-scale -o plain x.f32
	refused 1 "nicetrain: plain: the model does not scale its records, this training would" tabled --init plain -o x y.f32
}

@test "nicetrain --init: a model of another kind or shape, a file that is none" {
	train -q -o m "$GLYPHS"
	for other in "--couplings 3" "--couplings 5" "--mid 17" "--hidden 3" "--hidden 1" "--kind vae"; do
		run -1 --separate-stderr train $other --init m -q -o x "$GLYPHS"
		[[ $stderr == "nicetrain: m: not a model of the shape that this training has: "* ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[ ! -e x ]
	done
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > small
	run -1 --separate-stderr train --init small -q -o x "$GLYPHS"
	[[ $stderr == "nicetrain: small: not a model of the shape that this training has: "* ]]
	# before the records are read
	mkfifo never
	for file in none "$GLYPHS"; do
		run -1 --separate-stderr train --init "$file" -q -o x never
		[[ $stderr == "nicetrain: $file: "* ]]
	done
}

@test "nicetrain --resume: more epochs may be asked for, fewer may not" {
	train --schedule constant --epochs 2 --checkpoint state --log log -q -o m "$GLYPHS"
	train --schedule constant --epochs 4 --checkpoint state --log log --resume -q -o more "$GLYPHS"
	train --schedule constant --epochs 4 -q -o whole "$GLYPHS"
	cmp more whole
	[ "$(wc -l < log)" -eq 5 ]
	refused 1 "nicetrain: state: the checkpoint is from a different training run: epochs is 4 in the checkpoint, 3 now" \
		train --schedule constant --epochs 3 --checkpoint state --resume -q -o x "$GLYPHS"
	# a schedule goes on as one of so many epochs
	train --epochs 2 --checkpoint other -q -o m "$GLYPHS"
	train --epochs 3 --checkpoint other --resume -q -o more "$GLYPHS"
	[ "$(niceflow -m more -i | sed -n 's/^epochs	//p')" -eq 3 ]
}

@test "nicetrain: killed at any moment and resumed, the model is the same" {
	train --epochs 6 -q -o whole "$GLYPHS"
	for delay in 0.05 0.15 0.25 0.4 0.6; do
		rm -f state part
		while [ ! -e part ]; do
			timeout -s KILL "$delay" nicetrain "${SMALL[@]}" --epochs 6 \
				--checkpoint state --resume -q -o part "$GLYPHS" || delay=$(awk "BEGIN { print $delay + 0.1 }")
		done
		cmp whole part
	done
}

# The table without the columns of time.
course() { cut -f 1,2,5- "$@"; }

@test "nicetrain: the log of a training that was killed and resumed has each epoch once" {
	train --log whole -q -o m "$GLYPHS"
	train --checkpoint state -q -o m "$GLYPHS"
	for lines in 4 3 1 0; do
		head -n "$lines" whole > log # as if the rest had not been written
		[ "$lines" -eq 0 ] || printf '4\t2160\t1' >> log # or the beginning of more
		train --checkpoint state --resume --log log -q -o m "$GLYPHS"
		[ "$(course log)" = "$(course <(head -n "$lines" whole | grep . || head -n 1 whole))" ]
	done
	rm log
	nicetrain "${SMALL[@]}" --epochs 2000 --checkpoint saved --log log -q -o m "$GLYPHS" &
	for _ in $(seq 200); do [ -e saved ] && break; sleep 0.05; done
	kill -KILL $!
	wait $! || :
	cp saved two
	last=$(tail -n 1 log | cut -f 1)
	{ cat log; printf '%s\t0\n' $((last + 1)) $((last + 2)); } > longer
	mv longer log
	nicetrain "${SMALL[@]}" --epochs 2000 --checkpoint saved --resume --log log -q -o m "$GLYPHS" &
	for _ in $(seq 200); do [ "$(tail -n 1 log | cut -f 2)" != 0 ] && [ "$(wc -l < log)" -gt $((last + 3)) ] && break; sleep 0.05; done
	kill -KILL $!
	wait $! || :
	n=$(grep -c '\.' log)
	[ "$(head -n "$n" log | tail -n +2 | cut -f 1)" = "$(seq $((n - 1)))" ]
}

@test "nicetrain --shuffle-window: an order of its own, the same from files and pipes, for any threads, and resumed" {
	train -q -o all "$GLYPHS"
	windows() { train --shuffle-window 130 "$@"; }
	windows -q -o w "$GLYPHS"
	niceflow -m w -i | grep -x 'shuffle-window	130'
	run -1 cmp -s all w
	head -c 78400 "$GLYPHS" > a
	tail -c +78401 "$GLYPHS" > b
	windows -j 1 -q -o x a b
	cmp w x
	cat a | windows -j 3 -q -o x - b
	cmp w x
	cat "$GLYPHS" | windows -j 2 -q -o x -
	cmp w x
	run -1 cmp -s w <(train --shuffle-window 200 -q -o - "$GLYPHS")
	# all 540 are in the window: as without it
	for n in 540 541 4294967295; do
		train --shuffle-window "$n" -q -o x "$GLYPHS"
		cmp all x
	done
	train --shuffle-window 539 -q -o x "$GLYPHS"
	niceflow -m x -i | grep -x 'shuffle-window	539'
	# stopped in the middle of an epoch, between epochs, and not at all
	windows --epochs 20 -j 1 -q -o whole "$GLYPHS"
	interrupt nicetrain "${SMALL[@]}" --shuffle-window 130 --epochs 20 --checkpoint state -q -o part "$GLYPHS"
	windows --epochs 20 -j 3 --checkpoint state --resume -q -o part a b
	cmp whole part
	# with another window, or none
	refused 1 "nicetrain: state: the checkpoint is from a different training run: shuffle-window is 130 in the checkpoint, none now" \
		train --epochs 20 --checkpoint state --resume -q -o x "$GLYPHS"
	run -1 --separate-stderr train --epochs 20 --shuffle-window 64 --checkpoint state --resume -q -o x "$GLYPHS"
	[[ $stderr == *"shuffle-window is 130 in the checkpoint, 64 now" ]]
	train --checkpoint none -q -o x "$GLYPHS"
	run -1 --separate-stderr windows --checkpoint none --resume -q -o x "$GLYPHS"
	[[ $stderr == *"shuffle-window is missing in the checkpoint, 130 now" ]]
}

# Oldest records first, say: every window has some of all, and what is learnt is as good.
@test "nicetrain --shuffle-window: records that are sorted" {
	local from; from=$(seq 0 7 4000 | tail -n 1)
	seq 0 "$from" | awk '{ print $1 "," 4000 - $1 + $1 * 7919 % 101 }' | { echo a,b; cat; } | csv2raw -w s > sorted
	seq 0 3 "$from" | awk '{ print $1 "," 4000 - $1 + $1 * 31 % 101 }' | { echo a,b; cat; } | csv2raw -s s > valid
	learn() { nicetrain --schema s --mid 32 --epochs 10 --batch 64 --valid valid -q "$@" sorted; }
	learn -o all
	learn --shuffle-window 512 -o w
	for m in all w; do niceflow -m "$m" -i | sed -n 's/^held-out log-likelihood	//p'; done > ll
	awk 'NR == 1 { all = $1 } END { exit !($1 > all - 0.2) }' ll
}

@test "nicetrain: a resume with other options or other data is refused, saying which" {
	train --checkpoint state -q -o m "$GLYPHS"
	run -1 --separate-stderr train --lr 0.01 -S 3 --checkpoint state --resume -q -o x "$GLYPHS"
	[[ $stderr == *"different training run: "*"seed is 0 in the checkpoint, 3 now"* && $stderr == *"lr is 0.001 in the checkpoint, 0.01 now"* ]]
	head -c 470400 /dev/urandom > other
	run -1 --separate-stderr train --checkpoint state --resume -q -o x other
	[[ $stderr == *"data is "*" in the checkpoint, "*" now" ]]
	[ ! -e x ]
}

@test "nicetrain: a checkpoint cut anywhere, or no checkpoint at all, is an error and stays" {
	train --checkpoint state -q -o m "$GLYPHS"
	size=$(stat -c %s state)
	for n in 0 7 100 5000 $((size / 2)) $((size - 1)); do
		head -c "$n" state > broken
		run -1 --separate-stderr train --checkpoint broken --resume -q -o x "$GLYPHS"
		[[ $stderr == "nicetrain: broken: "* ]]
		[ "$(stat -c %s broken)" -eq "$n" ]
	done
	run -1 --separate-stderr train --checkpoint m --resume -q -o x "$GLYPHS"
	[[ $stderr == "nicetrain: m: not a checkpoint of nicetrain" ]]
	LC_ALL=C sed 's/"state: update":"[0-9]/"state: update":"9/' state > broken
	run -1 --separate-stderr train --checkpoint broken --resume -q -o x "$GLYPHS"
	[[ $stderr == "nicetrain: broken: damaged: its checksum is "* ]]
	LC_ALL=C sed -i 's/"crc32"/"CRC32"/' broken # no checksum
	run -1 --separate-stderr train --checkpoint broken --resume -q -o x "$GLYPHS"
	[[ $stderr == "nicetrain: broken: epoch, step, update and best epoch of the checkpoint are inconsistent" ]]
}

# Before its last step, with second moments that no gradient leaves behind: the parameters become NaN.
@test "nicetrain: parameters that are not finite are not written" {
	train --checkpoint state -q -o m "$GLYPHS"
	python3 -c 'import json, struct, sys
b = open("state", "rb").read(); n, = struct.unpack_from("<Q", b); h, data = json.loads(b[8:8 + n]), bytearray(b[8 + n:])
for key, value in dict(epoch=2, step=9, update=29).items():
    h["__metadata__"]["state: " + key] = str(value)
h["__metadata__"].pop("crc32")
h["__metadata__"].update({"state: best epoch": "0", "state: best mean": "-inf"})
for name, t in h.items():
    if name.startswith("v."):
        begin, end = t["data_offsets"]
        data[begin:end] = struct.pack("<f", -3) * ((end - begin) // 4)
text = json.dumps(h).encode()
open("broken", "wb").write(struct.pack("<Q", len(text)) + text + data)'
	run -1 --separate-stderr train --checkpoint broken --resume -q -o x "$GLYPHS"
	[[ $stderr == *"parameter"*" is not finite"* ]]
	[ ! -e x ]
}

# One record of 100 is so large that products overflow; each epoch leaves 40 records out.
@test "nicetrain: a likelihood that is not finite ends it, with the last good model" {
	records_that_overflow
	for seed in $(seq 0 20); do
		run -1 --separate-stderr nicetrain -d 64 --no-scale --mid 64 --hidden 3 --batch 60 --epochs 50 --valid valid \
			-S "$seed" -q -o m records
		[[ $stderr == "nicetrain: records: epoch "*", step 1: the "*" is not finite; a smaller learning rate"* ]]
		[ ! -e m ] || break
	done
	[[ $stderr == *"nicetrain: m: the model of epoch "*" was written" ]]
	niceflow -m m valid | nicestat > stat
}

@test "nicetrain: bad data" {
	run -1 --separate-stderr train -q -o m < <(head -c 1000 "$GLYPHS")
	[[ $stderr == "nicetrain: standard input: record 1 (byte 784): unexpected end of input after 216 of 784 bytes" ]]
	run -1 --separate-stderr train -q -o m /dev/null
	[[ $stderr == *"0 training records are fewer than a batch of 50"* ]]
	run -1 --separate-stderr train --batch 541 -q -o m "$GLYPHS"
	[[ $stderr == *"540 training records are fewer than a batch of 541"* ]]
	head -c 470400 /dev/zero > constant
	run -1 --separate-stderr train -q -o m constant
	[[ $stderr == "nicetrain: constant: all records are identical" ]]
	{ head -c 16000 /dev/zero; printf '\0\0\xc0\x7f'; head -c 12 /dev/zero; } > nan
	run -1 --separate-stderr nicetrain -d 4 -q -o m nan
	[[ $stderr == "nicetrain: nan: record 1000 (byte 16000): element 0 is nan; is the element type (-t, here f32) right?" ]]
	run -1 --separate-stderr train --valid <(head -c 700 "$GLYPHS") -q -o m "$GLYPHS"
	[[ $stderr == *"unexpected end of input after 700 of 784 bytes" ]]
	[ ! -e m ]
}

@test "nicetrain: records of an odd number of elements train, are scored and sampled" {
	python3 -c 'import random, struct, sys
r = random.Random(1)
for _ in range(600):
    v = [r.gauss(0, 1), r.gauss(0, 1)]
    sys.stdout.buffer.write(struct.pack("<3f", *v, v[0] + 0.1 * r.gauss(0, 1)))' > x.f32
	nicetrain -d 3 --mid 16 --hidden 2 --batch 50 --epochs 20 --warmup 5 --log log -q -o m x.f32
	awk -F'\t' 'NR == 2 { first = $6 } END { exit !($6 > first) }' log
	python3 "$ROOT/tests/oracle/nice_ref.py" m ll < x.f32 | od -An -v -tf8 -w8 > expected
	niceflow -m m x.f32 | paste - expected | awk '{ d = $1 - $2 } d > 1e-3 || d < -1e-3 { bad = 1 } END { exit bad || NR != 600 }'
	niceflow -m m -n 10 | wc -c | grep -x 120
}

# table N: f32 records of five columns: a wide one far from 0, integers, a constant, two that depend.
table() {
	python3 -c 'import random, struct, sys
r = random.Random(2)
for _ in range(int(sys.argv[1])):
    v = r.gauss(0, 1)
    sys.stdout.buffer.write(struct.pack("<5f", 101325 + 300 * v, r.randrange(4), 7, r.gauss(0, 1e-3), v * v))' "$1"
}
TABLE=(-d 5 --mid 16 --couplings 4 --epochs 5 -q)

@test "nicetrain: the unit of a column changes likelihoods by its logarithm, and nothing else" {
	table 400 > x.f32
	python3 -c 'import array; a = array.array("f"); a.frombytes(open("x.f32", "rb").read())
a[3::5] = array.array("f", (1024 * v for v in a[3::5])); a.tofile(open("y.f32", "wb"))'
	nicetrain "${TABLE[@]}" -o mx x.f32
	nicetrain "${TABLE[@]}" -o my y.f32
	niceflow -m my y.f32 > lly
	niceflow -m mx x.f32 | paste - lly |
		awk '{ d = $1 - $2 - 10 * log(2) } d > 1e-9 || d < -1e-9 { bad = 1 } END { exit bad || NR != 400 }'
	niceflow -m mx -i | grep -x 'scale	standard'
	niceflow -m mx -i | grep -x 'noise	auto'
}

@test "nicetrain: centers and spreads: of two values twice their distance, of a constant 1" {
	python3 -c 'import array, sys
x = [(3 + 2 * (i % 100 == 0), 7, i % 3, float(i)) for i in range(1000)]
array.array("f", (v for row in x for v in row)).tofile(open("valid", "wb"))
array.array("f", (v for row in x for v in row)).tofile(open("x.f32", "wb"))'
	nicetrain -q -d 4 --mid 4 --couplings 2 --epochs 1 --batch 50 --valid valid -o m x.f32
	python3 -c 'import statistics, struct, sys
sys.path.insert(0, sys.argv[1])
from nice_ref import read_safetensors
tensors = read_safetensors("m")[0]
mean, stdev = (struct.unpack("<4d", tensors["records." + name][2]) for name in ("mean", "stdev"))
for got, right in zip(mean + stdev, (3.02, 7, 0.999, 499.5, 4, 1,
        statistics.stdev(i % 3 for i in range(1000)), statistics.stdev(range(1000)))):
    assert abs(got - right) < 1e-12 * right, (got, right)' "$ROOT/tests/oracle"
}

@test "nicetrain: held-out likelihoods of the table are those of niceflow, scaled or not" {
	table 400 > x.f32
	for option in "" --no-scale "--noise 0.5" "--no-scale --noise auto"; do
		# shellcheck disable=SC2086
		nicetrain "${TABLE[@]}" $option --valid x.f32 -o m x.f32
		said=$(niceflow -m m -i | awk -F'\t' '$1 == "held-out log-likelihood" { print $2 }')
		niceflow -m m x.f32 | nicestat |
			awk -v said="$said" '$1 == "mean" { d = $2 - said; exit !(d < 1e-9 * -said && d > 1e-9 * said || d == 0) }'
	done
}

@test "nicetrain --no-scale: a model without centers; u8 records have none either" {
	table 200 > x.f32
	nicetrain "${TABLE[@]}" --no-scale -o m x.f32
	run grep -q records.mean m
	[ "$status" -eq 1 ]
	head -c 2000 "$GLYPHS" > x.u8
	nicetrain "${TABLE[@]}" -t u8 --batch 50 -o m x.u8
	run grep -q records.mean m
	[ "$status" -eq 1 ]
}

@test "nicetrain: 42 rows of a table are enough, and what is not given is printed" {
	table 42 > x.f32
	run -0 --separate-stderr nicetrain -d 5 --epochs 2 -o m x.f32
	[[ $stderr == "38 training records, 4 held out, "*$'\n'"10 couplings of 2 x 128, batch 8, epochs 2, records scaled, noise by element"* ]]
	niceflow -m m x.f32 | nicestat | grep -x 'n	42'
}

@test "nicetrain: a training on a table that is resumed makes the same model" {
	table 400 > x.f32
	nicetrain "${TABLE[@]}" -o whole x.f32
	nicetrain "${TABLE[@]}" --checkpoint state -o part x.f32
	nicetrain "${TABLE[@]}" --checkpoint state --resume -o part x.f32
	cmp whole part
	run -1 --separate-stderr nicetrain "${TABLE[@]}" --no-scale --checkpoint state --resume -o part x.f32
	[[ $stderr == *"different training run: "*"noise is auto in the checkpoint, 0 now"* ]]
	run -1 --separate-stderr nicetrain "${TABLE[@]}" --no-scale --noise auto --checkpoint state --resume -o part x.f32
	[[ $stderr == *"different training run: "*"scale is standard in the checkpoint, none now"* ]]
}

@test "nicetrain: a record of one element, no model to write" {
	run -2 --separate-stderr nicetrain -d 1 -o m x
	[[ $stderr == "nicetrain: -d: records of 1 element: the flow needs 2 or more"* ]]
	run -2 --separate-stderr nicetrain -d 8 x
	[[ $stderr == "nicetrain: missing option -o MODEL"* ]]
}

@test "nicetrain: a disk that fills leaves the old model as it was" {
	echo old > m
	(
		ulimit -f 8 # blocks of 1024 bytes; the model is larger
		run -1 --separate-stderr train -q -o m "$GLYPHS"
		[[ $stderr == "nicetrain: m: cannot write: File too large" ]]
	)
	[ "$(cat m)" = old ]
	[ "$(echo m*)" = m ]
}

@test "nicetrain: bfloat16 products, where there are some" {
	need_bf16
	train -p bf16 -q -o a "$GLYPHS"
	train -p bf16 -q -o b -j 1 "$GLYPHS"
	cmp a b
	train -q -o c "$GLYPHS"
	for m in a c; do niceflow -m $m -t u8 "$GLYPHS" | nicestat | awk '$1 == "mean" { print $2 }'; done > means
	awk 'NR == 1 { a = $1 } END { d = a - $1; exit !(d < 20 && d > -20) }' means
}
