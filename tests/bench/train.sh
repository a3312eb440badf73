# Training rates of the 19 M-parameter model, records/s inside an epoch (the table's own column, so
# without start and evaluation): float32 and bfloat16, against the machine's float32 limit, counting
# three forward costs a record, and against PyTorch's best training rate. WIDTH=, RECORDS= for less.
. "$(dirname "$0")/common"
: "${WIDTH:=1000}" "${RECORDS:=12800}"
python3 -c 'import random, sys
r = random.Random(1)
sys.stdout.buffer.write(r.randbytes(784 * int(sys.argv[1])))' "$((RECORDS + 2))" > "$work/records.u8"
tail -c 1568 "$work/records.u8" > "$work/held.u8"
flop=$(awk -v m="$WIDTH" 'BEGIN { printf "%.0f", 3 * 2 * 4 * (2 * 392 * m + 4 * m * m) }')

# train PRECISION: samples the rate of the second epoch, when everything is warm.
train() {
	nicetrain -q -d 784 -t u8 -p "$1" --mid "$WIDTH" --epochs 2 --valid "$work/held.u8" --keep last \
		--log "$work/log" -o "$work/model" "$work/records.u8"
	sample "nicetrain -p $1" "$(awk -F '\t' 'NR > 1 { n = $2 - records; s = $3 - seconds; records = $2; seconds = $3 }
		END { print n / s }' "$work/log")"
}

bf16=
! grep -q avx512_bf16 /proc/cpuinfo || bf16=1
for _ in $(rounds); do
	peak_try
	train f32
	[ -z "$bf16" ] || train bf16
done
torch=
[ -z "${BENCH:-}" ] || ! "$PYTHON" -c 'import torch' 2> /dev/null ||
	torch=$("$PYTHON" "$BENCH/torch_speed.py" ${MODEL:+"$MODEL"} |
		sed -n '/training/s/.* \([0-9.]*\) records.*/\1/p' | sort -g | tail -n 1)

limit=$(peak_f32)
avx2=$(median f32_avx2_gflops)
f32=$(median 'nicetrain -p f32')
# line NAME RATE
line() {
	[ -z "$2" ] || row "$1" "$2" "$(compute "$2 * $flop / 1e9")" "$(compute "$2 * $flop / 1e9 / $limit")" "$(compute "$2 / $f32")"
}
row what records/s GFLOP/s share_of_f32_limit times_f32
line 'f32 limit' "$(compute "$limit * 1e9 / $flop")"
line 'f32 limit of AVX2' "$(compute "${avx2:-0} * 1e9 / $flop")"
line 'nicetrain -p f32' "$f32"
line 'nicetrain -p bf16' "$(median 'nicetrain -p bf16')"
line 'PyTorch, training' "$torch"
