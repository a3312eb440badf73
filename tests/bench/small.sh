# shellcheck shell=sh disable=SC1091,SC2154 # as .ci/lint has it
# Models of tables, 4 couplings and 2 hidden layers of 64: records/s out of a pipe, as text and as f64,
# and what a record costs the processors.
. "$(dirname "$0")/common"
: "${RECORDS:=2000000}"
# n records of 8 elements, or of 64, in the same bytes
head -c $((RECORDS * 8)) /dev/urandom | python3 -c '
import sys, array
for block in iter(lambda: sys.stdin.buffer.read(1 << 18), b""):
    sys.stdout.buffer.write(array.array("f", [b / 255 for b in block]).tobytes())' > "$work/x.f32"
for d in 8 64; do random_model "$d" 64 2 4 > "$work/m$d"; done
cases() {
	for d in 8 64; do for threads in 1 2; do for output in '' -b; do echo "$d $threads $output"; done; done; done
}
for _ in $(rounds); do
	cases | while read -r d threads output; do
		command="cat $work/x.f32 | niceflow -j $threads $output -m $work/m$d"
		n=$((RECORDS * 8 / d))
		sample "rate $d $threads $output" "$(compute "$n / $(clock "$command")")"
		sample "cost $d $threads $output" "$(compute "1e6 * $(processor "$command") / $n")"
	done
done
row elements threads output records/s processor_microseconds
cases | while read -r d threads output; do
	row "$d" "$threads" "${output:-text}" "$(median "rate $d $threads $output")" \
		"$(median "cost $d $threads $output")"
done
