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
			{ repeat "$(wc -l < normal)" 0; repeat "$(wc -l < anomalous)" 1; } > labels
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
	repeat 7 5 > fives
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
	head -1 curve | grep -x '0	0	nan'
	tail -1 curve | grep -x '1	1	nan'
	niceroc normal anomalous | grep -x 'auroc	0.8194444444444444' # 29.5 of 36 pairs
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
	# shellcheck disable=SC2154
	[ "$stderr" = "niceroc: standard output: cannot write: No space left on device" ]
}

# sides: n.all and a.all, of ties, NaN and infinities; and in n.I and a.I, I from 1 to 5, shards of them.
sides() {
	python3 -c '
import random
random.seed(4)
for side, n in ("n", 400), ("a", 90):
    xs = [random.choice(["nan", "inf", "-inf", "0", "-0", "1e-300", repr(random.gauss(0, 2)), "%.1f" % random.gauss(0, 2)]) for _ in range(n)]
    cuts = sorted(random.choices(range(n + 1), k=3))
    parts = [xs[i:j] for i, j in zip([0] + cuts, cuts + [n])]
    parts.insert(2 if side == "n" else 4, []) # one without any
    open(side + ".all", "w").write("".join(x + "\n" for x in xs))
    for i, part in enumerate(parts):
        open("%s.%d" % (side, i + 1), "w").write("".join(x + "\n" for x in part))'
	niceroc n.all a.all > roc
	niceroc --curve n.all a.all > curve
}

@test "niceroc: several files of a side are one" {
	sides
	niceroc --normal n.1 --normal n.2 --normal n.3 --normal n.4 --normal n.5 --anomalous a.all | cmp - roc
	niceroc --curve --anomalous a.4 --anomalous a.5 --normal n.all --anomalous a.1 --anomalous a.2 --anomalous - < a.3 | cmp - curve
	printf 1 > part
	printf '%s\n' 1 2 x > bad
	: > empty
	refused 1 "niceroc: part: line 1 (byte 0): unexpected end of input after '1': without a newline the number may be incomplete" \
		niceroc --normal part --normal n.1 --anomalous a.all
	refused 1 "niceroc: bad: line 3 (byte 4): 'x' is not a number" niceroc --normal n.1 --anomalous a.1 --anomalous bad
	head -c 15 /dev/zero > cut.f64
	head -c 16 /dev/zero > two.f64
	refused 1 "niceroc: cut.f64: record 1 (byte 8): unexpected end of input after 7 of 8 bytes" \
		niceroc -b --normal two.f64 --normal cut.f64 --normal two.f64 --anomalous two.f64
	refused 1 "niceroc: no normal numbers" niceroc --normal empty --normal empty --anomalous a.1
	refused 1 "niceroc: empty: no numbers" niceroc --normal n.1 --normal n.2 --anomalous empty
	refused 2 "niceroc: --normal and --anomalous require each other" niceroc --normal n.1
	refused 2 "niceroc: --normal and --anomalous leave no operands" niceroc --normal n.1 --anomalous a.1 a.2
	refused 2 "niceroc: only one of the files can be standard input" niceroc --normal - --anomalous a.1 --anomalous -
}

@test "niceroc: states of any sharding merge to the serial run, by cmp" {
	sides
	niceroc -s n.all a.all > whole
	for i in 1 2 3 4 5; do
		niceroc -s n.$i a.$i > $i.plain
		niceroc -s --shard $i/5 n.$i a.$i > $i.state
	done
	niceroc -m whole 2> err | cmp - roc
	niceroc -m {1,2,3,4,5}.plain | cmp - roc
	niceroc -m {5,3,1,2,4}.state | cmp - roc
	niceroc -m --curve {5,3,1,2,4}.state | cmp - curve
	niceroc -m -s {4,1,3,2,5}.state | cmp - whole
	niceroc -m -s {4,1,3,2,5}.plain | cmp - whole
	niceroc -m -s {4,1,2}.state > some
	head -n 4 some | cmp - <(printf '%s\t%s\n' niceroc-state 1 shards 5 shard 1-2 shard 4)
	niceroc -m -s some | cmp - some
	cat 5.state some | niceroc -m - 3.state | cmp - roc
	niceroc -s /dev/null /dev/null > nothing
	cmp nothing <(printf '%s\t%s\n' niceroc-state 1 normal 0 anomalous 0)
	niceroc -m nothing {1,2,3,4,5}.state nothing | cmp - roc
}

@test "niceroc -m: shards that are missing or doubled, and what is no state, are refused" {
	printf '%s\n' 1 2 > n
	printf '%s\n' -1 1 > a
	for i in 1 2 3; do niceroc -s --shard $i/3 n a > $i.state; done
	refused 1 "niceroc: missing shards 1, 3 of 3" niceroc -m 2.state
	refused 1 "niceroc: missing shard 3 of 3" niceroc -m --curve 2.state 1.state
	cp 1.state b
	refused 1 "niceroc: duplicate shard 1 of 3: in 1.state and in b" niceroc -m 2.state 1.state b 3.state
	niceroc -s --shard 1/2 n a > other
	refused 1 "niceroc: other: the state that ends in line 9: a shard of 2, after one of 3: they do not merge" niceroc -m 2.state other
	niceroc -s n a > plain
	refused 1 "niceroc: plain: the state that ends in line 7: a state that names no shard, after one that names its shard: they do not merge" \
		niceroc -m 2.state plain
	niceroc -s n /dev/null > half
	refused 1 "niceroc: no anomalous numbers" niceroc -m half
	refused 1 "niceroc: no normal numbers" niceroc -m <(niceroc -s /dev/null /dev/null)
	nicestat -s n > stat
	refused 1 "niceroc: stat: line 1: expected 'niceroc-state', a tab and a value" niceroc -m plain stat
	bad() { # SED MESSAGE
		sed "$1" plain > bad
		refused 1 "niceroc: bad: $2" niceroc -m bad
	}
	bad '1s/1/2/' "line 1: unsupported state version '2', not 1"
	bad 's/^normal.2/normal\t3/' "line 6: the numbers of a state must be in ascending order"
	bad 's/^anomalous.2/anomalous\t3/' "line 8: unexpected end of input"
	bad 's/^anomalous.2/anomalous\t1/' "line 7: expected 'niceroc-state', a tab and a value"
	bad 's/^anomalous.2/anomalous\t-2/' "line 3: expected a count of at most 18446744073709551615"
	bad 's/^normal.*/normal\t18446744073709551615/' "line 6: the numbers of a state must be in ascending order"
	bad '/^normal/d' "line 2: expected 'normal', a tab and a value"
	bad '5s/2/x/' "line 5: expected a number"
	bad '5s/2/nan/' "line 5: the numbers of a state must be in ascending order"
	bad '5s/2/2 /' "line 5: expected a number"
	: > bad
	refused 1 "niceroc: bad: no state found" niceroc -m bad
	head -c -1 plain > bad
	refused 1 "niceroc: bad: line 7: unexpected end of input" niceroc -m bad
	printf '%s\n' nan nan 1 > n
	run -0 --separate-stderr niceroc -m <(niceroc -s n a 2> err)
	[ "$stderr" = "niceroc: 2 of 3 normal numbers are nan" ]
	[ "$(cat err)" = "niceroc: n: 2 of 3 numbers are nan" ]
	refused 2 "niceroc: -m reads text: -b does not apply" niceroc -m -b plain
	refused 2 "niceroc: -m reads states: --normal and --anomalous do not apply" niceroc -m --normal n plain
	refused 2 "niceroc: -m reads states, which name their shards: --shard does not apply" niceroc -m -s --shard 1/2 plain
	refused 2 "niceroc: --shard requires -s" niceroc --shard 1/2 n a
	refused 2 "niceroc: -s and --curve are mutually exclusive" niceroc -s --curve n a
}
