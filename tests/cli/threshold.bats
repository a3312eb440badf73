load helper

# How nicestat chooses thresholds, and what it says beside them.

oracle() { python3 "$ROOT/tests/oracle/threshold_oracle.py" "$@"; }

# near A B RELATIVE
near() { awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a - b; exit !((d < 0 ? -d : d) <= r * (b < 0 ? -b : b)) }'; }

@test "threshold: --describe is what exact fractions say, whatever the order" {
	python3 -c 'import random
r = random.Random(2)
for i, f in enumerate([lambda: r.gauss(-1900, 60), lambda: 1e9 + r.randint(0, 2), lambda: -r.expovariate(1) * 1e300,
                       lambda: r.lognormvariate(0, 2) * 1e-300, lambda: 1e16 + 2 * r.randint(0, 2) ** 2]):
    for n in (401, 1000):
        open("%d.%d" % (i, n), "w").writelines("%r\n" % f() for _ in range(n))'
	for f in ?.*; do
		nicestat --describe "$f" > out
		shuf --random-source=<(yes) "$f" | nicestat --describe | cmp out
		oracle describe "$f" > expected
		[ -n "$(value median out)" ]
		[ "$(value median out)" = "$(nicestat -q 0.5 "$f" | awk '/quantile/ { print $2 }')" ]
		while IFS=$'\t' read -r name expected; do
			echo "$f $name $(value "$name" out) $expected"
			# sums of scaled powers, each rounded three or four times; 3 is taken away from the kurtosis
			near "$(value "$name" out)" "$expected" 1e-12 ||
				awk -v a="$(value "$name" out)" -v b="$expected" 'BEGIN { d = a - b; exit !(d < 3e-14 && d > -3e-14) }'
		done < expected
	done
	repeat 10 5 | nicestat --describe > out
	[ "$(value skewness out)" = nan ]
	[ "$(value mad out)" = 0 ]
}

@test "threshold: --json has the names, the order and the digits of the lines" {
	printf '%s\n' 5e-324 -1.7e308 0.1 3 > in
	for options in "-k 0.1" "-k 0.1 --describe -q 0,1e-05" "--two-sided --method quantile:0.4"; do
		nicestat $options in > lines
		nicestat --json $options in > json
		python3 -c 'import json
for name, value in json.load(open("json"), object_pairs_hook=list):
    print(name, "nan" if value is None else value, sep="\t")' > parsed
		python3 -c 'import sys
a, b = ([l.rstrip("\n").split("\t") for l in open(f)] for f in ("lines", "parsed"))
assert [x for x, _ in a] == [x for x, _ in b]
for (_, x), (_, y) in zip(a, b):
    assert x == y or float(x) == float(y), (x, y)'
	done
	repeat 10 5 | nicestat --json --describe | grep '"skewness": null,'
}

@test "threshold: quantiles do not fall where P grows, nor edges, however close or far apart the numbers are" {
	python3 "$ROOT/tests/oracle/order_oracle.py" "${CASES:-90}" 1
	printf '%s\n' 10000000000000000 10000000000000002 | nicestat -H 1000 > out
	[ "$(awk '{ n += $3 } END { print NR, n }' out)" = "1000 2" ]
	printf '%s\n' 542.7960276775916 542.7960276775917 | nicestat --two-sided --method quantile:0.8
}

@test "threshold: -H counts what lies between its edges" {
	oracle draw normal 999 4 > in
	nicestat -H 17 in > out
	awk -F '\t' 'NR == FNR { x[NR] = $1; n = NR; next }
		FNR > 1 && $1 != last { bad = 1 }
		{ c = 0; for (i = 1; i <= n; i++) c += x[i] >= $1 && (x[i] < $2 || (FNR == 17 && x[i] == $2))
		  if (c != $3) bad = 1
		  last = $2; total += c }
		END { exit bad || !(FNR == 17 && total == 999) }' OFMT=%.17g CONVFMT=%.17g in out
	printf '%s\n' -1.7e308 1.7e308 | nicestat -H 2 > out
	printf '%s\t%s\t%s\n' -1.7e+308 0 1 0 1.7e+308 1 | cmp out
	printf '%s\n' 5 5 | nicestat -H 2 > out
	printf '%s\t%s\t%s\n' 5 5 0 5 5 2 | cmp out
	refused 1 "nicestat: standard input: no numbers: a histogram needs at least one" nicestat -H 2 < /dev/null
	refused 2 "nicestat: -H: '0' is not an integer from 1 to 1000000" nicestat -H 0 in
	refused 2 "nicestat: -H cannot be combined with other statistics" nicestat -H 3 --describe in
}

@test "threshold: what is no method is refused" {
	local what='is not one of sigma:K, quantile:P, mad:K, conformal:A, pot:P[:TAIL]'
	for bad in nothing '' sigm sigma3 :3 mad:3:4; do
		refused 2 "nicestat: --method: '$bad' $what" nicestat --method "$bad"
	done
	for bad in quantile:0 quantile:1 conformal: conformal:nan conformal:1e-400 pot:2 pot:0.1: pot:0.1:1 pot:0.1:0.2:0.3; do
		refused 2 "nicestat: --method: '$bad' needs a rate above 0 and below 1 after the colon" nicestat --method "$bad"
	done
	refused 2 "nicestat: --method: 'mad:inf' needs a finite number after the colon" nicestat --method mad:inf
	refused 2 "nicestat: -k and --method are mutually exclusive" nicestat -k 3 --method mad
	seq 1 5 > in
	refused 1 "nicestat: in: the upper threshold is below the lower one" nicestat --two-sided -k -1 in
	refused 1 "nicestat: standard input: mad: the MAD is 0 because half of the numbers are equal" nicestat --method mad < <(printf '%s\n' 1 1 1 2)
	repeat 5 1 | nicestat --method mad > out
	[ "$(value threshold out)" = 1 ]
}

@test "threshold: sigma, quantile and MAD by their definitions" {
	seq 1 101 > in
	nicestat --method sigma:2 in > out
	nicestat -k 2 in | cmp out
	nicestat --two-sided -k 2 in > out
	near "$(value upper out)" "$(awk -v t="$(value threshold out)" 'BEGIN { printf "%.17g", 102 - t }')" 1e-15
	near "$(value promised out)" 0.04550026389635841 1e-14 # 2 Phi(-2)
	nicestat --method quantile:0.1 --two-sided in > out
	[ "$(value threshold out)" = 6 ]
	[ "$(value upper out)" = 96 ]
	[ "$(value promised out)" = 0.1 ]
	nicestat --method mad:1 in > out # 51 - 1.4826 * 25
	near "$(value threshold out)" 13.935 1e-15
	[ "$(value method out)" = mad:1 ]
}

@test "threshold: the conformal rank is exact in decimals, and refuses what is too few" {
	oracle conformal > rows
	while read -r n a sides rank need; do
		option=$([ "$sides" = 1 ] || echo --two-sided)
		seq 1 "$n" > in
		echo "$n $a $sides"
		if [ "$rank" = 0 ]; then
			refused 1 "nicestat: in: conformal: $n numbers are too few: at least $need are needed" \
			    nicestat $option --method "conformal:$a" in
		else
			nicestat $option --method "conformal:$a" in > out
			[ "$(value threshold out)" = "$rank" ]
			[ "$sides" = 1 ] || [ "$(value upper out)" = "$((n + 1 - rank))" ]
		fi
	done < rows
	refused 1 "nicestat: standard input: conformal: too few numbers: more than 2^64 are needed" \
	    nicestat --method conformal:1e-300 < <(seq 1 5)
}

@test "threshold: with ties less than the rate lies strictly below" {
	{ repeat 50 1; repeat 50 2; } > in
	nicestat --method conformal:0.25 in > out
	[ "$(value threshold out)" = 1 ]
	[ "$(nicethresh -c out -i in | wc -l)" = 0 ]
}

@test "threshold: tails of known laws, within five of their standard errors" {
	# law, and -log or so of 0.001: exponential log 0.001, Pareto -2 (0.001^-0.5 - 1), normal
	while read -r law expected; do
		oracle draw "$law" 20000 1 > in
		nicestat --describe --method pot:0.001 in > out
		echo "$law $(cat out)"
		awk -v t="$(value threshold out)" -v s="$(value threshold_stderr out)" -v e="$expected" \
		    'BEGIN { exit !(s > 0 && (t - e) / s < 5 && (e - t) / s < 5) }'
		[ "$(value exceedances out)" = 1000 ]
	done <<-'END'
		exponential -6.907755278982137
		pareto -61.245553203367585
		normal -3.090232306167813
	END
	oracle draw uniform 20000 1 > in
	nicestat --method pot:0.001 in > out
	near "$(value threshold out)" -0.999 0.002
}

@test "threshold: a tail that does not fit, or is too small, is refused" {
	{ seq 1 950; seq -100000 -99976; seq -40 -16; } > in
	run -1 --separate-stderr nicestat --method pot:0.001 in
	[[ "$stderr" == "nicestat: in: pot: the tail is not a generalised Pareto tail: the Cramer-von Mises statistic is "* ]]
	[ -z "$output" ]
	refused 1 "nicestat: standard input: pot: 49 exceedances are too few: at least 50 are needed, 1000 numbers for a tail of 0.05" \
	    nicestat --method pot:0.001 < <(seq 1 999)
	refused 1 "nicestat: in: pot: a rate of 0.05 is not within the tail of 0.05" nicestat --method pot:0.05 in
	refused 1 "nicestat: standard input: pot: 0 exceedances are too few: at least 50 are needed, 500 numbers for a tail of 0.1" \
	    nicestat --method pot:0.01:0.1 < <(repeat 3000 1)
}

@test "threshold: states with numbers merge to the serial run, by cmp, for every method" {
	oracle draw normal 3000 9 > in
	printf '%s\n' 0 -0 5e-324 -5e-324 >> in
	mkdir shards
	shuf --random-source=<(yes) in | split -a 3 -n r/50 - shards/
	: > shards/empty
	for shard in shards/*; do nicestat -s -q 0.5 "$shard"; done > states
	nicestat -s /dev/null >> states # of version 1, but of nothing
	nicestat -s --describe in > state
	nicestat -m -s --describe states | cmp state
	nicestat -m -s states > plain
	nicestat -s in | cmp plain
	for options in "-q 0.01,0.5" "--describe --two-sided" "-H 9" "--method mad" "--method conformal --json" "--method pot --describe" "--method quantile" "-k 2"; do
		nicestat $options in > expected
		nicestat -m $options states | cmp expected
		nicestat -m $options < state | cmp expected
	done
	head -1500 in | nicestat -s > left
	tail -n +1501 in | nicestat -s -q 0 > right
	refused 1 "nicestat: left: line 6: the state that ends here does not contain its numbers" nicestat -m -q 0.5 right left
	nicestat -m left right > out
	nicestat in | cmp out
}

@test "threshold: a state whose numbers are not its own is refused, and takes no memory for a promise" {
	local good='nicestat-state\t2\nn\t2\nmin\t1\nmax\t2\nsum\t0x3p0\nsquares\t0x5p0\n1\n2\n'
	bytes "$good" | nicestat -m -q 0.5 > /dev/null
	bad() { # SED MESSAGE
		bytes "$good" | sed "$1" > bad
		refused 1 "nicestat: bad: $2" nicestat -m -q 0.5 bad
		refused 1 "nicestat: bad: $2" nicestat -m bad # where they are not needed, too
	}
	bad '$d' 'line 8: unexpected end of input'
	bad '$s/2/x/' 'line 8: expected a finite number'
	bad '$s/2/inf/' 'line 8: expected a finite number'
	bad '$s/2/0.5/' 'line 8: the numbers of a state must be in ascending order'
	bad '$s/2/3/' 'line 8: the numbers that end here do not match the state'
	bad '$s/2/2 /' 'line 8: expected a finite number'
	bad 's/n\t2/n\t1/' 'line 6: the state that ends here is malformed'
	bad 's/n\t2/n\t3/' 'line 6: the state that ends here is malformed'
	bad 's/n\t2/n\t3/;s/min\t1/min\t0/;s/^1$/0/' 'line 9: unexpected end of input'
	# nearly all of them 0
	bytes "$good" | sed 's/n\t2/n\t18446744073709551615/; s/min\t1/min\t0/; s/^1$/0/' > bad
	case $SANITIZER in ?san) limit=unlimited ;; *) limit=200000 ;; esac # a sanitizer wants its own address space
	run -1 --separate-stderr bash -c "ulimit -v $limit; exec nicestat -m -q 0.5 bad"
	[ "$stderr" = "nicestat: bad: line 9: unexpected end of input" ]
	bytes "$good" | head -c -1 > bad
	refused 1 "nicestat: bad: line 8: unexpected end of input" nicestat -m --describe bad
}
