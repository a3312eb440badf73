# One record at a time, by a producer that waits for each answer; the time that reading the weights once
# takes at the machine's memory bandwidth; and the time from the start to the first likelihood.
. "$(dirname "$0")/common"
[ -n "${DATA:-}" ] && [ -n "${MODEL:-}" ] || skip "needs DATA= and MODEL="
pt2nice "$MODEL" > "$work/model.safetensors" 2> /dev/null || cp "$MODEL" "$work/model.safetensors"
idx2raw -r 0:1000 "$DATA/mnist/t10k-images-idx3-ubyte.gz" > "$work/images.f32"
bytes=$(stat -c %s "$work/model.safetensors")
for _ in $(rounds); do
	peak_try
	# The first process behind another load is slower, whichever it is: it does not count.
	head -c 3136 "$work/images.f32" | niceflow -m "$work/model.safetensors" > /dev/null
	sample first "$(clock "head -c 3136 $work/images.f32 | niceflow -m $work/model.safetensors")"
	sample reading "$(clock "cat $work/model.safetensors | cat")"
	for p in f32 bf16; do
		niceflow --help | grep -q -e --precision && option="-p $p" || option=
		[ "$p" = f32 ] || [ -n "$option" ] || continue
		# shellcheck disable=SC2086
		sample "$p" "$(python3 "$here/pingpong.py" 3136 "$work/images.f32" niceflow $option -m "$work/model.safetensors")"
	done
done
reading=$(compute "$bytes / $(median read_gbytes) * 1e-6")
row what milliseconds records/s share_of_bandwidth
row 'reading the weights once, f32' "$reading" "$(compute "1e3 / $reading")" 1
for p in f32 bf16; do
	ms=$(median $p)
	[ -z "$ms" ] || row "one record at a time, $p" "$ms" "$(compute "1e3 / $ms")" \
		"$(compute "$reading / $ms / ($([ $p = f32 ] && echo 1 || echo 2))")"
done
row 'start to first likelihood' "$(compute "1e3 * $(median first)")" - -
row 'reading the file through a pipe' "$(compute "1e3 * $(median reading)")" - -
