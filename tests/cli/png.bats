load helper

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/good" "$BATS_FILE_TMPDIR/hostile"
	(cd "$BATS_FILE_TMPDIR/good" && python3 "$ROOT/tests/fixtures/png.py" good)
	(cd "$BATS_FILE_TMPDIR/hostile" && python3 "$ROOT/tests/fixtures/png.py" hostile > messages)
}

setup() {
	good=$BATS_FILE_TMPDIR/good
	hostile=$BATS_FILE_TMPDIR/hostile
}

# all_of PATTERN N: the pictures, N at least, become the records that an independent writer computed.
all_of() {
	local size type pictures n=0
	cd "$good" || return
	for size in $(printf '%s\n' $1.png | sed -E 's/.*(-|[a-z])([0-9x]+).png$/\2/' | sort -u); do
		# shellcheck disable=SC2206 # a pattern, to become the names of pictures
		pictures=($1$size.png)
		for type in u8 f32 f64; do
			png2raw -t $type "${pictures[@]}" | cmp - <(cat "${pictures[@]/%.png/.$type}")
		done
		n=$((n + ${#pictures[@]}))
	done
	[ $n -ge "$2" ]
}

@test "png2raw: grey of 1, 2, 4, 8, 16 bits, plain and interlaced" { all_of 'grey[0-9]*' 80; }
@test "png2raw: palettes of 1, 2, 4, 8 bits, with and without opacity" { all_of 'palette*' 64; }
@test "png2raw: red, green and blue, with a transparent colour, too" { all_of 'rgb[0-9]*' 32; }
@test "png2raw: an opacity for each pixel" { all_of '*a*' 32; }
@test "png2raw: all 8-bit and all 16-bit greys" { all_of 'ramp*' 2; }

@test "png2raw: what a u8 pixel becomes is what idx2raw makes of it" {
	{ bytes '\0\0\x08\3'; be32 1; be32 16; be32 16; cat "$good/ramp8.u8"; } > x.idx
	idx2raw x.idx | cmp - <(png2raw "$good/ramp8.png")
	idx2raw -t f64 x.idx | cmp - <(png2raw -t f64 "$good/ramp8.png")
}

@test "png2raw: standard input, and several files" {
	cd "$good"
	png2raw -t u8 < grey8-7x13.png | cmp - grey8-7x13.u8
	png2raw -t u8 rgb8-7x13.png - rgba16i-7x13.png < grey8-7x13.png |
		cmp - <(cat rgb8-7x13.u8 grey8-7x13.u8 rgba16i-7x13.u8)
	{ head -c 50 grey8-7x13.png; sleep 0.2; tail -c +51 grey8-7x13.png; } | png2raw -t u8 | cmp - grey8-7x13.u8
}

@test "png2raw: a file does not take the place of a closed standard input" {
	run -1 --separate-stderr bash -c 'png2raw -t u8 "$0" - <&- > out' "$good/ramp8.png"
	[ "$stderr" = "png2raw: standard input: cannot read: Bad file descriptor" ]
	cmp out "$good/ramp8.u8"
}

@test "png2raw: one size; the records before another one are written" {
	cd "$good"
	run -1 --separate-stderr bash -c 'png2raw -t u8 grey8-7x13.png grey8-9x5.png grey8-7x13.png > "$0"' "$BATS_TEST_TMPDIR/out"
	[ "$stderr" = "png2raw: grey8-9x5.png: the picture is 9x5 (height x width), not 7x13" ]
	cmp "$BATS_TEST_TMPDIR/out" grey8-7x13.u8
	png2raw -t u8 -d 7x13 grey8-7x13.png | cmp - grey8-7x13.u8
	run -1 --separate-stderr png2raw --dims 13x7 grey8-7x13.png
	[ "$stderr" = "png2raw: grey8-7x13.png: the picture is 7x13 (height x width), not 13x7" ]
	[ -z "$output" ]
	run -1 --separate-stderr bash -c 'png2raw -t u8 grey8-7x13.png nowhere.png > "$0"' "$BATS_TEST_TMPDIR/out"
	[ "$stderr" = "png2raw: nowhere.png: cannot open: No such file or directory" ]
	cmp "$BATS_TEST_TMPDIR/out" grey8-7x13.u8
}

@test "png2raw: hostile files are one line, status 1, and little memory" {
	local name message limit=60000
	case $SANITIZER in asan) limit=unlimited ;; esac
	limited() { (ulimit -v $limit && exec "$@"); }
	cp "$good/ramp8.u8" expected
	while read -r name message; do
		if [[ $message == "? "* ]] && png2raw "$hostile/$name.png" > /dev/null 2>&1; then message=; fi
		message=${message#"? "}
		if [ -z "$message" ]; then
			limited png2raw -t u8 "$hostile/$name.png" | cmp - expected
			continue
		fi
		ends 1 limited png2raw -t u8 "$good/ramp8.png" "$hostile/$name.png"
		says "png2raw: $hostile/$name.png: *$message*"
		cmp out expected
	done < "$hostile/messages"
}

@test "png2raw: a file cut at any byte is an error" {
	cuts "$good/palette4ti-7x13.png" cut
	for file in cut/*; do
		ends 1 png2raw "$file"
		says "png2raw: $file: unexpected end of the PNG file"
		nothing
	done
}

# Noise in every byte: whatever comes out, it is an error of one line.
@test "png2raw: a file damaged at any byte" {
	damages "$good/rgb8ti-3x2.png" damaged
	for file in damaged/*; do
		ends 1 png2raw "$file"
		says "png2raw: $file: *"
	done
}

@test "png2raw: usage, lost output" {
	local args
	while read -r args; do
		run -2 --separate-stderr png2raw $args
		[ "${stderr_lines[1]}" = "Try 'png2raw --help'." ]
	done <<-END
		-t i8
		-d 28
		-d 28x28x3
		-d 0x28
		-Z
	END
	run -1 --separate-stderr bash -c 'png2raw "$0" > /dev/full' "$good/ramp16.png"
	[ "$stderr" = "png2raw: standard output: cannot write: No space left on device" ]
	run -0 --separate-stderr bash -c 'png2raw "$0" | head -c 1 > x; [ "${PIPESTATUS[0]}" -eq 141 ]' "$good/ramp16.png"
	[ -z "$stderr" ]
}

# sheet HEIGHT WIDTH COLUMNS GAP : the pixels that a contact sheet of the u8 records on standard
# input must have.
sheet() { python3 "$ROOT/tests/fixtures/sheet.py" "$@"; }

@test "raw2png: records side by side, row by row" {
	local n columns gap
	head -c 240 "$good/ramp8.u8" > data
	mkdir got expected
	for n in 0 1 2 3 4 7 40; do
		head -c $((6 * n)) data > part
		for columns in 1 3 10 4000000000; do
			for gap in 0 1 2 5; do
				raw2png -t u8 -d 3x2 -c $columns -g $gap part > sheet.png
				png2raw -t u8 sheet.png > got/$n-$columns-$gap
			done
		done
	done
	for n in 0 1 2 3 4 7 40; do
		head -c $((6 * n)) data | sheet 3 2 1,3,10,4000000000 0,1,2,5 "expected/$n"
	done
	[ "$(ls got | wc -l)" -eq 112 ]
	diff -r got expected
	raw2png -t u8 -d 3x2 data > sheet.png
	png2raw -t u8 sheet.png | cmp - <(sheet 3 2 10 2 < data)
	# width, height, depth 8, grey, deflate, filters, not interlaced
	head -c 29 sheet.png | tail -c 13 | cmp - <(be32 42; be32 22; bytes '\x08\0\0\0\0')
}

@test "raw2png: there and back" {
	raw2png -g 0 -n 1 -t u8 -d 16x16 "$good/ramp8.u8" > x.png
	png2raw -t u8 x.png | cmp - "$good/ramp8.u8"
	for type in f32 f64; do
		raw2png -g 0 -n 1 -t $type -d 16x16 "$good/ramp8.$type" | cmp - x.png
		png2raw -t $type x.png | cmp - "$good/ramp8.$type"
	done
}

@test "raw2png: values are clamped and rounded, NaN is black" {
	python3 -c 'import struct, sys
v = [-1e30, -0.0, 0.4999 / 255, 0.5001 / 255, 1 / 255, 254.4999 / 255, 254.5001 / 255, 1, 1.5,
     float("inf"), -float("inf"), float("nan"), 5e-324]
sys.stdout.buffer.write(struct.pack("<13d", *v))' > data
	raw2png -t f64 -d 1x13 -g 0 data | png2raw -t u8 | cmp - <(bytes '\0\0\0\1\1\xfe\xff\xff\xff\xff\0\0\0')
}

# pixels FILE: what a PNG of 8-bit RGB holds, by nothing but zlib; a line a pixel.
pixels() {
	python3 -c 'import struct, sys, zlib
data, at, idat = open(sys.argv[1], "rb").read(), 8, b""
while at < len(data):
    n, kind = struct.unpack(">I4s", data[at:at + 8])
    if kind == b"IHDR": w, h, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
    if kind == b"IDAT": idat += data[at + 8:at + 8 + n]
    at += 12 + n
assert (depth, colour) == (8, 2)
rows = zlib.decompress(idat)
for y in range(h):
    row = rows[y * (3 * w + 1):(y + 1) * (3 * w + 1)]
    assert row[0] == 0
    for x in range(w): print(*row[1 + 3 * x:4 + 3 * x])' "$1"
}

@test "raw2png: --range stretches" {
	python3 -c 'import struct; open("x", "wb").write(struct.pack("<5d", -4, -2, 0, 2, 9))'
	raw2png -t f64 -d 1x5 -g 0 --range -2:2 x | png2raw -t u8 | cmp - <(bytes '\0\0\x80\xff\xff')
	raw2png -t f64 -d 1x5 -g 0 --range 0:1 x | cmp - <(raw2png -t f64 -d 1x5 -g 0 x)
}

@test "raw2png: --signed: blue below zero, red above, each record by its greatest or all by a range" {
	python3 -c 'import struct
nan = float("nan")
open("x", "wb").write(struct.pack("<8d", -4, 0, 2, nan, -0.5, 1, 0.25, -0.0))'
	raw2png -t f64 -d 1x4 -g 0 -c 1 --signed x > x.png
	pixels x.png | diff - <(printf '%s\n' '0 0 255' '255 255 255' '255 128 128' '0 0 0' \
		'128 128 255' '255 0 0' '255 191 191' '255 255 255')
	raw2png -t f64 -d 1x4 -g 0 -c 1 --signed --range -1:4 x > x.png
	pixels x.png | diff - <(printf '%s\n' '0 0 255' '255 255 255' '255 128 128' '0 0 0' \
		'128 128 255' '255 191 191' '255 239 239' '255 255 255')
	head -c 32 /dev/zero | raw2png -t f64 -d 1x4 -g 0 --signed > x.png
	pixels x.png | diff - <(for i in 1 2 3 4; do echo 255 255 255; done)
}

@test "raw2png: colours: red, green and blue of each pixel" {
	bytes '\1\2\3\4\5\6\7\x8\x9\xff\0\xfe' > x
	raw2png -t u8 -d 1x2x3 -g 1 -c 2 x > x.png
	pixels x.png | diff - <(grey() { for i in $(seq "$1"); do echo 128 128 128; done; }
		grey 8; printf '%s\n' '1 2 3' '4 5 6'; grey 1; printf '%s\n' '7 8 9' '255 0 254'; grey 8)
	ends 2 raw2png -d 1x2x3 --signed x
	misused 'raw2png: --signed and -d HEIGHTxWIDTHx3 are mutually exclusive'
	ends 2 raw2png -d 1x2 --signed --range 0:1 x
	misused 'raw2png: --signed requires a --range on both sides of 0'
}

@test "raw2png: -n draws the first records and reads the others, too" {
	for n in 3 100; do # more than any pipe holds
		run -0 bash -o pipefail -c "head -c 4000000 /dev/zero | raw2png -t u8 -d 2x2 -n $n -g 0 | png2raw -t u8 | wc -c"
		[ "$output" -eq $((4 * n)) ]
	done
	run -1 --separate-stderr bash -c 'printf abcdefghi | raw2png -t u8 -d 2x2 -n 1 -g 0 > x.png'
	[ "$stderr" = "raw2png: standard input: record 2 (byte 8): unexpected end of input after 1 of 4 bytes" ]
	png2raw -t u8 x.png | cmp - <(printf abcd)
}

@test "raw2png: no records are an empty cell" {
	raw2png -d 3x2 /dev/null > x.png
	png2raw -t u8 x.png | cmp - <(sheet 3 2 1 2 < /dev/null)
	raw2png -d 3x2 < /dev/null | cmp - x.png
}

@test "raw2png: a short last record: the whole ones, then the error" {
	run -1 --separate-stderr bash -c 'printf abcdefghi | raw2png -t u8 -d 2x2 -c 1 > x.png'
	[ "$stderr" = "raw2png: standard input: record 2 (byte 8): unexpected end of input after 1 of 4 bytes" ]
	png2raw -t u8 x.png | cmp - <(printf abcdefgh | sheet 2 2 1 2)
}

@test "raw2png: the same bytes from the same records" {
	{ for i in 1 2 3; do head -c 100 "$good/ramp8.u8"; sleep 0.1; done; } | raw2png -t u8 -d 10x10 > a.png
	{ for i in 1 2 3; do head -c 100 "$good/ramp8.u8"; done; } > data
	raw2png -t u8 -d 10x10 data | cmp - a.png
	run -1 grep -c 'tIME\|tEXt' a.png
}

@test "raw2png: larger than a PNG picture, or than memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	run -1 --separate-stderr raw2png -t u8 -d 1x2147483647 /dev/null
	[ "$stderr" = "raw2png: /dev/null: the sheet would exceed the maximum size of a PNG picture" ]
	run -1 --separate-stderr bash -c 'ulimit -v 50000; raw2png -d 1000000x1000000 /dev/null'
	[ "$stderr" = "raw2png: /dev/null: out of memory" ]
}

@test "raw2png: usage, lost output" {
	local args
	while read -r args; do
		run -2 --separate-stderr raw2png $args
		[ "${stderr_lines[1]}" = "Try 'raw2png --help'." ]
	done <<-END
		-t u8
		-d 28
		-d 1x2x2
		-d 2x2 -c 0
		-d 2x2 -n 0
		-d 2x2 -g 1001
		-d 2x2 -g -1
		-d 2x2 a b
		-Z
	END
	run -1 --separate-stderr bash -c 'raw2png -d 2x2 /dev/null > /dev/full'
	[ "$stderr" = "raw2png: standard output: cannot write: No space left on device" ]
	run -1 --separate-stderr bash -c 'head -c 1000000 /dev/urandom | raw2png -t u8 -d 1000x1000 > /dev/full'
	[ "$stderr" = "raw2png: standard output: cannot write: No space left on device" ]
}
