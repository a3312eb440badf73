# How the cost of a record grows: over the batch, the threads, D, width and depth, about one default
# (D 784, width 1000, 6 layers, 4 couplings, batch 768, all threads). A picture, growth.svg, beside the table.
. "$(dirname "$0")/common"
threads=$(nproc)

# flop D WIDTH HIDDEN COUPLINGS: operations of a record.
flop() { echo $(($4 * 2 * ($1 * $2 + ($3 - 1) * $2 * $2))); }

# measure WHAT VALUE D WIDTH HIDDEN BATCH THREADS: a row.
measure() {
	[ -e "$work/$3-$4-$5" ] || random_model "$3" "$4" "$5" 4 > "$work/$3-$4-$5"
	n=$(awk "BEGIN { n = int(1e11 / $(flop "$3" "$4" "$5" 4)); print (n > 400000 ? 400000 : n) }")
	[ "$6" -gt 8 ] || n=$((n / 20 + 20 * $6))
	for _ in $(rounds); do
		sample "$1$2" "$(python3 "$here/warm.py" "$3" "$6" "$n" niceflow -t u8 -b -B "$6" -j "$7" -m "$work/$3-$4-$5")"
	done
	rate=$(median "$1$2")
	row "$1" "$2" "$3" "$4" "$(($5 + 1))" "$6" "$7" "$(compute "$rate")" \
		"$(compute "1e-9 * $(flop "$3" "$4" "$5" 4) * $rate")"
}

row over value D width layers batch threads records/s GFLOP/s
for b in 1 2 4 8 16 32 64 128 256 512 768 1024 2048 4096; do measure batch $b 784 1000 5 $b "$threads"; done
for t in $(seq "$threads"); do measure threads "$t" 784 1000 5 768 "$t"; done
for d in 16 64 256 784 1568 3136; do measure D $d $d 1000 5 768 "$threads"; done
for w in 64 250 500 1000 2000; do measure width $w 784 $w 5 768 "$threads"; done
for h in 1 2 3 5 8 12; do measure layers $((h + 1)) 784 1000 $h 768 "$threads"; done
