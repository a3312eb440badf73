load helper

# f32 NUMBER...
f32() { python3 -c 'import struct, sys
sys.stdout.buffer.write(b"".join(struct.pack("<f", float(v)) for v in sys.argv[1:]))' "$@"; }

@test "nicewhy: the greatest in magnitude, by element" {
	f32 1 -41.2 3 0.5  0 0 0 -0.001 > x
	nicewhy -d 4 x | cmp - <(printf '1:-41.2\t2:3\t0:1\n3:-0.001\t0:0\t1:0\n')
	nicewhy -d 2x2 -n 1 x | cmp - <(printf '1:-41.2\n3:-0.001\n')
	nicewhy -d 4 -n 9 x | cmp - <(printf '1:-41.2\t2:3\t0:1\t3:0.5\n3:-0.001\t0:0\t1:0\t2:0\n')
	nicewhy -d 1 -n 1 x | sed -n 1,3p | cmp - <(printf '0:1\n0:-41.2\n0:3\n')
}

@test "nicewhy: of equals the first, NaN and infinities before all numbers" {
	f32 3 -3 3 nan 9 -inf > x
	nicewhy -d 6 -n 6 x | cmp - <(printf '3:nan\t5:-inf\t4:9\t0:3\t1:-3\t2:3\n')
	f32 -0 0 > x
	nicewhy -d 2 x | cmp - <(printf '0:0\t1:0\n')
	f32 -nan 1 > x
	nicewhy -d 2 x | cmp - <(printf '0:nan\t1:1\n')
}

@test "nicewhy: numbers read back to the same float32" {
	python3 -c 'import random, struct
random.seed(2)
bits = [random.getrandbits(32) & 0xff7fffff for _ in range(5000)] + [1, 0x7fffff, 0x800000, 0x7f7fffff]
open("x", "wb").write(struct.pack("<%dI" % len(bits), *bits))'
	nicewhy -d 1 x > out
	python3 -c 'import struct
x = struct.unpack("<5004f", open("x", "rb").read())
for v, line in zip(x, open("out"), ):
    text = line.split(":")[1].strip()
    assert struct.pack("<f", float(text)) == struct.pack("<f", v), (v, text)
    digits = text.split("e")[0].replace("-", "").replace(".", "").strip("0")
    assert len(digits) <= 9'
}

@test "nicewhy: -d is needed, and records are whole" {
	ends 2 nicewhy x
	misused 'nicewhy: missing option -d DIMS or -s SCHEMA'
	f32 1 2 3 > x
	ends 1 nicewhy -d 2 x
	says 'nicewhy: x: record 1 (byte 8): unexpected end of input*'
	[ "$(cat out)" = $'1:2\t0:1' ]
}

@test "nicewhy: columns by name, levels and gaps added up" {
	printf '%s\n' 'temp,si:te,x' 20.5,a,1 21,b,2 20,,1 ,b,5 > t.csv
	csv2raw -w schema t.csv > rows
	D=$(awk '/^elements/ { print $2 }' schema)
	f32 $(seq 1 "$D") > x
	nicewhy -s schema -n 9 x > named
	cat schema
	sum() { seq "$1" "$2" | awk '{ s += $1 } END { print s }'; }
	# temp and its gap, then the levels of si:te, with those of gaps and others, then x
	printf 'si:te:%d\tx:%d\ttemp:3\n' "$(sum 3 $((D - 1)))" "$D" | cmp - named
	f32 0.1 -0.1 0 0 > odd
	ends 1 nicewhy -s schema odd
	says "nicewhy: odd: record 0 (byte 0): unexpected end of input*; the schema makes records of $D elements"
	ends 2 nicewhy -s schema -d 4 x
	misused 'nicewhy: -d and -s are mutually exclusive'
	ends 2 nicewhy -s - -
	misused 'nicewhy: *'
	ends 1 nicewhy -s t.csv x
	says 'nicewhy: t.csv: *'
	nicewhy -s schema -n 9 - < x | cmp - named
}

# Columns that are sums of others: the broken one is named, where the latents, of which each is a sum of
# several columns, name another. Measured: path 98 of 100, replace 89, |z| 34.
@test "nicewhy: the column that was broken is named" {
	python3 -c 'import random, struct
random.seed(4)
def row():
    a, b = random.gauss(0, 1), random.gauss(0, 1)
    return [a, b, a + random.gauss(0, 0.1), b - a + random.gauss(0, 0.1), a + b + random.gauss(0, 0.1), random.gauss(0, 1)]
rows = [row() for _ in range(4000)]
broken = [row() for _ in range(100)]
for i, r in enumerate(broken):
    r[i % 6] += random.choice([-8, 8])
def write(name, rows): open(name, "wb").write(b"".join(struct.pack("<6f", *r) for r in rows))
write("rows", rows)
write("broken", broken)
write("mean", [[sum(r[j] for r in rows) / 4000 for j in range(6)]])'
	nicetrain -q -d 6 -o m --mid 64 --hidden 2 --couplings 4 --epochs 30 --batch 64 --lr 3e-3 --noise 0.05 -S 1 rows
	named() { awk '{ split($0, a, ":"); right += a[1] == (NR - 1) % 6 } END { print right + 0 }'; }
	path=$(niceflow -m m --attribute path --baseline mean broken | nicewhy -d 6 -n 1 | named)
	replace=$(niceflow -m m --attribute replace --baseline mean broken | nicewhy -d 6 -n 1 | named)
	latents=$(niceflow -m m -z broken | nicewhy -d 6 -n 1 | named)
	echo "path $path, replace $replace, latents $latents"
	[ "$path" -ge 90 ]
	[ "$replace" -ge 75 ]
	[ "$latents" -lt 60 ]
}
