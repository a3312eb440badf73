# The stream of 20,000 images, whole processes, and the peers at their best batch: records/s, GFLOP/s,
# the share of the machine's float32 limit, and how much faster niceflow is.
. "$(dirname "$0")/common"
[ -n "${DATA:-}" ] && [ -n "${MODEL:-}" ] || skip "needs DATA= and MODEL="
images > "$work/images.f32"
pt2nice "$MODEL" > "$work/model.safetensors" 2> /dev/null || cp "$MODEL" "$work/model.safetensors"
nrecords=20000
flop=$(niceflow -m "$work/model.safetensors" -i | awk -F '\t' '
	$1 == "couplings" { couplings = $2 }
	$1 == "widths" { n = split($2, w, "-"); for (i = 1; i < n; i++) products += w[i] * w[i + 1] }
	END { printf "%d", 2 * couplings * products }')

# rate NAME COMMAND: samples records/s of a whole process.
rate() { sample "$1" "$(compute "$nrecords / $(clock "$2")")"; }

# best_rate NAME: samples the best of the lines "... batch=64: 123 records/s, ..." of a peer's script.
best_rate() {
	value=$(sed -n '/training/!s/.*batch=[0-9]*: \([0-9.]*\) records.*/\1/p' | sort -g | tail -n 1)
	[ -z "$value" ] || sample "$1" "$value"
}

[ -z "${BENCH:-}" ] || [ -z "${ORT:-}" ] || PYTHONPATH=$BENCH "$PYTHON" "$BENCH/export_onnx.py" "$MODEL" \
	"$work/model.onnx" > "$work/export.log" 2>&1 || tail -n 1 "$work/export.log" >&2
for _ in $(rounds); do
	peak_try
	# The first process behind another load is some percent slower, whichever it is: it does not count.
	niceflow -m "$work/model.safetensors" "$work/images.f32" > /dev/null
	rate 'idx2raw | niceflow' "{ idx2raw $DATA/mnist/t10k-images-idx3-ubyte.gz
		idx2raw $DATA/kmnist/t10k-images-idx3-ubyte.gz; } | niceflow -m $work/model.safetensors"
	rate 'niceflow, file' "niceflow -m $work/model.safetensors $work/images.f32"
	rate 'niceflow -j 1, file' "niceflow -j 1 -m $work/model.safetensors $work/images.f32"
	! niceflow --help | grep -q -e --precision ||
		rate 'niceflow -p bf16, file' "niceflow -p bf16 -m $work/model.safetensors $work/images.f32"
	[ ! -e "$work/model.onnx" ] ||
		NODE_PATH=$ORT/node_modules node "$BENCH/ort_speed.js" "$work/model.onnx" 2 | best_rate 'ONNX Runtime, best batch'
done
# Slow, and steady: once.
[ -z "${BENCH:-}" ] || ! "$PYTHON" -c 'import torch' 2> /dev/null ||
	"$PYTHON" "$BENCH/torch_speed.py" "$MODEL" | best_rate 'PyTorch, best setting'

limit=$(peak_f32)
ours=$(median 'idx2raw | niceflow')
row what records/s GFLOP/s share_of_f32_limit niceflow_is_faster_by
row 'f32 limit' "$(compute "$limit * 1e9 / $flop")" "$limit" 1 "$(compute "$ours / ($limit * 1e9 / $flop)")"
avx2=$(median f32_avx2_gflops)
[ -z "$avx2" ] || row 'f32 limit of AVX2' "$(compute "$avx2 * 1e9 / $flop")" "$avx2" "$(compute "$avx2 / $limit")" \
	"$(compute "$ours / ($avx2 * 1e9 / $flop)")"
cut -f 1 "$samples" | grep -Ev 'gbytes|gflops|_ns$' | awk '!seen[$0]++' | while read -r name; do
	value=$(median "$name")
	row "$name" "$value" "$(compute "$value * $flop / 1e9")" "$(compute "$value * $flop / 1e9 / $limit")" \
		"$(compute "$ours / $value")"
done
