load helper

# zlib_sizes N: nats of each record of N bytes, as Python's zlib compresses it.
zlib_sizes() {
	python3 -c 'import math, sys, zlib
data, n = sys.stdin.buffer.read(), int(sys.argv[1])
for i in range(0, len(data), n):
    print(repr(len(zlib.compress(data[i:i + n], 9)) * 8 * math.log(2)))' "$1"
}

records() { python3 -c 'import random, sys
r = random.Random(3)
for i in range(40):
    sys.stdout.buffer.write(bytes(r.choices(range(1 + 6 * i), k=96)))'; }

near() { paste - "$1" | awk '{ d = $1 - $2 } NF != 2 || d * d > 1e-18 * $2 * $2 { bad = 1 } END { exit bad || !NR }'; }

@test "rawsize: a zlib stream, for any type and size" {
	records > x
	rawsize -t u8 -d 96 x > got
	zlib_sizes 96 < x > expected
	near expected < got
	[ "$(sort -u got | wc -l)" -gt 10 ]
	rawsize -t u8 -d 8x12 --codec deflate x | cmp - got
	rawsize -d 24 x --any-content | cmp - got # the same bytes as f32
	rawsize -t f64 -d 12 x --any-content | cmp - got
	head -c 300000 /dev/urandom | tee y | rawsize -t u8 -d 300000 > got # more than the room for a piece
	zlib_sizes 300000 < y > expected
	near expected < got
}

@test "rawsize: a PNG file" {
	records > x
	rawsize -t u8 -d 8x12 x > grey
	rawsize -t u8 -d 8x4x3 x > colour
	for i in 0 13 39; do
		head -c $((96 * (i + 1))) x | tail -c 96 > one
		# raw2png knows no filters; its files are of the same kind
		bytes=$(raw2png -t u8 -d 8x12 -c 1 -g 0 one | wc -c)
		size=$(sed -n "$((i + 1))p" grey | awk '{ printf "%.6f", $1 / (8 * log(2)) }')
		awk -v size="$size" -v bytes="$bytes" 'BEGIN { exit !(size == int(size) && size <= 1.3 * bytes && size > 57) }'
	done
	run ! cmp -s grey colour
	# a slope is nearly nothing to the filters
	python3 -c 'import sys; sys.stdout.buffer.write(bytes((x * x // 16 + y * y // 20) % 256 for y in range(64) for x in range(64)))' > ramp
	rawsize -t u8 -d 64x64 ramp | paste - <(rawsize -t u8 -d 4096 ramp) | awk '{ exit !($1 < $2 / 5) }'
	rawsize -t u8 -d 64x64 ramp | cmp - <(rawsize -t u8 -d 64x64 --codec png ramp)
}

@test "rawsize: -b, no records, a record that is cut" {
	records > x
	rawsize -t u8 -d 8x12 -b x | od -An -v -tf8 -w8 | tr -d ' ' > binary
	rawsize -t u8 -d 8x12 x | near binary
	[ -z "$(rawsize -t u8 -d 8x12 /dev/null)" ]
	head -c 200 x > short
	rawsize -t u8 -d 8x12 x | sed -n 1,2p > expected
	ends 1 rawsize -t u8 -d 8x12 short
	says "rawsize: short: record 2 (byte 192): unexpected end of input after 8 of 96 bytes*"
	cmp out expected
}

@test "rawsize: usage" {
	refused 2 "rawsize: missing option -d DIMS" rawsize x
	for odd in "-t u8 -d 96" "-t u8 -d 8x4x4" "-t u8 -d 2x2x2x3" "-d 8x12"; do
		refused 2 "rawsize: --codec png requires -t u8 and a picture, -d HEIGHTxWIDTH or HEIGHTxWIDTHx3" rawsize $odd --codec png x
	done
}
