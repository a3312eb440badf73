# niceflow -k against plain scoring: records/s, passes/s through the networks, and what a pass costs against
# one of plain scoring. Whole processes of about 6000 passes, the start included.
. "$(dirname "$0")/common"
[ -n "${DATA:-}" ] && [ -n "${MODEL:-}" ] || skip "needs DATA= and MODEL="
pt2nice "$MODEL" > "$work/model.safetensors" 2> /dev/null || cp "$MODEL" "$work/model.safetensors"
idx2raw -t u8 "$DATA/mnist/t10k-images-idx3-ubyte.gz" > "$work/images.u8"
npasses=6000
for _ in $(rounds); do
	sample plain "$(clock "head -c $((npasses * 784)) $work/images.u8 | niceflow -t u8 -m $work/model.safetensors")"
	for k in 1 8 64; do
		bytes=$((784 * (npasses / k)))
		sample $k "$(clock "head -c $bytes $work/images.u8 |
			niceflow -t u8 -k $k -m $work/model.safetensors")"
	done
done
row what records/s passes/s cost_of_a_pass
show() { # NAME RECORDS K SAMPLES
	row "$1" "$(compute "$2 / $(median "$4")")" "$(compute "$2 * $3 / $(median "$4")")" \
		"$(compute "$(median "$4") / ($2 * $3) / ($(median plain) / $npasses)")"
}
show 'plain scoring' $npasses 1 plain
for k in 1 8 64; do
	show "-k $k" $((npasses / k)) $k $k
done
