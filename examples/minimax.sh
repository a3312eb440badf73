#!/bin/sh
# The minimax threshold of two streams of numbers, as a calibration: minimax.sh NORMAL ANOMALOUS > calibration.
# A detector that pays the error rate plays against whoever chooses between normal and anomalous data. Its best
# strategy is a mixture of at most two thresholds, under which both error rates are equal; nicegame finds it:
#
#     promised        both error rates of the mixture
#     mixed_low, mixed_high, mixed_share
#                     its thresholds, and the share of the higher one; nicethresh -c -S SEED draws between both
#     single_error    the larger error rate of the best single threshold, without chance
#     threshold       that one; nicethresh -c decides by it
set -e

# points: the curve as counts of flagged data and thresholds. Where all must be flagged, the threshold is the
# greatest number that there is; points that no finite threshold gives are left out.
points() {
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

# single: the least larger error rate of a point, and its threshold, as lines of a calibration.
single() {
	awk -v n="$1" -v m="$2" '{
		larger = $1 * m > (m - $2) * n ? $1 * m : (m - $2) * n
		if (NR == 1 || larger < least) { least = larger; threshold = $3 }
	} END { printf "single_error\t%.6g\nthreshold\t%s\n", least / n / m, threshold }'
}

n=$(wc -l < "$1") m=$(wc -l < "$2")
curve=$(niceroc --curve "$1" "$2")
points=$(printf '%s\n' "$curve" | points "$n" "$m")
hull=$(printf '%s\n' "$points" | corners)
# A row of the game: what the detector receives if the data are normal, and if they are anomalous.
game=$(printf '%s\n' "$hull" | awk -v n="$n" -v m="$m" '{ printf "-%d/%d -%d/%d\n", $1, n, m - $2, m }' | nicegame)
{
	printf '%s\n' "$hull"
	printf '%s\n' "$game"
} | awk '
	$1 ~ /^[0-9]/ { threshold[NR - 1] = $3 }
	$1 == "value" { sub(/^-/, "", $3); printf "method\tminimax\npromised\t%s\n", $3 }
	$1 == "row" { low = high; high = $2; share = $4; nrows++ }
	END {
		if (nrows == 1) low = high # one threshold is enough
		printf "mixed_low\t%s\nmixed_high\t%s\nmixed_share\t%s\n", threshold[low], threshold[high], share
	}'
printf '%s\n' "$points" | single "$n" "$m"
