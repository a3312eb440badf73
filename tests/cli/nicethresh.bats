load helper

setup() {
	printf '%s\n' -12.5 -30 nan -13 -13.000000000000002 inf -inf 0 > in
}

@test "nicethresh: strictly below is an anomaly, NaN is one, too" {
	printf '%s\t%s\n' -12.5 normal -30 anomaly nan anomaly -13 normal -13.000000000000002 anomaly \
	    inf normal -inf anomaly 0 normal > expected
	nicethresh -t -13 in | cmp expected
	nicethresh -t -13 - < in | cmp expected
}

@test "nicethresh: numbers are printed in their shortest form" {
	printf '%s\n' 1.50 +1e2 0.1000000000000000055 1e-400 -0 | nicethresh -t -1 > out
	printf '%s\tnormal\n' 1.5 100 0.1 0 -0 | cmp out
}

@test "nicethresh: -i prints the numbers of the anomalies, with -x those of the errors" {
	nicethresh -i -t -13 in > out
	printf '%s\n' 1 2 4 6 | cmp out
	nicethresh -i -x normal -t -13 in | cmp out
	nicethresh -i -x anomalous -t -13 in > out
	printf '%s\n' 0 3 5 7 | cmp out
}

@test "nicethresh: -x counts errors of both types, with rate and interval" {
	{ repeat 103 0; repeat 4897 1; } > normal
	nicethresh -t 0.5 -x normal normal > out
	printf '%s\n' "103 type I errors among 5000 data" \
	    "rate 0.0206, 95 % interval 0.01684 to 0.02493" | cmp out
	{ repeat 9985 0; repeat 14 1; echo 0.5; } > anomalous
	nicethresh -t 0.5 -x anomalous anomalous > out
	printf '%s\n' "15 type II errors among 10000 data" \
	    "rate 0.0015, 95 % interval 0.0008398 to 0.002473" | cmp out
}

@test "nicethresh: NaN among anomalous data is no error, among normal data it is" {
	printf 'nan\nnan\n' > nans
	nicethresh -t 0 -x anomalous nans | grep -x '0 type II errors among 2 data'
	nicethresh -t 0 -x normal nans | grep -x '2 type I errors among 2 data'
}

@test "nicethresh: an empty input is no records" {
	[ -z "$(nicethresh -t 0 /dev/null)" ]
	[ -z "$(nicethresh -e -t 0 /dev/null)" ]
	nicethresh -t 0 -x normal /dev/null > out
	printf '%s\n' "0 type I errors among 0 data" "rate nan, 95 % interval 0 to 1" | cmp out
}

@test "nicethresh: -e exits with 3 for an anomaly, with 1 for an error" {
	run -3 nicethresh -e -t -13 in
	run -0 nicethresh -e -t -13 <(echo 5)
	run -3 nicethresh -e -t -13 -x anomalous in
	run -3 nicethresh -e -i -t -13 in
	run -1 nicethresh -e -t -13 <(printf '%s\n' -20 abc)
	run -0 nicethresh -t -13 in
}

@test "nicethresh: -c takes the threshold of a calibration" {
	seq 1 9 | nicestat -k 1 > calibration # 5 - 2.7386
	seq 1 9 | nicethresh -c calibration -i > out
	printf '%s\n' 0 1 | cmp out
	seq 1 9 > numbers
	nicethresh -c - -i numbers < calibration | cmp out
	printf 'note\tlater versions\r\nthreshold\t2.5\r\nquantile:0.01\t7\r\n' > other
	nicethresh -c other -i numbers | cmp out
	printf 'method\t%064d\nthreshold\t2.5\n' 0 > other
	nicethresh -c other -i numbers | cmp out
}

@test "nicethresh: a calibration that is not one is refused" {
	bad() { # RECIPE MESSAGE
		bytes "$1" > bad
		refused 1 "nicethresh: bad: $2" nicethresh -c bad in
	}
	bad '' 'missing threshold'
	bad 'mean\t5\n' 'missing threshold'
	bad 'threshold\tnan\n' 'line 1: the threshold is not a finite number'
	bad 'mean\t5\nthreshold\tinf\n' 'line 2: the threshold is not a finite number'
	bad 'upper\tinf\nthreshold\t5\n' 'line 1: the upper is not a finite number'
	bad 'upper\t4.9\nthreshold\t5\n' 'line 1: the upper is out of range'
	bad 'promised\t1.5\nthreshold\t5\n' 'line 1: the promised is out of range'
	bad 'promised\tnan\nthreshold\t5\n' 'line 1: the promised is not a finite number'
	bad 'threshold\t5 \n' 'line 1: the threshold is not a finite number'
	bad 'threshold\t0x10\n' 'line 1: the threshold is not a finite number'
	bad 'threshold\t\n' 'line 1: expected a name, a tab and a value'
	bad 'threshold 5\n' 'line 1: expected a name, a tab and a value'
	bad 'n\t5\n\nthreshold\t5\n' 'line 2: expected a name, a tab and a value'
	bad 'n\t5\t6\nthreshold\t5\n' 'line 1: expected a name, a tab and a value'
	bad '\t5\nthreshold\t5\n' 'line 1: expected a name, a tab and a value'
	bad 'n\0\t5\nthreshold\t5\n' 'line 1: expected a name, a tab and a value'
	bad 'threshold\t5\nn\t3\nthreshold\t5\n' 'line 3: duplicate name '\''threshold'\'', already in line 1'
	bad 'n\t3\nn\t3\nthreshold\t5\n' 'line 2: duplicate name '\''n'\'', already in line 1'
	bad 'n\t3\nthreshold\t-123' 'line 2: unexpected end of input'
	head -c 65537 /dev/zero > bad
	refused 1 "nicethresh: bad: not a calibration: more than 65536 bytes" nicethresh -c bad in
	refused 1 "nicethresh: bad: not a calibration: more than 65536 bytes" nicethresh -c bad in < /dev/zero
	refused 1 "nicethresh: missing: cannot open: No such file or directory" nicethresh -c missing in
}

@test "nicethresh: the largest calibration, of many names, is read at once" {
	awk 'BEGIN { for (i = 0; i < 5900; i++) printf "a%d\t%d\n", i, i % 10; print "threshold\t-13" }' > large
	[ "$(wc -c < large)" -le 65536 ]
	timeout 60 nicethresh -i -c large in > out
	printf '%s\n' 1 2 4 6 | cmp out
}

@test "nicethresh: -b reads f64" {
	bytes '\0\0\0\0\0\0\0\0''\0\0\0\0\0\0\xf0\xbf''\0\0\0\0\0\0\xf8\x7f' > in.f64
	nicethresh -b -t 0 in.f64 > out
	printf '%s\t%s\n' 0 normal -1 anomaly nan anomaly | cmp out
	bytes '\0\0\0\0\0\0\0\0\0' > short
	run -1 --separate-stderr nicethresh --binary -t 0 short
	[ "$output" = "$(printf '0\tnormal')" ]
	[ "$stderr" = "nicethresh: short: record 1 (byte 8): unexpected end of input after 1 of 8 bytes" ]
}

@test "nicethresh: numbers before an error are answered, but not counted" {
	printf '1\n2\n3 4\n5\n' > bad
	run -1 --separate-stderr nicethresh -t 2 bad
	[ "$output" = "$(printf '1\tanomaly\n2\tnormal')" ]
	[ "$stderr" = "nicethresh: bad: line 3 (byte 4): '3 4' is not a number" ]
	refused 1 "$stderr" nicethresh -x normal -t 2 bad
}

@test "nicethresh: options" {
	refused 2 "nicethresh: missing option -t, -c, --alpha or --fdr" nicethresh in
	refused 2 "nicethresh: -t, -c, --alpha and --fdr are mutually exclusive" nicethresh -t 1 -c in in
	refused 2 "nicethresh: -t, -c, --alpha and --fdr are mutually exclusive" \
	    nicethresh -p in --alpha 0.1 --fdr 0.1 in
	refused 2 "nicethresh: missing option -t, -c, --alpha or --fdr" nicethresh -p in in
	refused 2 "nicethresh: --alpha requires -p" nicethresh --alpha 0.1 in
	refused 2 "nicethresh: --fdr requires -p" nicethresh --fdr 0.1 in
	refused 2 "nicethresh: --fdr: '1' is not a number between 0 and 1" nicethresh -p in --fdr 1 in
	refused 2 "nicethresh: --alpha: '0' is not a number between 0 and 1" nicethresh -p in --alpha 0 in
	refused 2 "nicethresh: -u requires -t" nicethresh -c in -u 5 in
	refused 2 "nicethresh: -u requires -t" nicethresh -p in --alpha 0.1 -u 5 in
	refused 2 "nicethresh: -u: the upper bound is below the threshold" nicethresh -t 1 -u 0.5 in
	refused 2 "nicethresh: --two-sided requires --alpha or --fdr; use -u with -t" \
	    nicethresh -t 1 --two-sided in
	refused 2 "nicethresh: -x and --labels are mutually exclusive" \
	    nicethresh -t 1 -x normal --labels in in
	local rest
	for rest in '-x normal' '--labels in' -i; do
		# shellcheck disable=SC2086
		refused 2 "nicethresh: -p adds a column to the verdicts, which -x, --labels and -i do not print" \
		    nicethresh -t 1 -p in $rest in
	done
	refused 2 "nicethresh: -t: 'nan' is not a finite number" nicethresh -t nan in
	refused 2 "nicethresh: -t: 'inf' is not a finite number" nicethresh -t inf in
	refused 2 "nicethresh: -t: '' is not a finite number" nicethresh -t '' in
	refused 2 "nicethresh: -x: 'strange' is not one of normal, anomalous" nicethresh -t 1 -x strange in
	for rest in '-c -' '-p - --alpha 0.5' '-t 1 --labels -' '-c - -p - in' '-p - --labels - --fdr 0.5 in'; do
		# shellcheck disable=SC2086
		refused 2 "nicethresh: only one of the files can be standard input" nicethresh $rest
	done
	nicethresh -t -13 -i -x normal in > out
	nicethresh --threshold=-13 --indices --expect normal in | cmp out
	run -3 nicethresh --exit-code --threshold -13 in
}

@test "nicethresh: -u and a calibration's upper: strictly above is an anomaly, too" {
	printf '%s\t%s\n' -12.5 normal -30 anomaly nan anomaly -13 normal -13.000000000000002 anomaly \
	    inf anomaly -inf anomaly 0 anomaly > expected
	nicethresh -t -13 -u -12.5 in | cmp expected
	nicethresh -t -13 --upper=-12.500000000000002 in | grep -x -- '-12.5	anomaly'
	nicethresh -t -13 -u -13 in | grep -x -- '-13	normal'
	printf '%s\t%s\n' n 9 upper -12.5 threshold -13 > calibration
	nicethresh -c calibration in | cmp expected
	local bad
	for bad in 'inf:not a finite number' 'x:not a finite number' '-14:out of range'; do
		printf '%s\t%s\n' upper "${bad%%:*}" threshold -13 > bad
		refused 1 "nicethresh: bad: line 1: the upper is ${bad#*:}" nicethresh -c bad in
	done
}

@test "nicethresh: -x says what rate was promised" {
	printf '%s\t%s\n' promised 0.00135 threshold -13 > calibration
	nicethresh -c calibration -x normal in > out
	printf '%s\n' "4 type I errors among 8 data" \
	    "rate 0.5, 95 % interval 0.157 to 0.843, promised 0.00135" | cmp out
	nicethresh -c calibration -x anomalous in > out # nothing is promised of these
	printf '%s\n' "4 type II errors among 8 data" "rate 0.5, 95 % interval 0.157 to 0.843" | cmp out
	seq 99 > scores
	nicethresh -p scores --alpha 0.02 -x normal <(seq 100) > out
	printf '%s\n' "1 type I errors among 100 data" \
	    "rate 0.01, 95 % interval 0.0002531 to 0.05446, promised 0.02" | cmp out
	nicethresh -p scores --fdr 0.02 -x normal <(seq 100) | tail -n 1 > out
	run ! grep -q promised out
	local bad
	for bad in 'nan:not a finite number' '1.1:out of range' '-0.1:out of range'; do
		printf '%s\t%s\n' promised "${bad%%:*}" threshold -13 > bad
		refused 1 "nicethresh: bad: line 1: the promised is ${bad#*:}" nicethresh -c bad in
	done
}

@test "nicethresh: p-values, false discoveries and the confusion table are as defined" {
	python3 "$ROOT/tests/oracle/thresh_oracle.py" "${CASES:-15}"
}

@test "nicethresh: p-values are uniform, and the false discovery rate is kept" {
	python3 "$ROOT/tests/oracle/conformal_sim.py" "${SPLITS:-40}"
}

@test "nicethresh: -p adds the conformal p-value; ties count, NaN is the least" {
	printf '%s\n' 3 1 2 2 > scores
	printf '%s\n' 0 1 1.5 2 4 nan -inf > values
	printf '%s\t%s\t%s\n' 0 anomaly 0.2 1 anomaly 0.4 1.5 normal 0.4 2 normal 0.8 4 normal 1 nan anomaly 0.2 \
	    -inf anomaly 0.2 > expected
	nicethresh -t 1.5 -p scores values | cmp expected
	nicethresh -t 1.5 --p-values - values < scores | cmp expected
	printf '%s\n' 3 1 nan 2 > scores
	nicethresh -t 1.5 -p scores values | sed -n 6p > out
	printf 'nan\tanomaly\t0.4\n' | cmp out
	printf '%s\t%s\n' upper 2.5 threshold 1.5 > calibration # has two sides
	printf '%s\n' 3 1 2 2 > scores
	nicethresh -c calibration -p scores values | cut -f 3 > out
	printf '%s\n' 0.4 0.8 0.8 1 0.4 0.4 0.4 | cmp out
}

@test "nicethresh: -p reads f64 with -b, and refuses what holds no scores" {
	printf '%s\n' -12.5 -13 -30 -11 > scores
	python3 -c 'import struct
for name in "scores", "in":
    open(name + ".f64", "wb").write(b"".join(struct.pack("<d", float(v)) for v in open(name)))'
	nicethresh -p scores --alpha 0.4 in > out
	nicethresh -b -p scores.f64 --alpha 0.4 in.f64 | cmp out
	: > empty
	refused 1 "nicethresh: empty: no numbers" nicethresh -t 0 -p empty in
	refused 1 "nicethresh: missing: cannot open: No such file or directory" nicethresh -t 0 -p missing in
	printf '1\nx\n' > bad
	refused 1 "nicethresh: bad: line 2 (byte 2): 'x' is not a number" nicethresh -t 0 -p bad in
}

@test "nicethresh: scores too few for what is asked are refused, not silently useless" {
	seq 19 > scores
	nicethresh -p scores --alpha 0.05 <(echo 0) | grep -x '0	anomaly	0.05'
	nicethresh -p scores --fdr 0.05 <(echo 0) | grep -x '0	anomaly	0.05'
	nicethresh -p scores --alpha 0.1 --two-sided <(echo 0) | grep -x '0	anomaly	0.1'
	refused 1 "nicethresh: scores: 19 numbers are too few for --alpha 0.049: no p-value is below 0.05" \
	    nicethresh -p scores --alpha 0.049 in
	refused 1 "nicethresh: scores: 19 numbers are too few for --fdr 0.09: no p-value is below 0.1" \
	    nicethresh -p scores --fdr 0.09 --two-sided in
}

@test "nicethresh: --fdr answers in the order of the input, and nothing before all was read" {
	seq 99 > scores
	# p: 0.01 0.5 0.01 0.03 0.7; the line at 0.05: 0.01 0.02 0.03 0.04 0.05
	printf '%s\n' 0 49 -5 2 69 > values
	nicethresh -p scores --fdr 0.05 values > out
	printf '%s\t%s\t%s\n' 0 anomaly 0.01 49 normal 0.5 -5 anomaly 0.01 2 anomaly 0.03 69 normal 0.7 | cmp out
	nicethresh -p scores --fdr 0.05 -i < values > out
	printf '%s\n' 0 2 3 | cmp out
	run -3 nicethresh -p scores --fdr 0.05 -e values
	run -0 nicethresh -p scores --fdr 0.05 -e <(seq 40 60)
	[ -z "$(nicethresh -p scores --fdr 0.05 /dev/null)" ]
	printf '0\n1\nx\n' > bad
	refused 1 "nicethresh: bad: line 3 (byte 4): 'x' is not a number" nicethresh -p scores --fdr 0.05 bad
}

@test "nicethresh: --labels gives the confusion table" {
	printf '%s\n' 0 0 1 0 0 1 1 1 > labels # one of -30 nan 1e-15-below -inf is normal
	nicethresh -t -13 --labels labels in > out
	printf '%s\t%s\n' normal 4 anomalous 4 true_positives 2 false_positives 2 true_negatives 2 \
	    false_negatives 2 precision 0.5 | cmp - <(head -n 7 out)
	grep -qx 'f1	0.5' out
	nicethresh -t -13 --labels - in < labels | cmp out
	nicethresh -t -13 --labels labels -i in > out
	printf '%s\n' 1 4 5 7 | cmp out
	run -3 nicethresh -e -t -13 --labels labels in
	: > empty
	nicethresh -t -13 --labels empty empty > out
	[ "$(grep -c '	nan$' out)" -eq 5 ]
	grep -qx 'f1	nan' out
	grep -qx 'recall_high	1' out
	printf '%s\t%s\n' promised 0.01 threshold -13 > calibration
	nicethresh -c calibration --labels labels in | grep -x 'promised	0.01'
}

@test "nicethresh: labels are 0 or 1, as many as numbers" {
	repeat 7 0 > few
	refused 1 "nicethresh: few: unexpected end of input after 7 labels: there are more numbers" \
	    nicethresh -t 0 --labels few in
	repeat 9 1 > many
	refused 1 "nicethresh: many: line 9: extra label after 8 numbers" \
	    nicethresh -t 0 --labels many in
	printf '0\n1\n2\n' > bad
	refused 1 "nicethresh: bad: line 3: 2 is not 0 or 1" nicethresh -t 0 --labels bad in
	printf '0\n1\nnan\n' > bad
	refused 1 "nicethresh: bad: line 3: nan is not 0 or 1" nicethresh -t 0 --labels bad in
	printf '0\n1\n\n' > bad
	refused 1 "nicethresh: bad: line 3 (byte 4): an empty line is not a number" nicethresh -t 0 --labels bad in
	refused 1 "nicethresh: missing: cannot open: No such file or directory" nicethresh -t 0 --labels missing in
	printf '%s\n' 0 1 x > bad
	repeat 3 0 > labels
	refused 1 "nicethresh: bad: line 3 (byte 4): 'x' is not a number" nicethresh -t 0 --labels labels bad
}

@test "nicethresh: labels from an IDX file, in a pipe" {
	{ bytes '\0\0\x08\1'; be32 8; bytes '\3\5\3\0\3\5\5\0'; } > labels.idx
	idx2raw -t u8 labels.idx | od -An -v -t u1 -w1 | awk '{ print $1 != 3 }' |
	    nicethresh -t -13 --labels - in > out
	nicethresh -t -13 --labels <(printf '%s\n' 0 1 0 1 0 1 1 1) in | cmp out
}

@test "nicethresh: a slow producer is answered at once" {
	{
		printf '1\n2\n3'
		sleep 3
		echo
	} | nicethresh -t 2 > out &
	for _ in $(seq 25); do
		[ "$(wc -l < out)" -lt 2 ] || break
		sleep 0.1
	done
	[ "$(cat out)" = "$(printf '1\tanomaly\n2\tnormal')" ]
	kill %1 || true
}

@test "nicethresh: answers do not wait for labels that pause" {
	mkfifo pause
	printf '%s\n' 1 2 3 > in
	nicethresh -t 2 -i --labels pause in > out &
	exec 4> pause
	printf '%s\n' 0 >&4
	for _ in $(seq 100); do
		[ ! -s out ] || break
		sleep 0.1
	done
	[ "$(cat out)" = 0 ]
	printf '%s\n' 0 1 >&4
	exec 4>&-
	wait %1
	[ "$(cat out)" = "$(printf '0\n2')" ]
}

@test "nicethresh: a reader that has enough ends it quietly; a full disk is told" {
	run -0 --separate-stderr bash -c 'set -o pipefail; yes 1 | nicethresh -t 2 | head -1 || [ $? -eq 141 ]'
	[ "$output" = "$(printf '1\tanomaly')" ]
	[ -z "$stderr" ]
	run -1 --separate-stderr timeout 10 bash -c 'yes 1 | nicethresh -t 2 > /dev/full'
	[ "$stderr" = "nicethresh: standard output: cannot write: No space left on device" ]
}

@test "nicethresh: --paste puts numbers and verdicts after the rows of a table" {
	printf '%s\n' a,b 1,x '"2\n",""""' 3,z | sed 's/\\n/\n/' > t.csv
	printf '%s\n' -1 -5 -3 > ll
	nicethresh -t -4 --paste t.csv ll | diff - <(sed 's/^a,b$/&,log_likelihood,verdict/; s/^1,x$/&,-1,normal/
		s/^",""""$/&,-5,anomaly/; s/^3,z$/&,-3,normal/' t.csv)
	nicethresh -t -4 -p ll --paste t.csv ll | grep -x '1,x,-1,normal,1'
	[ "$(nicethresh -t -4 --paste t.csv --only anomalies ll | wc -l)" -eq 3 ]
	tail -n +2 t.csv | nicethresh -t -4 --no-header --paste - ll | diff - <(nicethresh -t -4 --paste t.csv ll | tail -n +2)
	nicethresh -p ll --fdr 0.9 --paste t.csv ll | cut -d , -f 1-2 | tail -n 1 | grep -x 3,z
	printf 'a;b\r\n1;x\r\n2;y\r\n3;z' > t2.csv
	nicethresh -t -4 -F ';' --paste t2.csv ll | diff - <(printf \
		'a;b;log_likelihood;verdict\r\n1;x;-1;normal\r\n2;y;-5;anomaly\r\n3;z;-3;normal\n')
	ends 3 nicethresh -e -t -4 --paste t.csv ll
}

@test "nicethresh: --paste: as many rows as numbers" {
	printf '%s\n' a 1 2 3 > t.csv
	printf '%s\n' -1 -5 > ll
	ends 1 nicethresh -t -4 --paste t.csv ll
	says "nicethresh: t.csv: row 3 (line 4): extra row after 2 numbers; were rows with gaps left out?"
	[ "$(tail -n 1 out)" = 2,-5,anomaly ]
	ends 1 nicethresh -t -4 --paste t.csv <(cat ll ll)
	says "nicethresh: t.csv: unexpected end of the table after 3 rows: there are more numbers"
	: > none
	ends 1 nicethresh -t -4 --paste none ll
	says "nicethresh: none: no header: the table is empty"
	printf 'a\n"1\n' > none
	ends 1 nicethresh -t -4 --paste none ll
	says "nicethresh: none: row 1 (line 2), column 1: unexpected end of input: a quote is not closed"
	for options in '--only anomalies' '--no-header' '-F tab' '--paste t.csv -i' '--paste t.csv -x normal'; do
		# shellcheck disable=SC2086
		ends 2 nicethresh -t -4 $options ll
	done
}

# mixture LOWER UPPER SHARE: numbers below LOWER are anomalies, those below UPPER with probability SHARE.
mixture() { printf '%s\t%s\n' mixed_low "$1" mixed_high "$2" mixed_share "$3" threshold -20 > mixture; }

@test "nicethresh: -S leaves to chance what is between both thresholds, and nothing else" {
	mixture -13 0 0.5
	for seed in 1 2 3 4 5 6 7 8; do nicethresh -c mixture -S $seed in; done | sort | uniq -c | sed 's/^ *//' > seen
	for line in '-30	anomaly' 'nan	anomaly' '-13.000000000000002	anomaly' '-inf	anomaly' 'inf	normal' '0	normal'; do
		grep -qx -- "8 $line" seen
	done
	for line in '-12.5	anomaly' '-12.5	normal' '-13	anomaly' '-13	normal'; do
		grep -q -- " $line\$" seen
	done
	nicethresh -c mixture in | cmp - <(nicethresh -t -20 in)
	mixture -13 0 0
	nicethresh -c mixture -S 1 in | cmp - <(nicethresh -t -13 in)
	mixture -13 0 1
	nicethresh -c mixture -S 1 in | cmp - <(nicethresh -t 0 in)
	mixture 0 0 0.5
	nicethresh -c mixture -S 1 in | cmp - <(nicethresh -t 0 in)
}

@test "nicethresh: -S draws by seed and index: shards and pieces agree, seeds differ, shares are kept" {
	mixture 0 1 0.25
	repeat 20000 0.5 > same
	nicethresh -c mixture -S 7 -i same > whole
	{
		head -n 7001 same | nicethresh -c mixture -S 7 -i
		tail -n +7002 same | nicethresh -c mixture -S 7 --first 7001 -i
	} | cmp - whole
	{ head -n 100 same; sleep 0.05; tail -n +101 same; } | nicethresh -c mixture --seed 7 --indices | cmp - whole
	# a binomial count: five standard deviations of sqrt(20000 / 4 * 3 / 4) = 61
	n=$(wc -l < whole)
	[ "$n" -gt 4694 ]
	[ "$n" -lt 5306 ]
	nicethresh -c mixture -S 8 -i same > other
	run ! cmp -s whole other
	nicethresh -c mixture -S 7 -x normal same | sed -n 1p | grep -x "$n type I errors among 20000 data"
	nicethresh -t 1 --first 5 -i <(printf '%s\n' 0 2 0) | cmp - <(printf '%s\n' 5 7)
}

@test "nicethresh: a mixture's rate is promised of the mixture" {
	{ printf 'promised\t0.25\n'; mixture 0 1 0.25; cat mixture; } > calibration
	echo 2 | nicethresh -c calibration -S 1 -x normal | tail -n 1 | grep 'promised 0.25$'
	echo 2 | nicethresh -c calibration -x normal > out
	run ! grep -q promised out
}

@test "nicethresh: what is no mixture is refused" {
	echo 'threshold	5' > one
	refused 1 "nicethresh: one: no mixture of thresholds for -S to draw from" nicethresh -c one -S 1 in
	refused 2 "nicethresh: -S requires -c" nicethresh -t 5 -S 1 in
	refused 2 "nicethresh: -S requires -c" nicethresh -p in --alpha 0.5 -S 1 in
	bad() { # RECIPE MESSAGE
		bytes "$1" > bad
		refused 1 "nicethresh: bad: $2" nicethresh -c bad in
	}
	local needs='a mixture needs mixed_low, mixed_high and mixed_share'
	bad 'mixed_low\t5\nthreshold\t5\n' "$needs"
	bad 'mixed_high\t5\nthreshold\t5\n' "$needs"
	bad 'mixed_share\t1\nthreshold\t5\n' "$needs"
	bad 'mixed_low\t4\nmixed_high\t5\nthreshold\t5\n' "$needs"
	bad 'mixed_low\t4\nmixed_share\t1\nthreshold\t5\n' "$needs"
	bad 'mixed_high\t4\nmixed_share\t1\nthreshold\t5\n' "$needs"
	bad 'mixed_share\t1.5\nmixed_low\t5\nmixed_high\t5\nthreshold\t5\n' 'line 1: the mixed_share is out of range'
	bad 'mixed_share\t1\nmixed_low\t5\nmixed_high\t4\nthreshold\t5\n' 'line 3: the mixed_high is out of range'
	bad 'mixed_share\t1\nmixed_low\t-inf\nmixed_high\t4\nthreshold\t5\n' 'line 2: the mixed_low is not a finite number'
	bad 'mixed_share\t1\nmixed_low\t5\nmixed_high\tinf\nthreshold\t5\n' 'line 3: the mixed_high is not a finite number'
	bad 'mixed_share\t1\nmixed_low\t5\nmixed_high\t7\nupper\t6\nthreshold\t5\n' 'line 3: the mixed_high is out of range'
}

@test "nicethresh -m: a calibration of another model, or another precision, is refused with both digests" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 2 > n
	seq 1 9 > numbers
	nicestat -k 1 --model m numbers > calibration
	nicestat -k 1 --model m --precision bf16 numbers > reduced
	nicestat -k 1 numbers > plain
	nicethresh -c plain numbers > out
	nicethresh -c calibration numbers | cmp - out
	nicethresh -c calibration -m m numbers | cmp - out
	nicethresh -c reduced -m m --precision bf16 numbers | cmp - out
	local of_m of_n remedy='calibrate again with nicestat --model'
	of_m="model $(value model calibration), precision f32"
	of_n="model $(nicestat --model n numbers | awk '$1 == "model" { print $2 }'), precision f32"
	refused 1 "nicethresh: calibration: made with $of_m, but n is $of_n; $remedy" nicethresh -c calibration -m n numbers
	refused 1 "nicethresh: calibration: made with $of_m, but m is ${of_m/f32/bf16}; $remedy" \
	    nicethresh -c calibration -m m --precision bf16 numbers
	refused 1 "nicethresh: reduced: made with ${of_m/f32/bf16}, but m is $of_m; $remedy" nicethresh -c reduced -m m numbers
	run -0 --separate-stderr nicethresh -c plain -m m numbers
	[ "$output" = "$(cat out)" ]
	[ "$stderr" = "nicethresh: plain: names no model, so -m cannot be checked; nicestat --model notes it" ]
	bad() { # SED MESSAGE
		sed "$1" calibration > bad
		refused 1 "nicethresh: bad: $2" nicethresh -c bad numbers
	}
	bad 's/^model.*/model\tx/' "line 9: the model is not 64 hexadecimal digits"
	bad 's/^\(model.*\).$/\1G/' "line 9: the model is not 64 hexadecimal digits"
	bad '/^precision/d' "missing precision of the model"
	bad 's/^precision.*/precision\tvery high/' "line 10: unknown precision"
	refused 2 "nicethresh: -m requires -c" nicethresh -t 1 -m m numbers
	refused 2 "nicethresh: --precision requires -m" nicethresh -c calibration --precision bf16 numbers
	refused 1 "nicethresh: numbers: neither safetensors nor a PyTorch file: it starts with the byte 0x31" \
	    nicethresh -c calibration -m numbers numbers
}

@test "nicethresh: --window: each window is what --fdr says of it alone" {
	python3 -c 'import random
random.seed(4)
def write(name, xs): open(name, "w").write("".join("%r\n" % x for x in xs))
write("scores", [random.gauss(0, 1) for _ in range(500)])
write("stream", [random.gauss(-4 if random.random() < 0.1 else 0, 1) for _ in range(230)] + [float("nan")])'
	local n at
	for n in 1 7 50 231 1000; do
		for ((at = 1; at <= 231; at += n)); do
			head -n $((at + n - 1)) stream | tail -n +$at | nicethresh -p scores --fdr 0.2
		done > expected
		nicethresh -p scores --fdr 0.2 --window $n stream | cmp - expected
	done
	nicethresh -p scores --fdr 0.2 stream > whole
	nicethresh -p scores --fdr 0.2 --window 1000 stream | cmp - whole
	nicethresh -p scores --fdr 0.2 --window 50 stream > windows
	run -1 cmp -s windows whole
	awk '$2 == "anomaly" { print NR - 1 }' windows > indices
	nicethresh -p scores --fdr 0.2 --window 50 -i stream | cmp - indices
	nicethresh -p scores --fdr 0.2 --window 9 /dev/null | cmp - /dev/null
}

@test "nicethresh: --window: a full window is answered at once, an error leaves the last one out" {
	seq 1 99 > scores
	mkfifo fifo
	nicethresh -p scores --fdr 0.1 --window 3 fifo > answers &
	exec 7> fifo
	printf '%s\n' 50 0 50 50 >&7
	until [ "$(wc -l < answers)" -eq 3 ]; do sleep 0.01; done
	exec 7>&-
	wait $!
	[ "$(wc -l < answers)" -eq 4 ]
	ends 1 nicethresh -p scores --fdr 0.1 --window 2 <(printf '%s\n' 1 2 3 four)
	[ "$(wc -l < out)" -eq 2 ]
	says 'nicethresh: /dev/fd/*: line 4 (byte 6): *'
	refused 2 "nicethresh: --window requires --fdr" nicethresh -p scores --alpha 0.1 --window 5 scores
}

@test "nicethresh: --window: the false discovery rate is kept in each window, over many" {
	# 40 calibrations of 500 scores, 10 windows of 25 for each, five anomalies in each; 0.2 and three standard
	# errors of at most 0.5 / sqrt(400)
	python3 - > rate <<-'END'
		import random, subprocess
		random.seed(2)
		total = 0
		for w in range(40):
		    open("s", "w").write("".join("%r\n" % random.gauss(0, 1) for _ in range(500)))
		    stream = [random.gauss(-3 if i % 5 == 0 else 0, 1) for i in range(250)]
		    text = "".join("%r\n" % x for x in stream).encode()
		    said = subprocess.run(["nicethresh", "-p", "s", "--fdr", "0.2", "--window", "25", "-i"], input=text, stdout=subprocess.PIPE, check=True).stdout
		    found = [int(i) for i in said.split()]
		    for k in range(10):
		        mine = [i for i in found if i // 25 == k]
		        total += sum(i % 5 > 0 for i in mine) / max(1, len(mine))
		print(total / 400)
	END
	cat rate
	awk '{ exit !($1 > 0.05 && $1 < 0.275) }' rate
}

@test "nicethresh: several files are one, and each is checked at its own end" {
	seq 1 7 > a && : > empty && seq 3 14 > b && cat a b > all
	seq 0 999 > scores
	awk '{ print NR % 2 }' all > labels
	for how in "-t 5" "-t 5 -i --first 3" "-t 5 -x normal" "-t 5 --labels labels" "-p scores --fdr 0.1" "-p scores --fdr 0.5 -i"; do
		# shellcheck disable=SC2086 # several words
		nicethresh $how a empty b empty > got
		# shellcheck disable=SC2086
		nicethresh $how all | cmp - got
	done
	nicethresh -p scores --fdr 0.1 --window 5 a empty b | cmp - <(nicethresh -p scores --fdr 0.1 --window 5 all)
	echo x >> a
	ends 1 nicethresh -t 5 b a b
	says "nicethresh: a: line 8 (byte 14): 'x' is not a number"
	cmp out <(nicethresh -t 5 b; seq 1 7 | nicethresh -t 5)
	ends 1 nicethresh -t 5 b none
	says "nicethresh: none: cannot open: No such file or directory"
	printf '%s' 12345678 > r && printf '%s' 123 > short
	ends 1 nicethresh -b -t 5 r short r
	says "nicethresh: short: *"
}

# data: of 300 numbers, x.all and their labels l.all; and in x.I and l.I, I from 1 to 4, shards of them, one empty.
data() {
	python3 -c '
import random
random.seed(8)
xs = [random.choice(["nan", "inf", "-inf"] + [repr(random.gauss(0, 2)) for _ in range(9)]) for _ in range(300)]
ls = [str(int(random.random() < 0.2)) for _ in xs]
cuts = [0, 40, 40, 190, 300]
open("bounds", "w").write("".join("%d\n" % i for i in cuts[:-1]))
for name, all in ("x", xs), ("l", ls):
    open(name + ".all", "w").write("".join(v + "\n" for v in all))
    for i in range(4):
        open("%s.%d" % (name, i + 1), "w").write("".join(v + "\n" for v in all[cuts[i]:cuts[i + 1]]))'
	seq -3 0.1 3 > scores
}

# merges OPTION...: states of shards merge to what one run says; LABELS stands for the labels, FIRST for the index.
merges() {
	local i first state
	for i in all 1 2 3 4; do
		first=$([ $i = all ] || sed -n ${i}p bounds)
		local options=("${@/#LABELS/l.$i}")
		options=("${options[@]/#FIRST/${first:-0}}")
		[ $i != all ] || nicethresh "${options[@]}" x.all > serial
		state=$([ $i = all ] || echo "--shard $i/4")
		# shellcheck disable=SC2086
		nicethresh -s $state "${options[@]}" x.$i > $i.state
	done
	nicethresh --merge all.state | cmp - serial
	nicethresh --merge {3,2,4,1}.state | cmp - serial
	nicethresh --merge -s {3,2,4,1}.state | cmp - all.state
	nicethresh --merge -s {4,2}.state > some
	sed -n 2,4p some | cmp - <(printf '%s\t%s\n' shards 4 shard 2 shard 4)
	nicethresh --merge -s some | cmp - some
	cat 3.state some | nicethresh --merge - 1.state | cmp - serial
}

@test "nicethresh -s: states of any sharding merge to the serial run, by cmp" {
	data
	seq 1 40 | nicestat --method conformal:0.1 > calibration
	{ printf '%s\t%s\n' mixed_low -1 mixed_high 1.5 mixed_share 0.5; cat calibration; } > mixture
	merges -t -1 -x normal
	merges -t -1 -u 3 -x anomalous
	merges -t -1 --labels LABELS
	merges -c calibration -x normal
	grep -q 'promised 0.1$' serial
	merges -c calibration --labels LABELS
	merges -c mixture -S 7 --first FIRST -x normal
	merges -p scores --alpha 0.05 -x normal
	grep -q 'promised 0.05$' serial
	merges -p scores --alpha 0.05 --two-sided --labels LABELS
	for i in 1 2 3 4; do nicethresh -s -t -1 -x normal x.$i; done > plain
	nicethresh --merge plain | cmp - <(nicethresh -t -1 -x normal x.all)
	nicethresh -s -t -1 -x normal < /dev/null > nothing
	nicethresh --merge nothing | cmp - <(nicethresh -t -1 -x normal < /dev/null)
}

@test "nicethresh -s: the state, and the status of -e" {
	printf '%s\n' 1 2 nan > x
	nicethresh -s -t 1.5 -u 1e9 -x normal x > state
	cmp state <(printf '%s\t%s\n' nicethresh-state 1 data normal rule 'threshold 1.5 upper 1000000000' promised nan \
		nan 1 true_positives 0 false_positives 2 true_negatives 1 false_negatives 0)
	run -3 nicethresh -s -e -t 1.5 -x normal x
	run -3 nicethresh --merge -e state
	run -0 nicethresh --merge -e <(seq 3 | nicethresh -s -t 1 -x anomalous)
	printf '%s\n' nan nan 1 > most
	run -0 --separate-stderr nicethresh --merge <(nicethresh -s -t 1 -x normal most 2> /dev/null)
	# shellcheck disable=SC2154
	[[ $stderr == "nicethresh: "*": 2 of 3 numbers are nan" ]]
}

@test "nicethresh --merge: counts that are not of one whole are refused" {
	data
	for i in 1 2 3; do nicethresh -s --shard $i/3 -t 1 -x normal x.$i > $i.state; done
	refused 1 "nicethresh: missing shards 1, 3 of 3" nicethresh --merge 2.state
	cp 1.state b
	refused 1 "nicethresh: duplicate shard 1 of 3: in 1.state and in b" nicethresh --merge {2,1}.state b 3.state
	nicethresh -s --shard 1/2 -t 1 -x normal x.1 > other
	refused 1 "nicethresh: other: the state that ends in line 11: a shard of 2, after one of 3: they do not merge" nicethresh --merge 2.state other
	nicethresh -s -t 1 -x normal x.1 > plain
	refused 1 "nicethresh: plain: the state that ends in line 9: a state that names no shard, after one that names its shard: they do not merge" \
		nicethresh --merge 2.state plain
	nicethresh -s -t 1 -x anomalous x.1 > other
	refused 1 "nicethresh: other: the state that ends in line 9: counts of data 'anomalous', after those of 'normal': they do not merge" \
		nicethresh --merge plain other
	by() { # RULE OPTION...
		nicethresh -s -x normal "${@:2}" x.1 > other
		refused 1 "nicethresh: other: the state that ends in line 9: counts by '$1', after those by 'threshold 1 upper inf': they do not merge" \
			nicethresh --merge plain other
	}
	by "threshold 1.5 upper inf" -t 1.5
	by "threshold 1 upper 2" -t 1 -u 2
	seq 1 40 > forty
	by "alpha 0.05 of 40 scores with crc32 $(gzip -nc forty | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')" -p forty --alpha 0.05
	by "alpha 0.05 two-sided of 61 scores with crc32 $(sort -g scores | sed 's/\.0$//; s/^-0$/0/' | gzip -nc | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')" \
		-p scores --two-sided --alpha 0.05
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	nicestat --model m forty > calibration
	nicethresh -s -x normal -c calibration x.1 > other
	grep -q "^rule.threshold .* upper inf model $(awk '$1 == "model" { print $2 }' calibration) precision f32$" other
	{ printf '%s\t%s\n' mixed_low 1 mixed_high 2 mixed_share 0.5 threshold 1; } > mixture
	by "mixed_low 1 mixed_high 2 mixed_share 0.5 seed 9 upper inf" -c mixture -S 9
	sed 's/promised.*/promised\t0.1/' plain > other
	refused 1 "nicethresh: other: the state that ends in line 9: counts that promise another rate than those before" nicethresh --merge plain other
	nicestat -s forty > stat
	refused 1 "nicethresh: stat: line 1: expected 'nicethresh-state', a tab and a value" nicethresh --merge plain stat
}

@test "nicethresh --merge: what is not a state is refused" {
	printf '%s\t%s\n' nicethresh-state 1 data labels rule 'threshold 1 upper inf' promised 0.1 nan 3 true_positives 1 \
		false_positives 2 true_negatives 3 false_negatives 4 > good
	nicethresh --merge -s good | cmp - good
	bad() { # SED MESSAGE
		sed "$1" good > bad
		refused 1 "nicethresh: bad: $2" nicethresh --merge bad
	}
	local broken='line 9: the state that ends here is malformed'
	bad '1s/1/2/' "line 1: unsupported state version '2', not 1"
	bad 's/labels/label/' "line 2: expected normal, anomalous or labels"
	bad 's/^rule.*/rule\t/' "line 3: expected a rule, as printable ASCII"
	bad 's/^rule.*/rule\t\x1b[2J/' "line 3: expected a rule, as printable ASCII"
	bad "s/^rule.*/rule\t$(printf '%400s' '')/" "line 3: expected a rule, as printable ASCII"
	bad 's/0.1/inf/' "line 4: expected a rate, or nan"
	bad 's/0.1/x/' "line 4: expected a rate, or nan"
	bad 's/^nan.*/nan\t4/' "$broken"
	bad 's/labels/normal/' "$broken"
	bad 's/labels/anomalous/' "$broken"
	bad 's/^true_n.*/true_negatives\t-1/' "line 8: expected a count of at most 18446744073709551615"
	bad 's/^true_n.*/true_negatives\t18446744073709551615/' "$broken"
	bad '/^true_n/d' "line 8: expected 'true_negatives', a tab and a value"
	# shellcheck disable=SC2016
	bad '$d' "line 9: unexpected end of input"
	# shellcheck disable=SC2016
	bad '1,$d' "no state found"
	bad 's/^true_n.*/true_negatives\t9007199254740986/' "$broken" # 2^53 + 1 in all
	sed 's/^true_n.*/true_negatives\t9007199254740985/' good > many
	nicethresh --merge many > out
	grep -q '^false_positive_rate' out
	refused 1 "nicethresh: many: more than 2^53 numbers" nicethresh --merge good many
	refused 2 "nicethresh: -s requires -x or --labels" nicethresh -s -t 1 good
	refused 2 "nicethresh: -s and -i are mutually exclusive" nicethresh -s -i -t 1 -x normal good
	seq 40 > scores
	refused 2 "nicethresh: -s: --fdr decides on many numbers together, so its counts do not merge" \
		nicethresh -s -p scores --fdr 0.1 --window 3 -x normal good
	refused 2 "nicethresh: --shard requires -s" nicethresh --shard 1/2 -t 1 -x normal good
	refused 2 "nicethresh: --merge reads states, which name their shards: --shard does not apply" nicethresh --merge -s --shard 1/2 good
	for options in '-t 1' '-u 1' '-c good' '-S 1' '--first 1' '-m good' '--precision bf16' '-p good' '--alpha 0.1' '--fdr 0.1' \
		'--window 2' --two-sided '-x normal' '--labels good' -b -i '--paste good' '-F ;' --no-header '--only anomalies'; do
		# shellcheck disable=SC2086
		refused 2 "nicethresh: --merge reads states: of the other options, only -s and -e apply" nicethresh --merge $options good
	done
}
