# The most memory that niceflow holds: it does not grow with the stream.
. "$(dirname "$0")/common"
[ -n "${MODEL:-}" ] || skip "needs MODEL="
pt2nice "$MODEL" > "$work/model.safetensors" 2> /dev/null || cp "$MODEL" "$work/model.safetensors"
random_model 64 64 2 4 > "$work/small"
row model bytes_of_model records peak_KB
for model in model.safetensors small; do
	d=$(niceflow -m "$work/$model" -i | awk -F '\t' '$1 == "elements" { print $2 }')
	for n in 1 1000 10000; do
		[ $model = small ] && n=$((n * 100))
		row $model "$(stat -c %s "$work/$model")" "$n" \
			"$(peak_kb "head -c $((n * d)) /dev/zero | niceflow -t u8 -m $work/$model")"
	done
done
