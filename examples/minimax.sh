#!/bin/sh
# The minimax threshold of two streams of numbers, as a calibration: minimax.sh NORMAL ANOMALOUS > calibration.
# A detector that pays the error rate plays against whoever chooses between normal and anomalous data. Its best
# strategy is a mixture of at most two thresholds, under which both error rates are equal; nicegame finds it:
#
#     promised        both error rates of the mixture
#     fixed_error     the larger error rate of the better threshold alone, without chance
#     threshold       the better one; nicethresh -c decides by it
#     mixed_threshold, mixed_share
#                     the other one, and its share; nicethresh -c -S SEED draws between both
set -e

# counts: the curve as counts of flagged data and thresholds. Where all must be flagged, the threshold is the
# greatest number that there is; points that no finite threshold gives are left out.
counts() {
	awk -F '\t' -v n="$1" -v m="$2" '$3 == "inf" { $3 = "1.7976931348623157e+308" }
		$3 !~ /n/ { printf "%d %d %s\n", $1 * n + 0.5, $2 * m + 0.5, $3 }'
}

# corners: those of its upper hull, the only ones that a mixture needs.
corners() {
	awk '{
		while (k > 1 && (x[k] - x[k - 1]) * ($2 - y[k - 1]) >= (y[k] - y[k - 1]) * ($1 - x[k - 1])) k--
		x[++k] = $1; y[k] = $2; line[k] = $0
	} END { for (i = 1; i <= k; i++) print line[i] }'
}

n=$(wc -l < "$1") m=$(wc -l < "$2")
curve=$(niceroc --curve "$1" "$2")
hull=$(printf '%s\n' "$curve" | counts "$n" "$m" | corners)
# A row of the game: what the detector receives if the data are normal, and if they are anomalous.
game=$(printf '%s\n' "$hull" | awk -v n="$n" -v m="$m" '{ printf "-%d/%d -%d/%d\n", $1, n, m - $2, m }' | nicegame)
{
	printf '%s\n' "$hull"
	printf '%s\n' "$game"
} | awk -v n="$n" -v m="$m" '
	function larger(i) { return fpr[i] > fnr[i] ? fpr[i] : fnr[i] }
	$1 ~ /^[0-9]/ { fpr[NR - 1] = $1 / n; fnr[NR - 1] = (m - $2) / m; threshold[NR - 1] = $3 }
	$1 == "value" { sub(/^-/, "", $3); value = $3 }
	$1 == "row" { better = other; other = $2; share[other] = $4; nrows++ }
	END {
		if (nrows == 1) better = other # one threshold is enough
		if (larger(other) < larger(better)) { i = better; better = other; other = i }
		printf "method\tminimax\npromised\t%s\nfixed_error\t%.6g\n", value, larger(better)
		printf "mixed_threshold\t%s\nmixed_share\t%s\n", threshold[other], share[other]
		printf "threshold\t%s\n", threshold[better]
	}'
