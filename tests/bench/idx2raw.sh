# idx2raw from an uncompressed file into a pipe, in bytes of output per second, against cat.
. "$(dirname "$0")/common"
n=300000
{ printf '\000\000\010\003'; python3 -c "import struct, sys
sys.stdout.buffer.write(struct.pack('>III', $n, 28, 28))"; head -c $((n * 784)) /dev/urandom; } > "$work/x.idx"
idx2raw "$work/x.idx" > "$work/x.f32"
for _ in $(rounds); do
	sample 'cat, u8' "$(clock "cat $work/x.idx | cat > /dev/null")"
	sample 'idx2raw -t u8' "$(clock "idx2raw -t u8 $work/x.idx | cat > /dev/null")"
	sample 'cat, f32' "$(clock "cat $work/x.f32 | cat > /dev/null")"
	sample 'idx2raw -t f32' "$(clock "idx2raw -t f32 $work/x.idx | cat > /dev/null")"
done
row what MB/s share_of_cat
for t in u8 f32; do
	bytes=$((n * 784 * $([ $t = u8 ] && echo 1 || echo 4)))
	for what in "cat, $t" "idx2raw -t $t"; do
		row "$what" "$(compute "$bytes / $(median "$what") / 1e6")" \
			"$(compute "$(median "cat, $t") / $(median "$what")")"
	done
done
