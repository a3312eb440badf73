load helper

# 600 digits of 784 u8, and a model of them.
TRAIN=(nicetrain --kind vae -d 784 -t u8 --latent 4 --mid 16 --batch 50 --warmup 5 --epochs 3 -q)
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export GLYPHS=$BATS_FILE_TMPDIR/glyphs.u8 VAE=$BATS_FILE_TMPDIR/v
	"$B/examples/glyphs" digits 600 1 > glyphs.u8
	"${TRAIN[@]}" -o v glyphs.u8
	head -c 78400 glyphs.u8 > few.u8
}
setup() { cp "$BATS_FILE_TMPDIR"/few.u8 .; }

@test "nicevae: the same bits for any number of threads, batch, pieces of the input and shards" {
	nicevae -m "$VAE" -k 5 few.u8 > expected
	for options in "-j 1 -B 1" "-j 1 -B 7" "-j 2 -B 384" "-j 5 -B 33"; do
		# shellcheck disable=SC2086
		nicevae -m "$VAE" -k 5 $options few.u8 | cmp - expected
	done
	{ head -c 1000 few.u8; sleep 0.05; tail -c +1001 few.u8; } | nicevae -m "$VAE" -k 5 | cmp - expected
	tail -c +23521 few.u8 | nicevae -m "$VAE" -k 5 --first 30 | cmp - <(tail -n +31 expected)
	nicevae -m "$VAE" -k 5 -S 1 few.u8 > other
	run cmp -s other expected
	[ "$status" -eq 1 ]
}

@test "nicevae: the bound is that of the log-weights, which are the first of more; --spread is theirs" {
	nicevae -m "$VAE" -k 3 --weights few.u8 | od -An -v -tf8 -w24 > three
	nicevae -m "$VAE" -k 5 --weights few.u8 | od -An -v -tf8 -w40 | awk '{ print $1, $2, $3 }' > of-five
	awk '{ print $1, $2, $3 }' three | cmp - of-five
	# od prints all digits: what is left are a few roundings of numbers below 1000
	nicevae -m "$VAE" -k 3 --spread few.u8 | paste - three | awk '{
		max = $3; for (i = 4; i <= 5; i++) if ($i > max) max = $i
		sum = mean = squares = 0
		for (i = 3; i <= 5; i++) { sum += exp($i - max); mean += $i / 3 }
		for (i = 3; i <= 5; i++) squares += ($i - mean) ^ 2
		bound = max + log(sum / 3) - $1; spread = sqrt(squares / 2) - $2
		if (bound ^ 2 > 1e-20 || spread ^ 2 > 1e-18) bad = 1 } END { exit bad || NR != 100 }'
	nicevae -m "$VAE" -k 3 -b few.u8 | od -An -v -tf8 -w8 | paste - <(nicevae -m "$VAE" -k 3 few.u8) | awk '$1 != $2 { exit 1 }'
	[ "$(nicevae -m "$VAE" -k 1 --spread few.u8 | cut -f 2 | sort -u)" = nan ]
}

@test "nicevae -k 1: what nicetrain says of held-out records" {
	"${TRAIN[@]}" --valid few.u8 -S 3 -o m "$GLYPHS"
	said=$(nicevae -m m -i | awk -F'\t' '$1 == "held-out log-likelihood" { print $2 }')
	nicevae -m m -k 1 -S 3 few.u8 | nicestat | awk -v said="$said" '$1 == "mean" { d = $2 - said; exit !(d * d < 1e-18) }'
}

# Of 200,000 units, 64 rows at a time.
@test "nicevae, nicetrain: a wide layer takes fewer rows at a time: the same bits, and the same held-out mean" {
	python3 -c 'import random; open("x", "wb").write(random.Random(1).randbytes(800))'
	nicetrain --kind vae -d 4 -t u8 --latent 2 --mid 200000 --hidden 1 --batch 40 --epochs 1 -q --valid x -S 3 -o wide x
	said=$(nicevae -m wide -i | awk -F'\t' '$1 == "held-out log-likelihood" { print $2 }')
	nicevae -m wide -k 1 -S 3 x > all
	nicevae -m wide -k 1 -S 3 -B 1 x | cmp - all
	nicestat all | awk -v said="$said" '$1 == "mean" { d = $2 - said; exit !(d * d < 1e-18) }'
}

@test "nicevae: latents and back, samples" {
	nicevae -m "$VAE" -z few.u8 > z
	[ "$(wc -c < z)" -eq 1600 ]
	nicevae -m "$VAE" -x z | wc -c | grep -x 313600
	nicevae -m "$VAE" -x -j 1 -B 3 z | cmp - <(nicevae -m "$VAE" -x z)
	nicevae -m "$VAE" -n 20 -S 2 > samples
	nicevae -m "$VAE" -n 5 --first 15 -S 2 -j 1 | cmp - <(tail -c 15680 samples)
	# the noise around the means is the decoder's: of 15680 numbers, the stdev within 5 / sqrt(2 n)
	stdev=$(nicevae -m "$VAE" -i | awk '$1 == "decoder_stdev" { print $2 }')
	nicevae -m "$VAE" -n 20 -S 2 --means | paste <(od -An -v -tf4 -w4 samples) <(od -An -v -tf4 -w4) |
		awk -v s="$stdev" '{ q += ($1 - $2) ^ 2 } END { r = sqrt(q / NR) / s - 1; exit !(NR == 15680 && r * r < 25 / (2 * NR)) }'
}

@test "nicevae: a linear VAE that has learnt is the best probabilistic principal component analysis" {
	python3 "$ROOT/tests/oracle/ppca_data.py" 10 > x.f32
	for prior in trainable standard; do
		nicetrain --kind vae --hidden 0 --latent 2 --prior $prior -d 6 --no-scale --noise 0 --valid x.f32 --batch 120 -j 1 \
			--epochs 800 --lr 0.05 --weight-decay 0 --keep last -q -o m x.f32
		# its encoder is near the posterior, so that the spread is some 0.03 and VLB_1000 less than a
		# thousandth below log p, which is at most that of the best model; float32 adds 1e-5
		nicevae -m m -k 1000 x.f32 | nicestat |
			awk -v best="$(python3 "$ROOT/tests/oracle/ppca_data.py")" '$1 == "mean" { d = best - $2; exit !(d > -1e-4 && d < 2e-3) }'
	done
}

@test "nicetrain --kind vae: the same bytes for any number of threads, and after a resume" {
	"${TRAIN[@]}" -j 1 -o a "$GLYPHS"
	"${TRAIN[@]}" -j 3 -o b "$GLYPHS"
	cmp a b
	"${TRAIN[@]}" --epochs 20 -o whole "$GLYPHS"
	interrupt "${TRAIN[@]}" --epochs 20 --checkpoint state -o part "$GLYPHS"
	"${TRAIN[@]}" --epochs 20 --checkpoint state --resume -o part "$GLYPHS"
	cmp whole part
	run -1 --separate-stderr "${TRAIN[@]}" --epochs 20 --prior standard --sigma 0.25 --checkpoint state --resume -o x "$GLYPHS"
	[[ $stderr == *"prior is trainable in the checkpoint, standard now; sigma is learnt in the checkpoint, 0.25 now"* ]]
	run -1 --separate-stderr nicetrain -d 784 -t u8 --mid 16 --hidden 2 --batch 50 --warmup 5 --epochs 20 -q --checkpoint state --resume -o x "$GLYPHS"
	[[ $stderr == *"different training run: "*"couplings is missing in the checkpoint, 4 now"* ]]
}

@test "nicetrain --kind vae: each estimator learns; what is given stays" {
	for estimator in pathwise score score-baseline; do
		"${TRAIN[@]}" --estimator $estimator --log log -o m "$GLYPHS"
		awk 'NR > 2 && $6 <= held { exit 1 } { held = $6 }' log
		nicevae -m m -i | grep -x "estimator	$estimator"
	done
	"${TRAIN[@]}" --prior standard --sigma 0.25 -o m "$GLYPHS"
	nicevae -m m -i | grep -x 'sigma	0.25'
	nicevae -m m -i | awk '$1 == "decoder_stdev" { d = $2 - 0.25; exit !(d * d < 1e-14) }'
	python3 -c 'import json, struct
b = open("m", "rb").read(); n, = struct.unpack_from("<Q", b); h = json.loads(b[8:8 + n])
for name in "prior.mean", "prior.log_variance":
    begin, end = h[name]["data_offsets"]
    assert not any(b[8 + n + begin:8 + n + end]), name'
}

@test "nicetrain --kind vae: the unit of a column changes bounds by its logarithm, and nothing else" {
	python3 -c 'import random, struct
r = random.Random(2)
x = [(101325 + 300 * v, r.gauss(0, 1e-3), v * v) for v in (r.gauss(0, 1) for _ in range(400))]
open("x.f32", "wb").write(b"".join(struct.pack("<3f", *v) for v in x))
open("y.f32", "wb").write(b"".join(struct.pack("<3f", v[0], v[1] * 1024, v[2]) for v in x))'
	for name in x y; do nicetrain --kind vae -d 3 --epochs 2 -q -o m$name $name.f32; done
	nicevae -m my y.f32 > bounds
	nicevae -m mx x.f32 | paste - bounds | awk '{ d = $1 - $2 - 10 * log(2) } d * d > 1e-16 { bad = 1 } END { exit bad || NR != 400 }'
	# means of records are in the units of the records
	nicevae -m mx -z x.f32 | nicevae -m mx -x | od -An -v -tf4 -w12 | awk '{ s += $1 / 400 } END { exit !(s > 101200 && s < 101450) }'
}

@test "nicevae: a model of another kind is refused by its name, and so is a VAE by niceflow" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > flow
	for m in flow "$ROOT/tests/fixtures/tiny.pt"; do
		run -1 --separate-stderr nicevae -m "$m" few.u8
		[ "$stderr" = "nicevae: $m: not a VAE: the kind of this model is 'nice'; niceflow reads it" ]
	done
	run -1 --separate-stderr niceflow -m "$VAE" few.u8
	[ "$stderr" = "niceflow: $VAE: the model is a VAE; nicevae reads it" ]
	LC_ALL=C sed 's/"kind":"vae"/"kind":"gan"/; s/"crc32"/"CRC32"/' "$VAE" > gan
	run -1 --separate-stderr nicevae -m gan few.u8
	[ "$stderr" = "nicevae: gan: not a VAE: the kind of this model is 'gan'" ]
	run -1 --separate-stderr niceflow -m gan few.u8
	[ "$stderr" = "niceflow: gan: unknown kind 'gan'; this version knows nice" ]
}

# edit EXPRESSION: the header h and the data (bytearray) of a small VAE, changed; to standard output.
edit() {
	python3 -c 'import json, struct, sys
b = open(sys.argv[1], "rb").read(); n, = struct.unpack_from("<Q", b); h, data = json.loads(b[8:8 + n]), bytearray(b[8 + n:])
h["__metadata__"].pop("crc32")
def put(name, value):
    begin, _ = h[name]["data_offsets"]
    data[begin:begin + 4] = struct.pack("<f", value)
exec(sys.argv[2])
text = json.dumps(h).encode()
sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text + data)' "$VAE" "$1" > broken
}

@test "nicevae: a broken model is refused, saying where" {
	while IFS='|' read -r change message; do
		edit "$change"
		run -1 --separate-stderr nicevae -m broken few.u8
		[ "$stderr" = "nicevae: broken: $message" ] || { echo "$stderr"; false; }
	done <<-'END'
		h["encoder.0.width"] = h.pop("encoder.0.weight")|encoder.0.weight is missing; encoder.0.width is unexpected
		h["decoder.1.width"] = h.pop("decoder.1.weight")|decoder.1.weight is missing; decoder.1.width is unexpected
		for name in [n for n in h if n.startswith("decoder.") and n[8].isdigit()]: h["x" + name] = h.pop(name)|decoder.0.weight is missing
		h["decoder.70000.bias"] = h.pop("decoder.1.bias")|decoder.1.bias is missing; decoder.70000.bias is unexpected
		put("decoder.log_sigma", float("nan"))|decoder.log_sigma is nan
		put("decoder.log_sigma", -400)|decoder.log_sigma is -400
		put("prior.mean", float("inf"))|prior.mean: element 0 is inf
		put("prior.log_variance", 800)|prior.log_variance: element 0 is 800
		h["prior.mean"]["shape"] = [2, 2]|prior.mean is 2 x 2, not any
		h["encoder.0.bias"]["shape"] = [4, 4]|encoder.0.bias is 4 x 4, not 16
	END
}

@test "nicevae: options that exclude each other" {
	while IFS='|' read -r options message; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr $options
		[[ $stderr == "$message"* ]] || { echo "$stderr"; false; }
	done <<-END
		nicevae few.u8|nicevae: missing option -m MODEL
		nicevae -m v -z -x few.u8|nicevae: -z, -x, -n and -i are mutually exclusive
		nicevae -m v -z -k 3 few.u8|nicevae: -k, --spread and --weights are for bounds
		nicevae -m v -n 3 few.u8|nicevae: -n and -i take no input file
		nicevae -m v --means few.u8|nicevae: --means requires -n
		nicevae -m v --weights --spread few.u8|nicevae: --weights and --spread are mutually exclusive
		nicevae -m v -z --first 3 few.u8|nicevae: --first: only bounds and -n have draws
		nicetrain -d 6 --latent 2 -o m few.u8|nicetrain: --latent, --prior, --sigma and --estimator require --kind vae
		nicetrain -d 6 --prior standard -o m few.u8|nicetrain: --latent, --prior, --sigma and --estimator require
		nicetrain -d 6 --kind vae --couplings 3 -o m few.u8|nicetrain: --couplings and --kind vae are mutually exclusive
		nicetrain -d 6 --hidden 0 -o m few.u8|nicetrain: --hidden: 0 hidden layers require --kind vae
	END
}

@test "nicevae: a short last record, and records that are no numbers" {
	run -1 --separate-stderr nicevae -m "$VAE" -k 1 < <(head -c 1000 few.u8)
	[ "$(wc -l <<< "$output")" -eq 1 ]
	[[ $stderr == "nicevae: standard input: record 1 (byte 784): unexpected end of input after 216 of 784 bytes; the model takes records of 784 u8 elements" ]]
	python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack("<784f", *[0.5] * 784) + struct.pack("<784f", float("nan"), *[0.5] * 783) + struct.pack("<784f", float("inf"), *[0.5] * 783))' > odd
	run -0 --separate-stderr nicevae -m "$VAE" -t f32 odd
	[ "${lines[1]}" = nan ]
	[[ ${lines[2]} == -inf || ${lines[2]} == nan ]]
	[ "${lines[0]}" = "$(head -c 3136 odd | nicevae -m "$VAE" -t f32)" ]
	[[ $stderr == "nicevae: odd: 2 of 3 log-likelihoods are nan or infinite; check the element type"* ]]
}

@test "nicevae: records and latents of one element" {
	python3 -c 'import random, struct, sys
r = random.Random(1)
for _ in range(300): sys.stdout.buffer.write(struct.pack("<f", r.gauss(5, 2)))' > x.f32
	nicetrain --kind vae -d 1 --latent 1 --mid 8 --epochs 30 -q -o m x.f32
	nicevae -m m x.f32 | nicestat > stat
	# the entropy of the normal law is 2.11; the noise on the records costs some
	awk '$1 == "mean" { exit !($2 > -2.4 && $2 < -2) }' stat
}

@test "nicevae: bfloat16 products, where there are some" {
	need_bf16
	"${TRAIN[@]}" -p bf16 -o m "$GLYPHS"
	"${TRAIN[@]}" -p bf16 -j 1 -o again "$GLYPHS"
	cmp m again
	for p in f32 bf16; do nicevae -m m -p $p few.u8 | nicestat | awk '$1 == "mean" { print $2 }'; done > means
	awk 'NR == 1 { a = $1 } END { d = a - $1; exit !(d < 20 && d > -20) }' means
}

@test "examples/gradients: the estimators agree, and the pathwise one varies least" {
	[ -x "$B/examples/gradients" ] || skip "needs make check, which builds examples/gradients"
	head -c 3920 few.u8 > five.u8
	"$B/examples/gradients" "$VAE" five.u8 20 > said
	[ "$(wc -l < said)" -eq 8 ]
	# the root mean square of distances in standard errors: about 1
	awk 'NR > 1 && $5 > 2 { bad = 1 } $1 == "encoder" { v[$2] = $3 } END {
		exit bad || !(v["pathwise"] < v["score-baseline"] && v["pathwise"] < v["score"]) }' said
	run -2 --separate-stderr "$B/examples/gradients" "$VAE" five.u8 1
	[ "$stderr" = "usage: gradients MODEL RECORDS [PASSES]" ]
	run -1 --separate-stderr "$B/examples/gradients" "$VAE" <(head -c 100 few.u8)
	[[ $stderr == "gradients: /dev/fd/"*": record 0 (byte 0): unexpected end of input after 100 of 784 bytes" ]]
}
