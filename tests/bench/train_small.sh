# Training rates of small flows, records/s, with one thread and with two, against a plain loop in
# PyTorch where there is one: 4 couplings with 2 hidden layers. What a second thread brings depends
# on how far apart the two processors are, which comes first.
. "$(dirname "$0")/common"
: "${RECORDS:=60000}"
torch=
! "$PYTHON" -c 'import torch' 2> /dev/null || torch=1
[ -n "$torch" ] || echo "# no PyTorch for $PYTHON: no peer"
shapes='8 64 128
16 128 256
64 256 512'
head -c $((RECORDS * 64)) /dev/urandom > "$work/records.u8"
# ours D MID BATCH THREADS: the rate of the epochs after the first, when everything is warm.
ours() {
	head -c $((RECORDS * $1)) "$work/records.u8" > "$work/x.u8"
	nicetrain -q -t u8 -d "$1" --mid "$2" --hidden 2 --couplings 4 --batch "$3" --epochs 4 --valid-share 0.01 \
		--keep last -j "$4" --log "$work/log" -o "$work/model" "$work/x.u8"
	awk -F '\t' 'NR == 2 { n = $2; s = $3 } END { print ($2 - n) / ($3 - s) }' "$work/log"
}
for _ in $(rounds); do
	peak_try
	for threads in 1 2; do
		echo "$shapes" | while read -r d mid batch; do
			sample "ours $d $threads" "$(ours "$d" "$mid" "$batch" "$threads")"
			[ -z "$torch" ] || sample "torch $d $threads" \
				"$("$PYTHON" "$here/torch_small.py" "$d" "$mid" 2 4 "$batch" "$threads")"
		done
	done
done
echo "# nanoseconds from one thread to the other and back: $(median round_trip_ns)"
row d width batch threads nicetrain PyTorch times
echo "$shapes" | while read -r d mid batch; do
	for threads in 1 2; do
		ours=$(median "ours $d $threads") torch=$(median "torch $d $threads")
		row "$d" "$mid" "$batch" "$threads" "$ours" "${torch:--}" "$(compute "$ours / ${torch:--}")"
	done
done
