load helper

# agrees NORMAL ANOMALOUS: with the definitions, by brute force.
agrees() {
	niceroc "$1" "$2" > results
	niceroc --curve "$1" "$2" > curve
	python3 "$ROOT/tests/oracle/roc_oracle.py" "$1" "$2" results curve
}

@test "niceroc: the vectors of scikit-learn's documentation" {
	# y_true 0 0 1 1, y_score 0.1 0.4 0.35 0.8: AUROC 0.75, average precision 0.83
	printf '%s\n' -0.1 -0.4 > normal
	printf '%s\n' -0.35 -0.8 > anomalous
	niceroc normal anomalous > out
	grep -qx 'auroc	0.75' out
	grep -q '^aupr_anomalous	0.8333333333333' out
	niceroc --curve normal anomalous > out
	printf '%s\t%s\t%s\n' 0 0 -0.8 0 0.5 -0.4 0.5 0.5 -0.35 0.5 1 -0.1 1 1 inf | cmp out
}

# What scikit-learn 1.2.1 gives for these, with -x as the score: roc_auc_score, average_precision_score
# of either kind, from roc_curve the FPR at 95 % TPR of either kind and the least mean error; then of
# x < -0.5 precision, recall, F1, balanced accuracy. Sums of up to 50 terms, each rounded: 1e-14.
@test "niceroc, nicethresh: as scikit-learn, with many ties" {
	like_sklearn() {
		{
			niceroc normal anomalous | awk '/^(auroc|aupr_.*|fpr95_.*|detection_error)\t/ { print $2 }'
			cat normal anomalous > both
			{ yes 0 | head -n "$(wc -l < normal)"; yes 1 | head -n "$(wc -l < anomalous)"; } > labels
			nicethresh -t -0.5 --labels labels both |
			    awk '/^(precision|recall|f1|balanced_accuracy)\t/ { print $2 }'
		} | paste - <(printf '%s\n' "$@") | tee compared
		awk '{ d = $1 - $2 } NF != 2 || d > 1e-14 || d < -1e-14 { bad = 1 } END { exit bad || NR != 10 }' compared
	}
	printf '%s\n' 0 2 -1 1 -0 -0 3 0 -0 1 2 -0 1 -1 -1 -1 -2 -2 -2 -0 -0 -0 0 -2 -0 0 1 -1 -1 -3 > normal
	printf '%s\n' -2 -4 -3 1 -4 0 -1 -1 -0 -0 1 -1 -2 -2 -2 -1 -2 1 -4 -3 > anomalous
	like_sklearn 0.7099999999999999 0.6395797872340425 0.7493458598139449 0.9 0.75 0.33333333333333337 \
	    0.56 0.7 0.6222222222222222 0.6666666666666666
	printf '%s\n' 0 1 -2 1 1 -2 -1 > normal
	printf '%s\n' 1 0 2 -1 1 1 2 1 1 2 -2 2 1 -1 0 -2 -2 1 -0 2 -0 -1 -0 4 1 0 -0 -1 1 2 3 3 1 0 -0 -2 -1 2 0 2 -1 \
	    2 1 1 2 -2 0 -0 4 1 0 2 -1 3 -0 1 -0 2 -2 2 -0 1 -1 1 1 2 1 2 2 0 -1 -1 2 0 3 1 -1 2 4 1 -0 -0 2 \
	    0 0 2 1 1 0 0 > anomalous
	like_sklearn 0.3214285714285714 0.8938527102813862 0.060790663887584334 1.0 1.0 0.5 \
	    0.85 0.18888888888888888 0.3090909090909091 0.38015873015873014
}

@test "niceroc: NaN and infinities among few numbers: a threshold that has the least error is found" {
	printf '%s\n' 0 0 nan 1 > normal
	printf '%s\n' 2 0 1 1 -inf > anomalous
	agrees normal anomalous
	grep -qx 'threshold	inf' results
	python3 -c '
import random
random.seed(20)
for i in range(120):
    for name in "n%d" % i, "a%d" % i:
        xs = [random.choice(["nan", "inf", "-inf", "0", "-0", "1", "2", "5e-324", "-1.7e308"]) for _ in range(random.randint(1, 6))]
        open(name, "w").write("".join(x + "\n" for x in xs))'
	for i in $(seq 0 119); do
		agrees "n$i" "a$i"
	done
}

@test "niceroc: all is as the definitions have it, with few and with many ties" {
	python3 -c '
import random
random.seed(17)
def write(name, xs):
    open(name, "w").write("".join("%r\n" % x for x in xs))
for i in range(25):
    digits = random.choice([0, 0, 1, 15])
    n, m = random.randint(1, 130), random.randint(1, 130)
    shift = random.choice([0, 1, 5, -2])
    write("n%d" % i, [round(random.gauss(0, 1), digits) for _ in range(n)])
    write("a%d" % i, [round(random.gauss(-shift, 1.5), digits) for _ in range(m)])'
	for i in $(seq 0 24); do
		agrees "n$i" "a$i"
	done
}

@test "niceroc: one datum each, all equal, fully apart, the wrong way round" {
	echo 5 > five
	echo 3 > three
	yes 5 | head -7 > fives
	seq 1 20 > low
	seq 31 70 > high
	agrees five three
	agrees three five
	agrees five five
	agrees fives fives
	agrees high low
	grep -qx 'auroc	1' results
	grep -qx 'detection_error	0' results
	grep -qx 'threshold	31' results
	agrees low high
	grep -qx 'auroc	0' results
	grep -qx 'detection_error	0.5' results
}

@test "niceroc: NaN is flagged by all thresholds, infinities by their order" {
	printf '%s\n' 1 2 inf 3 0 -0 > normal
	printf '%s\n' nan -inf 0 nan inf -5 > anomalous
	agrees normal anomalous
	agrees anomalous normal
	head -1 curve | grep -qx '0	0	nan'
	tail -1 curve | grep -qx '1	1	nan'
	niceroc normal anomalous | grep -qx 'auroc	0.8194444444444444' # 29.5 of 36 pairs
}

@test "niceroc: the order of the numbers does not show" {
	seq -f '%.17g' -3 0.37 40 > normal
	seq -f '%.17g' -20 0.41 10 > anomalous
	niceroc normal anomalous > expected
	niceroc <(shuf normal) - < <(shuf anomalous) | cmp expected
	niceroc - <(tac anomalous) < normal | cmp expected
}

@test "niceroc: its output is a calibration with the threshold of least error" {
	seq 1 100 > normal
	seq -80 19 > anomalous
	niceroc normal anomalous > calibration
	error=$(awk -F '\t' '$1 == "detection_error" { print $2 }' calibration)
	false=$(nicethresh -c calibration -x normal normal | awk 'NR == 1 { print $1 }')
	missed=$(nicethresh -c calibration -x anomalous anomalous | awk 'NR == 1 { print $1 }')
	[ "$(awk -v f="$false" -v m="$missed" 'BEGIN { print (f + m) / 200 }')" = "$error" ]
}

@test "niceroc: large samples, f64" {
	python3 -c '
import random, struct
random.seed(2)
for name, shift in ("normal", 0), ("anomalous", -1):
    xs = [random.gauss(shift, 1) for _ in range(200000)]
    open(name, "wb").write(struct.pack("<200000d", *xs))'
	niceroc -b normal anomalous > out
	# P(X < Y) = Phi(1 / sqrt 2) = 0.76025; five standard errors of 0.00075
	awk -F '\t' '$1 == "auroc" { good = $2 > 0.7565 && $2 < 0.7640 } $1 == "auroc_low" { low = $2 }
	    $1 == "auroc_high" { exit !(good && $2 - low > 0.0025 && $2 - low < 0.0033) }' out
}

@test "niceroc: bad input and options" {
	seq 1 5 > in
	: > empty
	printf '1\nx\n' > bad
	refused 1 "niceroc: empty: no numbers" niceroc in empty
	refused 1 "niceroc: empty: no numbers" niceroc empty in
	refused 1 "niceroc: bad: line 2 (byte 2): 'x' is not a number" niceroc in bad
	refused 1 "niceroc: missing: cannot open: No such file or directory" niceroc in missing
	refused 2 "niceroc: expected two operands: NORMAL and ANOMALOUS" niceroc in
	refused 2 "niceroc: expected two operands: NORMAL and ANOMALOUS" niceroc in in in
	refused 2 "niceroc: only one of the files can be standard input" niceroc - -
	run -1 --separate-stderr bash -c 'niceroc --curve in in > /dev/full'
	[ "$stderr" = "niceroc: standard output: cannot write: No space left on device" ]
}
