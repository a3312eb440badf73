load helper

# An oracle that rounds correctly: Python's statistics from 3.11 on.
need_python() {
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "needs python3 >= 3.11"
}

@test "nicestat: ten lines, exact where sums of squares fail" {
	printf '%s\n' 1000000000 1000000001 1000000002 1000000000 1000000001 1000000002 > in
	nicestat in > out
	printf '%s\t%s\n' n 6 mean 1000000001 stdev 0.8944271909999159 min 1000000000 \
	    max 1000000002 method sigma:3 k 3 promised 0.0013498980316300957 \
	    version "$(nicestat --version | cut -d ' ' -f 3)" threshold 999999998.3167185 > expected
	cmp expected out
}

@test "nicestat: mean and stdev are Python's, bit for bit, on random and adversarial streams" {
	need_python
	[ -x "$B/tests/unit/exact_sum" ] || skip "needs make check, which builds tests/unit/exact_sum"
	python3 "$ROOT/tests/oracle/exact_oracle.py" 11000 "${SEED:-1}" streams expected
	[ "$(wc -c < expected)" -eq $((11000 * 16)) ]
	"$B/tests/unit/exact_sum" --streams < streams > out
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
		grep -v -e method -e promised -e version out | cmp "$i.expected" -
		nicestat -k "$(cat "$i.k")" -b "$i.f64" | cmp - out
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

@test "nicestat: CRLF" {
	printf '1\r\n2\r\n4\r\n' | nicestat > out
	printf '1\n2\n4\n' | nicestat | cmp out
	[ "$(value n out)" = 3 ]
}

@test "a last number without its newline may be cut: it is told wherever numbers are read" {
	local cut="line 2 (byte 5): unexpected end of input after '13.': without a newline the number may be incomplete"
	printf '12.5\n13.' > short
	printf '%s\n' 12.5 13. > whole
	refused 1 "nicestat: short: $cut" nicestat short
	refused 1 "nicestat: short: $cut" nicestat short whole
	refused 1 "niceroc: short: $cut" niceroc whole short
	refused 1 "nicethresh: short: $cut" nicethresh -t 1 -p short whole
	run -1 --separate-stderr bash -c 'cat short | nicethresh -t 13'
	[ "$output" = "$(printf '12.5\tanomaly')" ]
	[ "$stderr" = "nicethresh: standard input: $cut" ]
	printf '0\n1' > labels
	run -1 --separate-stderr nicethresh -t 13 --labels labels whole
	[ "${stderr#*: line 2 (byte 2): unexpected end of input after \'1\'}" != "$stderr" ]
	printf '1\n2\r' > cr
	refused 1 "nicestat: cr: line 2 (byte 2): unexpected end of input after '2': without a newline the number may be incomplete" nicestat cr
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

@test "nicestat --skip-nan: the statistics of the others, and how many there were" {
	seq 20000 | awk '{ print } $1 % 7 == 0 { print "nan" }' > mixed
	seq 20000 | nicestat --describe > expected
	run -0 --separate-stderr nicestat --describe --skip-nan mixed
	[ "$output" = "$(cat expected)" ]
	[ "$stderr" = "nicestat: 2857 values are nan and were skipped" ]
	bytes '\0\0\0\0\0\0\xf8\x7f''\0\0\0\0\0\0\0\0''\0\0\0\0\0\0\xf8\xff''\0\0\0\0\0\0\xf0\x3f' > few.f64
	run -0 --separate-stderr nicestat -b --skip-nan few.f64
	[[ $output == "n	2"$'\n'"mean	0.5"* ]]
	[ "$stderr" = "nicestat: 2 values are nan and were skipped" ]
	run -0 --separate-stderr nicestat --skip-nan <<< $'1\n2\nnan'
	[ "$stderr" = "nicestat: 1 value is nan and was skipped" ]
	printf '1\nnan\n-inf\n' > inf
	refused 1 "nicestat: inf: line 3: -inf is not a finite number" nicestat --skip-nan inf
	seq 9 > good
	run -0 --separate-stderr nicestat --skip-nan good
	[ -z "$stderr" ]
	refused 2 "nicestat: -m reads states, which have no nan: --skip-nan does not apply" nicestat -m --skip-nan good
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
	ends 1 nicestat --binary --stdevs=2 /dev/null
	says '*no numbers*'
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

@test "nicestat: quantiles of type 7, in the order asked for, before the threshold" {
	seq 0 100 | shuf --random-source=<(yes) | nicestat -q 0.5,0.01,0,1,0.255 > out
	[ "$(cut -f 1 out | sed 1,5d | tr '\n' ' ')" = "quantile:0.5 quantile:0.01 quantile:0 quantile:1 quantile:0.255 method k promised version threshold " ]
	[ "$(grep quantile out | cut -f 2 | tr '\n' ' ')" = "50 1 0 100 25.5 " ]
	printf '%s\n' -1e308 1e308 | nicestat -k 0 --quantiles 0.5,0.75 > out
	[ "$(grep quantile out | cut -f 2 | tr '\n' ' ')" = "0 5e+307 " ]
	printf '%s\n' -1 0 -0 | nicestat -q 1 | grep -x 'quantile:1	0'
}

@test "nicestat: quantiles are within an ulp of exact fractions of the same definition" {
	need_python
	python3 -c '
import random
random.seed(3)
open("in", "w").write("".join("%r\n" % (random.gauss(0, 1) * 10.0 ** random.randint(-5, 5)) for _ in range(777)))
open("p", "w").write(",".join(["1e-05"] + [repr(random.random()) for _ in range(90)]))'
	nicestat -q "$(cat p)" in > out
	python3 -c '
import math
from fractions import Fraction as F
xs = sorted(map(float, open("in")))
rows = [l[9:].split("\t") for l in open("out") if l.startswith("quantile:")]
assert len(rows) == 91
for p, q in rows:
    h = (len(xs) - 1) * float(p)
    i = int(h)
    exact = F(xs[i]) + (F(h) - i) * (F(xs[i + 1]) - F(xs[i]))
    assert abs(F(float(q)) - exact) <= F(math.ulp(max(abs(xs[i]), abs(xs[i + 1])))), (p, q)'
}

@test "nicestat: quantiles that are none are refused" {
	refused 2 "nicestat: -q: '1.5' is not a number from 0 to 1" nicestat -q 0.5,1.5
	refused 2 "nicestat: -q: '-0.1' is not a number from 0 to 1" nicestat -q -0.1
	refused 2 "nicestat: -q: 'nan' is not a number from 0 to 1" nicestat -q nan
	refused 2 "nicestat: -q: '' is not a number from 0 to 1" nicestat -q 0.5,
	refused 2 "nicestat: -q: '0.50' is given twice" nicestat -q 0.5,0.50
}

@test "nicestat: a calibration with quantiles is one that nicethresh reads" {
	seq 1 10 | nicestat -q 1e-05,0.5 -k 1 > calibration
	seq 1 4 | nicethresh -i -c calibration > out
	printf '%s\n' 0 1 | cmp out
}

@test "nicestat: states of any sharding merge to the serial run, by cmp" {
	need_python
	python3 -c '
import random
random.seed(11)
for i in range(5000):
    print(random.choice([random.gauss(-1900, 60), random.gauss(0, 1) * 10.0 ** random.randint(-320, 300), 0.0, -0.0]))' > in
	nicestat -s in > state
	nicestat in > calibration
	nicestat -m state | cmp calibration
	nicestat -m -s state | cmp state
	mkdir shards
	shuf --random-source=<(yes) in | split -a 4 -n r/300 - shards/
	: > shards/empty
	for shard in shards/*; do
		nicestat -s "$shard"
	done > states
	[ "$(grep -c nicestat-state states)" -eq 301 ]
	nicestat -m states | cmp calibration
	nicestat -m -s < states | cmp state
	head -1200 states | nicestat -ms > left # a tree of two levels
	tail -n +1201 states | nicestat --merge --state > right
	nicestat -m right - < left | cmp calibration
}

@test "nicestat: the state of nothing is an identity, and of all extremes exact" {
	nicestat -s /dev/null > nothing
	printf '%s\t%s\n' nicestat-state 1 n 0 min inf max -inf sum 0x0p0 squares 0x0p0 | cmp nothing
	printf '%s\n' 5e-324 -1.7976931348623157e308 | nicestat -s > extremes
	nicestat -m -s nothing extremes nothing | cmp extremes
	need_python
	python3 -c '
from fractions import Fraction as F
rows = dict(l.split() for l in open("extremes"))
def read(t):
    m, e = t.split("p")
    return int(m, 16) * F(2) ** int(e)
a, b = F(5e-324), F(-1.7976931348623157e308)
assert read(rows["sum"]) == a + b and read(rows["squares"]) == a * a + b * b'
	refused 1 "nicestat: nothing: no numbers: at least two are needed for a stdev" nicestat -m nothing
}

@test "text of all kinds is waited for on a standard input that is non-blocking" {
	waits() { # FILE COMMAND...
		local file=$1
		shift
		"$@" < "$file" > expected
		python3 "$ROOT/tests/cli/nonblock.py" "$file" "$@" | cmp - expected
	}
	seq 0 9 > numbers
	nicestat -s -q 0.5 numbers > state
	nicestat numbers > calibration
	for n in $(seq 10); do echo $((n % 2)); done > labels
	waits numbers nicestat
	waits state nicestat -m -q 0.5
	waits calibration nicethresh -c - numbers
	waits numbers nicethresh -t 3 -p - numbers
	waits labels nicethresh -t 3 --labels - numbers
	waits numbers niceroc - numbers
	waits numbers rawpick --any-content -t u8 -d 1 - numbers
}

@test "nicestat: what is not a state is refused" {
	good='nicestat-state\t1\nn\t2\nmin\t1\nmax\t2\nsum\t0x3p0\nsquares\t0x5p0\n'
	bytes "$good" | nicestat -m > /dev/null
	bad() { # SED MESSAGE
		bytes "$good" | sed "$1" > bad
		refused 1 "nicestat: bad: $2" nicestat -m bad
	}
	broken='line 6: the state that ends here is malformed'
	bad 's/1/9/' "line 1: unsupported state version '9', not 1 to 8"
	bad 's/1/01/' "line 1: unsupported state version '01', not 1 to 8"
	bad 's/^n/m/' "line 1: expected 'nicestat-state', a tab and a value"
	bad '/^n\t/d' "line 2: expected 'n', a tab and a value"
	bad '/squares/d' "line 6: unexpected end of input"
	bad 's/n\t2/n\t-2/' "$broken"
	bad 's/n\t2/n\t18446744073709551616/' "$broken"
	bad 's/n\t2/n\t0/' "$broken"
	bad 's/min\t1/min\t3/' "$broken"
	bad 's/max\t2/max\tnan/' "$broken"
	bad 's/max\t2/max\tinf/' "$broken"
	bad 's/0x3p0/3/' "$broken"
	bad 's/0x3p0/0x3p/' "$broken"
	bad 's/0x3p0/0x3p0 /' "$broken"
	bad 's/0x3p0/0x 3p0/' "$broken"
	bad 's/0x3p0/0xp0/' "$broken"
	bad 's/0x3p0/--0x3p0/' "$broken"
	bad 's/0x3p0/0x3p-1075/' "$broken"
	bad 's/0x3p0/0x3p1087/' "$broken"
	bad 's/0x3p0/0x3p99999/' "$broken"
	bad 's/0x5p0/0x3p9223372036854775807/' "$broken"
	bad 's/0x3p0/0x3p1500/;s/0x5p0/0x9p3000/' "$broken"
	bad 's/0x5p0/0x9p4200/' "$broken"
	bad 's/0x5p0/-0x5p0/' "$broken"
	bad 's/0x5p0/0x1p2/' "$broken" # 2 * 4 < 3^2
	bad 's/0x5p0/0x29p-2/;s/0x3p0/0x9p-1/' "$broken" # a mean of 2.25
	bad 's/0x5p0/0x9p0/' "$broken" # a stdev of 2.1
	bad 's/0x5p0/0x15p-2/' "$broken" # a stdev within the range, but not that of 1 and 2
	bad 's/n\t2/n\t02/' "$broken"
	bad 's/0x3p0/0x6p-1/' "$broken" # not odd
	bad 's/0x3p0/0x03p0/' "$broken"
	bad 's/0x3p0/0x3p-0/' "$broken"
	bad 's/0x3p0/0x3p00/' "$broken"
	bad 's/0x3p0/0x0p1/' "$broken"
	bad 's/$/\r/' "line 1: unsupported state version '1?', not 1 to 8"
	bytes "$good" | head -c -1 > bad
	refused 1 "nicestat: bad: line 6: unexpected end of input" nicestat -m bad
	{ bytes "$good"; printf 'junk'; } > bad
	refused 1 "nicestat: bad: line 7: unexpected end of input" nicestat -m bad
	: > bad
	refused 1 "nicestat: bad: no state found" nicestat -m bad
	refused 1 "nicestat: standard input: line 1: more than 65535 bytes in a line" nicestat -m < /dev/zero
	bytes "$good" | sed 's/0x3p0/0x3p0\x00/' > bad
	refused 1 "nicestat: bad: line 5: NUL byte" nicestat -m bad
	bytes "$good" | sed 's/n\t2/n\t18446744073709551615/;s/min\t1/min\t0/' > many
	python3 "$ROOT/tests/oracle/state_oracle.py" "${CASES:-300}" 1
	refused 1 "nicestat: many: more than 2^64 numbers" nicestat -m many many
	refused 2 "nicestat: -m reads text: -b does not apply" nicestat -b -m many
	refused 2 "nicestat: -s and --json are mutually exclusive" nicestat --json -s many
}

# digest MODEL: what nicestat notes of it.
digest() { seq 1 3 | nicestat --model "$1" | awk '$1 == "model" { print $2 }'; }

@test "nicestat --model: the digest is that of nicemodel(5)" {
	local fixtures=$ROOT/tests/fixtures
	python3 "$fixtures/make_model.py" 6 5 2 2 1 > m
	[ "$(digest m)" = "$(python3 "$ROOT/tests/oracle/model_digest.py" m)" ]
	pt2nice "$fixtures/tiny.pt" > tiny
	[ "$(digest tiny)" = "$(python3 "$ROOT/tests/oracle/model_digest.py" tiny)" ]
	[ "$(digest "$fixtures/tiny.pt")" = "$(digest tiny)" ]
	pt2nice --mask-config 0 "$fixtures/tiny.pt" > other # the same parameters, read the other way round
	[ "$(digest other)" = "$(python3 "$ROOT/tests/oracle/model_digest.py" other)" ]
	[ "$(digest other)" != "$(digest tiny)" ]
	seq 1 3 > numbers
	nicestat --model m numbers > expected
	nicestat --model - numbers < m | cmp - expected
	seq 1 60 | awk '{ print $1 * 0.7 % 1 "," $1 * 0.3 % 1 }' | csv2raw --no-header -w s > x
	nicetrain -q --kind vae -d 2 --latent 2 --mid 4 --epochs 1 -o v x
	[ "$(digest v)" = "$(python3 "$ROOT/tests/oracle/model_digest.py" v)" ]
}

@test "nicestat --model: neither the order of tensors, nor a baseline, nor notes change the digest" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	python3 - <<'END'
import json, struct
data = open("m", "rb").read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
notes, body = header.pop("__metadata__", {}), data[8 + length:]
notes.pop("crc32", None)
def write(path, change=lambda name, bytes: bytes, extra=()):
    out, blob = {"__metadata__": dict(notes, origin="elsewhere")}, b""
    tensors = [(n, t["dtype"], t["shape"], change(n, body[slice(*t["data_offsets"])])) for n, t in header.items()]
    for name, dtype, shape, bytes in list(extra) + tensors[::-1]:
        out[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(blob), len(blob) + len(bytes)]}
        blob += bytes
    text = json.dumps(out).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + blob)
write("turned", extra=[("baseline", "F32", [6], bytes(24))])
write("bit", lambda n, b: bytes([b[0] ^ 1]) + b[1:] if n == "scaling.scale" else b)
END
	[ -n "$(digest m)" ]
	[ "$(digest turned)" = "$(digest m)" ]
	[ "$(digest bit)" != "$(digest m)" ]
}

@test "nicestat --model: states of one model merge to the serial run; those of others are refused" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 2 > n
	seq 1 40 > all
	head -n 15 all | nicestat -s --model m > a
	tail -n +16 all | nicestat -s --model m > b
	nicestat --model m all > serial
	nicestat -m a b | cmp - serial
	nicestat -m --model m b a | cmp - serial
	seq 1 40 | nicestat -s -q 0.5 --model m > kept
	nicestat -m -q 0.5 kept | cmp - <(nicestat -q 0.5 --model m all)
	nicestat -s < /dev/null > none
	nicestat -m none a none b | cmp - serial # nobody's numbers, of which there are none
	head -n 3 all | nicestat -s > unknown
	nicestat -s --model n all > other
	nicestat -s --model m --precision bf16 all > reduced
	local of_m of_n
	of_m="model $(digest m), precision f32" of_n="model $(digest n), precision f32"
	refused 1 "nicestat: other: the state that ends in line 8: a state of $of_n, after one of $of_m: they do not merge" \
	    nicestat -m a other
	refused 1 "nicestat: a: the state that ends in line 8: a state of $of_m, after one of $of_n: they do not merge" \
	    nicestat -m none other a
	refused 1 "nicestat: reduced: the state that ends in line 8: a state of ${of_m/f32/bf16}, after one of $of_m: they do not merge" \
	    nicestat -m a reduced
	refused 1 "nicestat: unknown: the state that ends in line 6: a state of no model, after one of $of_m: they do not merge" \
	    nicestat -m a unknown
	refused 1 "nicestat: a: its states are of $of_m, but --model is $of_n" nicestat -m --model n a
	nicestat -m --model m unknown | grep "^model.$(digest m)$" # the word of the user
	sed 's/^model.\(.*\).$/model\t\1/' a > bad
	refused 1 "nicestat: bad: line 2: expected the digest of a model" nicestat -m bad
	sed 's/^precision.f32/precision\tF32/' a > bad
	refused 1 "nicestat: bad: line 3: expected a precision" nicestat -m bad
	refused 2 "nicestat: --precision requires --model" nicestat --precision bf16 all
	refused 2 "nicestat: -H cannot be combined with other statistics" nicestat -H 2 --model m all
	refused 1 "nicestat: all: neither safetensors nor a PyTorch file: it starts with the byte 0x31" nicestat --model all all
}

# ten: numbers.all, and its shards 1.state to 10.state, two of which are empty.
ten() {
	seq 0.25 0.25 20 > numbers.all
	for i in 1 2 3 4 5 6 7 8; do
		sed -n "$((i * 10 - 9)),$((i * 10))p" numbers.all | nicestat -s "$@" --shard $i/10 > $i.state
	done
	nicestat -s "$@" --shard 9/10 /dev/null > 9.state
	nicestat -s "$@" --shard 10/10 /dev/null > 10.state
}

@test "nicestat --shard: all shards are the whole run, whatever their order and the tree of merges" {
	ten
	nicestat numbers.all > serial
	nicestat -s numbers.all > state
	nicestat -m {1,2,3,4,5,6,7,8,9,10}.state | cmp - serial
	nicestat -m {9,3,10,4,2,1,8,7,6,5}.state | cmp - serial
	nicestat -m -s {9,3,10,4,2,1,8,7,6,5}.state | cmp - state # no shards are left to be named
	nicestat -m -s {1,3,2,7}.state > a
	head -n 4 a | cmp - <(printf '%s\t%s\n' nicestat-state 5 shards 10 shard 1-3 shard 7)
	nicestat -m -s {5,4,10}.state > b
	nicestat -m -s - b < a > c
	grep ^shard c | cmp - <(printf '%s\t%s\n' shards 10 shard 1-5 shard 7 shard 10)
	nicestat -m -s c | cmp - c
	nicestat -m 9.state c {6,8}.state | cmp - serial
	nicestat -s < /dev/null > nothing
	nicestat -m nothing 9.state nothing c nothing {6,8}.state | cmp - serial
	nicestat -s --shard 1/1 numbers.all | cmp - state
	cat {1,2,3,4,5,6,7,8,9,10}.state > together
	nicestat -m < together | cmp - serial
	ten -q 0.5
	nicestat -m -s -q 0.5 {1,2,3,4,6,7}.state > a
	[ "$(head -n 1 a)" = $'nicestat-state\t6' ]
	nicestat -m -q 0.5 {8,9,10,5}.state a | cmp - <(nicestat -q 0.5 numbers.all)
	nicestat -m {8,9,10,5}.state a | cmp - serial
	for i in 1 2 3; do
		split -n r/$i/3 numbers.all | nicestat -s -q 0.5 --shard $i/3
	done | nicestat -m -H 3 | cmp - <(nicestat -H 3 numbers.all)
}

@test "nicestat --shard: with a model, too" {
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	ten --model m
	nicestat -m -s {9,2,3}.state > some
	head -n 6 some | cmp - <(printf '%s\t%s\n' nicestat-state 7 model "$(digest m)" precision f32 shards 10 shard 2-3 shard 9)
	nicestat -m {1,4,5,6,7,8,10}.state some | cmp - <(nicestat --model m numbers.all)
	nicestat -s --shard 2/2 /dev/null > none # an empty shard need not know the model
	nicestat -s --shard 1/2 --model m numbers.all > all
	nicestat -m none all | cmp - <(nicestat --model m numbers.all)
	nicestat -m all none | cmp - <(nicestat --model m numbers.all)
}

@test "nicestat --shard: a set that is not whole, or has one twice, is refused by its numbers" {
	ten
	refused 1 "nicestat: missing shards 3, 6-9 of 10" nicestat -m {1,2,4,5,10}.state
	refused 1 "nicestat: missing shard 10 of 10" nicestat -m {1,2,3,4,5,6,7,8,9}.state
	refused 1 "nicestat: missing shards 2-10 of 10" nicestat -m 1.state
	refused 1 "nicestat: missing shards 1-8, 10 of 10" nicestat -m -k 2 9.state
	refused 1 "nicestat: duplicate shard 2 of 10: twice in 2.state" nicestat -m {1,2,3,4,5,6,7,8,9,10,2}.state
	cp 2.state again
	refused 1 "nicestat: duplicate shard 2 of 10: in 2.state and in again" nicestat -m again {1,2}.state
	refused 1 "nicestat: duplicate shard 2 of 10: in 2.state and in standard input" nicestat -ms {1,2}.state - < again
	nicestat -m -s {2,3,4,7}.state > part
	nicestat -m -s {3,4,5}.state > part2
	refused 1 "nicestat: duplicate shards 3-4 of 10: in part and in part2; duplicate shard 7 of 10: in 7.state and in part" \
		nicestat -m -s part 7.state part2
	nicestat -s --shard 3/4 numbers.all > other
	refused 1 "nicestat: other: the state that ends in line 8: a shard of 4, after one of 10: they do not merge" nicestat -m 3.state other
	nicestat -s numbers.all > plain
	refused 1 "nicestat: plain: the state that ends in line 6: a state that names no shard, after one that names its shard: they do not merge" \
		nicestat -m -s 3.state plain
	refused 1 "nicestat: 3.state: the state that ends in line 8: a state that names its shard, after one that names no shard: they do not merge" \
		nicestat -m plain 3.state
	for i in $(seq 1 2 999); do nicestat -s --shard "$i/1001" /dev/null; done > many
	run -1 nicestat -m many
	[[ $output == "nicestat: missing shards 2, 4, 6, "*", ... of 1001" ]]
	[ ${#output} -lt 1100 ]
	refused 2 "nicestat: --shard requires -s" nicestat --shard 1/2 numbers.all
	refused 2 "nicestat: -m reads states, which name their shards: --shard does not apply" nicestat -m -s --shard 1/2 1.state
}

@test "nicestat --shard: sets that nobody writes are refused" {
	printf '%s\t%s\n' nicestat-state 5 shards 10 shard 2-3 shard 5 n 0 min inf max -inf sum 0x0p0 squares 0x0p0 > good
	nicestat -m -s good | cmp - good
	bad() { # SED MESSAGE
		sed "$1" good > bad
		refused 1 "nicestat: bad: $2" nicestat -m bad
	}
	local range='expected a shard, or a range of some, after those before'
	bad '/^shard\t/d' "line 3: expected 'shard', a tab and a value"
	bad '/^shards/d' "line 2: expected 'shards', a tab and a value"
	bad 's/^shards.*/shards\t4294967296/' "line 2: expected a count of at most 4294967295"
	bad 's/^shards.*/shards\t0/' "line 3: $range"
	bad 's/^shards.*/shards\t4/' "line 4: $range"
	bad 's/2-3/0/' "line 3: $range"
	bad 's/2-3/2-2/' "line 3: $range"
	bad 's/2-3/3-2/' "line 3: $range"
	bad 's/2-3/2-/' "line 3: $range"
	bad 's/2-3/-3/' "line 3: $range"
	bad 's/2-3/2-3-4/' "line 3: $range"
	bad 's/2-3/2-4/' "line 4: $range" # 5 follows it
	bad 's/2-3/2-11/' "line 3: $range"
	bad 's/2-3/2-5/' "line 4: $range"
	bad 's/2-3/6/' "line 4: $range"
	bad 's/2-3/99999999999999999999999999/' "line 3: $range"
	bad 's/2-3/1-10/;/\t5$/{/^shard/d}' "line 3: expected fewer shards than there are"
	sed 1q good > bad
	refused 1 "nicestat: bad: line 2: unexpected end of input" nicestat -m bad
	sed 3q good > bad
	refused 1 "nicestat: bad: line 4: unexpected end of input" nicestat -m bad
}
