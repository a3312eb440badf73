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
	head -n 1 log | grep -qx 'epoch	records	seconds	rate	train	held_out	stdev	skewness	min	bits'
	[ "$(wc -l < log)" -eq 4 ]
	awk 'NR > 2 && ($5 <= train || $6 <= held) { exit 1 } { train = $5; held = $6 }' log
}

@test "nicetrain: what the table says is what niceflow says" {
	head -c 78400 "$GLYPHS" > valid
	tail -c +78401 "$GLYPHS" > records
	train --valid valid --log log --ema 0 -q -o m records
	said=$(niceflow -m m -i | awk -F'\t' '$1 == "held-out log-likelihood" { print $2 }')
	niceflow -m m -t u8 valid | nicestat > stat
	# float32 states here, float64 there: 784 elements of 2^-24 times factors up to exp(7)
	awk -v said="$said" '$1 == "mean" { exit !($2 - said < 0.2 && said - $2 < 0.2) }' stat
	tail -n 1 log | awk -F'\t' -v said="$said" '{ exit !($6 - said < 0.2 && said - $6 < 0.2) }'
}

@test "nicetrain: the same seed, the same bytes; another seed, others" {
	train -S 1 -q -o a "$GLYPHS"
	train -S 1 -q -o b < "$GLYPHS"
	cmp a b
	train -S 2 -q -o c "$GLYPHS"
	run cmp -s a c
	[ "$status" -eq 1 ]
}

@test "nicetrain: the bytes do not depend on the number of threads" {
	train -j 1 -q -o a "$GLYPHS"
	train -j 2 -q -o b "$GLYPHS"
	cmp a b
}

@test "nicetrain: the model tells how it was made" {
	train -S 7 --noise 3 -q -o m "$GLYPHS"
	niceflow -m m -i > info
	for line in "elements	784" "hidden	2" "seed	7" "noise	3" "records	540" "held-out records	60" \
		"mask_config	1" "type	u8"; do
		grep -qx "$line" info
	done
	grep -q "^program	nicetools " info
	grep -q "^data	[0-9a-f]\{16\}$" info
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

# signal_in_save SIGNAL options...: the signal as soon as a save has begun; status is how it ended.
# A run that ends before it is met is made again, a few times.
signal_in_save() {
	local signal=$1
	shift
	status=0
	for _ in 1 2 3 4 5; do
		[ "$status" -eq 0 ] || return 0
		rm -f state* m
		nicetrain "$@" --checkpoint state -o m "$GLYPHS" &
		until compgen -G 'state.??????' > there || ! kill -0 $! 2> there; do :; done
		kill "-$signal" $! || :
		wait $! || status=$?
	done
}

# The same training with signals. The state of 11 MB is written in a moment that is long enough to
# be met: a signal is served even if it arrives during a save.
@test "nicetrain: SIGTERM and SIGINT save at any moment, within a save, too, and end by the signal" {
	local options=(-d 784 -t u8 --mid 128 --hidden 1 --batch 50 --epochs 5 -q)
	nicetrain "${options[@]}" -o whole "$GLYPHS"
	for signal in TERM:143 INT:130; do
		signal_in_save "${signal%:*}" "${options[@]}"
		[ "$status" -eq "${signal#*:}" ]
		[ ! -e m ]
		[ -s state ]
		nicetrain "${options[@]}" --checkpoint state --resume -o m "$GLYPHS"
		cmp m whole
	done
}

# The table without the columns of time.
course() { cut -f 1,2,5- "$@"; }

@test "nicetrain: the log of a training that was killed and resumed has each epoch once" {
	train --log whole -q -o m "$GLYPHS"
	train --checkpoint state -q -o m "$GLYPHS"
	for lines in 4 3 1 0; do
		head -n "$lines" whole > log # as if the rest had not been written
		printf '4\t2160\t1' >> log  # or the beginning of more
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

@test "nicetrain: SIGUSR1 saves and goes on" {
	train --epochs 40 -q -o expected "$GLYPHS"
	nicetrain "${SMALL[@]}" --epochs 40 --checkpoint state -q -o m "$GLYPHS" &
	for _ in $(seq 200); do [ -e state ] && break; sleep 0.05; done
	for _ in 1 2 3; do kill -USR1 $! || :; sleep 0.1; done
	wait $!
	cmp m expected
}

@test "nicetrain: a resume with other options or other data is refused, saying which" {
	train --checkpoint state -q -o m "$GLYPHS"
	run -1 --separate-stderr train --lr 0.01 -S 3 --checkpoint state --resume -q -o x "$GLYPHS"
	[[ $stderr == *"another training: "*"seed was 0, is 3"* && $stderr == *"lr was 0.001, is 0.01"* ]]
	head -c 470400 /dev/urandom > other
	run -1 --separate-stderr train --checkpoint state --resume -q -o x other
	[[ $stderr == *"data was "*", is "* ]]
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
	[[ $stderr == "nicetrain: broken: epoch, step, update and best epoch of the checkpoint do not go together" ]]
}

# Before its last step, with second moments that no gradient leaves behind: the parameters become NaN.
@test "nicetrain: parameters that are not finite are not written" {
	train --checkpoint state -q -o m "$GLYPHS"
	python3 -c 'import json, struct, sys
b = open("state", "rb").read(); n, = struct.unpack_from("<Q", b); h, data = json.loads(b[8:8 + n]), bytearray(b[8 + n:])
for key, value in dict(epoch=2, step=9, update=29).items():
    h["__metadata__"]["state: " + key] = str(value)
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
	python3 -c 'import random, struct
r = random.Random(1)
x = [r.random() for _ in range(6400)]
open("valid", "wb").write(struct.pack("<6400f", *x))
x[3200:3264] = [3e38] * 64
open("records", "wb").write(struct.pack("<6400f", *x))'
	for seed in $(seq 0 20); do
		run -1 --separate-stderr nicetrain -d 64 --mid 64 --hidden 3 --batch 60 --epochs 50 --valid valid \
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
	[[ $stderr == *"0 records to train on are fewer than a batch of 50"* ]]
	run -1 --separate-stderr train --batch 541 -q -o m "$GLYPHS"
	[[ $stderr == *"540 records to train on are fewer than a batch of 541"* ]]
	head -c 470400 /dev/zero > constant
	run -1 --separate-stderr train -q -o m constant
	[[ $stderr == "nicetrain: constant: all records are the same" ]]
	{ head -c 16000 /dev/zero; printf '\0\0\xc0\x7f'; head -c 12 /dev/zero; } > nan
	run -1 --separate-stderr nicetrain -d 4 -q -o m nan
	[[ $stderr == "nicetrain: nan: record 1000 (byte 16000): element 0 is nan" ]]
	run -1 --separate-stderr train --valid <(head -c 700 "$GLYPHS") -q -o m "$GLYPHS"
	[[ $stderr == *"unexpected end of input after 700 of 784 bytes" ]]
	[ ! -e m ]
}

@test "nicetrain: an odd size, no model to write" {
	run -2 --separate-stderr nicetrain -d 7 -o m x
	[[ $stderr == "nicetrain: -d: records of 7 elements: the flow takes an even number"* ]]
	run -2 --separate-stderr nicetrain -d 8 x
	[[ $stderr == "nicetrain: no model to write: -o MODEL"* ]]
}

@test "nicetrain: a disk that fills leaves the old model as it was" {
	echo old > m
	(
		ulimit -f 8 # blocks of 1024 bytes; the model is larger
		trap '' XFSZ
		run -1 --separate-stderr train -q -o m "$GLYPHS"
		[[ $stderr == "nicetrain: m: cannot write: File too large" ]]
	)
	[ "$(cat m)" = old ]
	[ "$(echo m*)" = m ]
	run -1 --separate-stderr train -q -o nowhere/m "$GLYPHS"
	[[ $stderr == "nicetrain: nowhere/m: cannot create a file beside it: No such file or directory" ]]
}

@test "nicetrain: bfloat16 products, where there are some" {
	train -p bf16 -q -o a "$GLYPHS" || skip "no bfloat16 products here"
	train -p bf16 -q -o b -j 1 "$GLYPHS"
	cmp a b
	train -q -o c "$GLYPHS"
	for m in a c; do niceflow -m $m -t u8 "$GLYPHS" | nicestat | awk '$1 == "mean" { print $2 }'; done > means
	awk 'NR == 1 { a = $1 } END { d = a - $1; exit !(d < 20 && d > -20) }' means
}
