# Small models: what a record costs beyond its products.
. "$(dirname "$0")/common"
random_model 64 64 2 4 > "$work/m"
nrecords=1000000
head -c $((nrecords * 64 * 4)) /dev/urandom | python3 -c '
import sys, array
for block in iter(lambda: sys.stdin.buffer.read(1 << 20), b""):
    sys.stdout.buffer.write(array.array("f", [b / 255 for b in block[::4]]).tobytes())' > "$work/x.f32"
row threads output records/s
for _ in $(rounds); do
	for threads in 1 2; do
		for output in '' -b; do
			sample "$threads$output" "$(compute "$nrecords / $(clock "niceflow -j $threads $output -m $work/m $work/x.f32")")"
		done
	done
done
for threads in 1 2; do
	for output in '' -b; do
		row "$threads" "${output:-text}" "$(median "$threads$output")"
	done
done
