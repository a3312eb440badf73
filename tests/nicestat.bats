load helper

# An oracle that rounds correctly: Python's statistics from 3.11 on.
need_python() {
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "needs python3 >= 3.11"
}

# value NAME FILE: of a calibration.
value() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$2"; }

# refused STATUS MESSAGE COMMAND...: prints nothing but that message.
refused() {
	local status=$1 message=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "$message" ]
}

@test "nicestat: seven lines, exact where sums of squares fail" {
	printf '%s\n' 1000000000 1000000001 1000000002 1000000000 1000000001 1000000002 > in
	nicestat in > out
	printf '%s\t%s\n' n 6 mean 1000000001 stdev 0.8944271909999159 min 1000000000 \
	    max 1000000002 k 3 threshold 999999998.3167185 > expected
	cmp expected out
}

@test "nicestat: mean and stdev are Python's, bit for bit, on random and adversarial streams" {
	need_python
	[ -x "$B/tests/unit_exact" ] || skip "needs make check, which builds unit_exact"
	python3 "$ROOT/tests/exact_oracle.py" 11000 "${SEED:-1}" streams expected
	[ "$(wc -c < expected)" -eq $((11000 * 16)) ]
	"$B/tests/unit_exact" --streams < streams > out
	cmp expected out
}

@test "nicestat: every line of a calibration is Python's, from text and from f64" {
	need_python
	python3 -c '
import random, statistics, struct
random.seed(5)
for i in range(30):
    xs = [random.gauss(-1900, 10.0 ** random.randint(-3, 3)) for _ in range(random.randint(2, 3000))]
    k = random.choice([0, 1.5, 3, -2])
    open("%d.txt" % i, "w").write("".join("%r\n" % x for x in xs))
    open("%d.f64" % i, "wb").write(struct.pack("<%dd" % len(xs), *xs))
    open("%d.k" % i, "w").write(str(k))
    m, s = statistics.mean(xs), statistics.stdev(xs)
    rows = {"n": len(xs), "mean": m, "stdev": s, "min": min(xs), "max": max(xs), "k": k,
            "threshold": m - k * s}
    open("%d.expected" % i, "w").write("".join("%s\t%r\n" % r for r in rows.items()))
'
	for i in $(seq 0 29); do
		nicestat -k "$(cat "$i.k")" "$i.txt" > out
		cmp "$i.expected" out
		nicestat -k "$(cat "$i.k")" -b "$i.f64" > out
		cmp "$i.expected" out
	done
}

@test "nicestat: the order of the numbers and their division into files do not show" {
	seq -f '%.17g' -1.1 0.0137 40 > in
	printf '%s\n' 1e300 -1e300 1e-300 -0 0 >> in
	nicestat in > expected
	for seed in 1 2 3 4 5; do
		shuf --random-source=<(yes $seed) in > shuffled
		nicestat < shuffled | cmp expected
		split -n l/7 shuffled part.
		nicestat part.aa - part.a[c-g] < part.ab | cmp expected
	done
}

@test "nicestat: zeros have no sign in min and max, whichever comes first" {
	printf '0\n-0\n' | nicestat > a
	printf -- '-0\n0\n' | nicestat > b
	cmp a b
	[ "$(value min a)" = 0 ]
	[ "$(value max a)" = 0 ]
}

@test "nicestat: the threshold can be computed again from the lines above it" {
	need_python
	seq 1 7 | nicestat -k 2.7 > out
	[ "$(python3 -c 'print(float("'"$(value mean out)"'") - 2.7 * float("'"$(value stdev out)"'"))')" = "$(value threshold out)" ]
}

@test "nicestat: CRLF and a missing last newline" {
	printf '1\r\n2\r\n4' | nicestat > out
	printf '1\n2\n4\n' | nicestat | cmp out
	[ "$(value n out)" = 3 ]
}

@test "nicestat: fewer than two numbers are refused, an empty input among them" {
	: > empty
	echo 1 > one
	refused 1 "nicestat: empty: no numbers: at least two are needed for a stdev" nicestat empty
	refused 1 "nicestat: one: only one number: at least two are needed for a stdev" nicestat one
	refused 1 "nicestat: no numbers: at least two are needed for a stdev" nicestat empty empty
	nicestat one one > out
	[ "$(value stdev out)" = 0 ]
}

@test "nicestat: NaN and infinity are refused by file and line, or record" {
	printf '1\n2\nnan\n4\n' > nan
	printf '1\n-inf\n' > inf
	printf '1\n1e309\n' > huge
	bytes '\0\0\0\0\0\0\0\0''\0\0\0\0\0\0\xf0\x7f' > inf.f64
	seq 1 9 > good
	refused 1 "nicestat: nan: line 3: nan is not a finite number" nicestat good nan
	refused 1 "nicestat: inf: line 2: -inf is not a finite number" nicestat inf
	refused 1 "nicestat: huge: line 2: inf is not a finite number" nicestat huge
	refused 1 "nicestat: inf.f64: record 1 (byte 8): inf is not a finite number" nicestat -b inf.f64
}

@test "nicestat: what is not a number is refused by file, line and byte" {
	printf '1\n2\nabc\n' > bad
	refused 1 "nicestat: bad: line 3 (byte 4): 'abc' is not a number" nicestat bad
	bytes '\0\0\0\0\0\0\0\0\0\0\0' > short
	refused 1 "nicestat: short: record 1 (byte 8): unexpected end of input after 3 of 8 bytes" nicestat -b short
	refused 1 "nicestat: missing: cannot open: No such file or directory" nicestat missing
	refused 1 "nicestat: .: cannot read: Is a directory" nicestat .
	seq 1 100000 > good
	echo >> good
	refused 1 "nicestat: good: line 100001 (byte 588895): an empty line is not a number" nicestat good
}

@test "nicestat: what is beyond the doubles is refused" {
	printf '1.7e308\n-1.7e308\n' > wide
	refused 1 "nicestat: wide: the stdev is beyond the range of a double" nicestat wide
	printf '1e308\n-1e308\n' > wide
	refused 1 "nicestat: wide: the threshold is beyond the range of a double" nicestat wide
	nicestat -k 1 wide > out
	[ "$(value stdev out)" = 1.4142135623730951e+308 ]
}

@test "nicestat: options" {
	refused 2 "nicestat: -k: 'nan' is not a finite number" nicestat -k nan
	refused 2 "nicestat: -k: '3x' is not a finite number" nicestat -k 3x
	refused 2 "nicestat: unrecognized option '--nonsense'" nicestat --nonsense
	seq 1 5 > in
	nicestat --stdevs 2 in > a
	nicestat -k 2 in | cmp a
	nicestat --binary --stdevs=2 /dev/null 2>&1 | grep -q 'no numbers'
}

@test "nicestat: a full disk and a closed output are told" {
	seq 1 5 > in
	run -1 --separate-stderr bash -c 'nicestat in > /dev/full'
	[ "$stderr" = "nicestat: standard output: cannot write: No space left on device" ]
	run -1 bash -c 'nicestat in >&-'
}

@test "nicestat: one byte at a time is the same" {
	seq -f '%.17g' 0.1 0.37 20 > in
	nicestat in > expected
	dd if=in obs=1 status=none | nicestat | cmp expected
}
