load helper

# idx TYPE DIMS... : an IDX header.
idx() {
	local rank d
	printf -v rank %02x $(($# - 1))
	bytes "\\0\\0\\x$1\\x$rank"
	shift
	for d; do be32 "$d"; done
}

# elements TYPE N... : Python's idea of N... as elements: struct letters with byte order.
elements() { python3 -c 'import struct, sys
sys.stdout.buffer.write(b"".join(struct.pack(sys.argv[1], (float if sys.argv[1][1] in "fd" else int)(v)) for v in sys.argv[2:]))' "$@"; }

# numbers N : N records of one byte, i % 251.
numbers() {
	local i byte text=
	for ((i = 0; i < $1; i++)); do
		printf -v byte '\\x%02x' $((i % 251))
		text+=$byte
	done
	printf %b "$text"
}

# fails MESSAGE COMMAND... : status 1, and the message is all that standard error says.
fails() {
	local message=$1
	shift
	ends 1 "$@"
	messages
	[[ ${#messages[@]} -eq 1 && ${messages[0]} == "idx2raw: $message" ]] || { cat err; false; }
}

@test "idx2raw: u8 becomes the float32 nearest to b/255, all 256 of them" {
	{ idx 08 256 1; printf %b "$(printf '\\x%02x' $(seq 0 255))"; } > all.idx
	idx2raw all.idx > all.f32
	python3 -c 'import struct, sys
from fractions import Fraction as F
def f32(q):  # correctly rounded by comparing neighbours exactly
    bits = struct.unpack("<I", struct.pack("<f", float(q)))[0]
    near = [struct.unpack("<f", struct.pack("<I", b))[0] for b in (max(bits, 1) - 1, bits, bits + 1)]
    return min(near, key=lambda v: abs(F(v) - q))
sys.stdout.buffer.write(b"".join(struct.pack("<f", f32(F(b, 255))) for b in range(256)))' > expected
	cmp expected all.f32
	idx2raw -t f64 all.idx > all.f64
	python3 -c 'import struct, sys
d = sys.stdin.buffer.read()
sys.stdout.buffer.write(b"".join(struct.pack("<d", v[0]) for v in struct.iter_unpack("<f", d)))' < all.f32 | cmp - all.f64
	idx2raw -t u8 all.idx | cmp - <(tail -c 256 all.idx)
}

@test "idx2raw: integers keep their values, floats their bits" {
	local i8="-128 -1 0 1 127" i16="-32768 -1 0 255 32767"
	local i32="-2147483648 -16777217 -1 16777217 2147483647"
	local code letter values
	while read -r code letter values; do
		{ idx "$code" 5; elements ">$letter" $values; } > x.idx
		idx2raw x.idx | cmp - <(elements "<f" $values)
		idx2raw -t f64 x.idx | cmp - <(elements "<d" $values)
	done <<-END
		09 b $i8
		0b h $i16
		0c i $i32
		0d f 0 -0.0 1.5 inf -3.25
		0e d 0 -0.0 0.1 -inf 5e-324
	END
	# A signalling NaN with a payload, an ordinary one, and the smallest subnormal.
	{ idx 0d 3; bytes '\x7f\xa1\x23\x45\xff\xc0\x00\x00\x00\x00\x00\x01'; } > nan.idx
	idx2raw nan.idx | cmp - <(bytes '\x45\x23\xa1\x7f\x00\x00\xc0\xff\x01\x00\x00\x00')
	{ idx 0e 1; bytes '\x7f\xf1\x02\x03\x04\x05\x06\x07'; } > nan.idx
	idx2raw -t f64 nan.idx | cmp - <(bytes '\x07\x06\x05\x04\x03\x02\xf1\x7f')
}

@test "idx2raw: ranks 1 to 4, and 255" {
	numbers 24 > data
	for dims in 24 "4 6" "2 3 4" "1 2 3 4"; do
		{ idx 08 $dims; cat data; } | idx2raw -t u8 | cmp - data
	done
	ones=$(repeat 254 1)
	{ idx 08 24 $ones; cat data; } | idx2raw -t u8 | cmp - data
}

@test "idx2raw: no records are no output" {
	idx 08 0 28 28 > x.idx
	idx2raw x.idx > out
	[ ! -s out ]
	gzip -c x.idx | idx2raw > out
	[ ! -s out ]
}

@test "idx2raw: -i tells type, dimensions, records, record bytes" {
	{ idx 0b 3 28 28; head -c 4704 /dev/zero; } | gzip > x.gz
	run -0 --separate-stderr idx2raw -i x.gz
	[ "$output" = $'type\ti16\ndims\t3x28x28\nrecords\t3\nrecord_bytes\t1568' ]
	[ -z "$stderr" ]
}

@test "idx2raw: gzip, cut into members anywhere" {
	numbers 1000 > data
	{ idx 08 500 2; cat data; } > x.idx
	for at in 0 1 2 3 9 12 13 500 1012; do
		{ head -c $at x.idx | gzip; tail -c +$((at + 1)) x.idx | gzip; } > x.gz
		idx2raw -t u8 x.gz | cmp - data
		idx2raw -t u8 < x.gz | cmp - data
	done
}

@test "idx2raw: gzip that is broken, or followed by anything" {
	{ idx 08 100; numbers 100; } | gzip > good.gz
	size=$(wc -c < good.gz)
	{ head -c $((size - 8)) good.gz; bytes '\1\2\3\4'; tail -c 4 good.gz; } > crc.gz
	{ head -c $((size - 1)) good.gz; bytes '\1'; } > length.gz
	for byte in '\0' 'x' '\x1f'; do
		{ cat good.gz; bytes "$byte"; } > trailing.gz
		fails "trailing.gz: trailing bytes after the gzip data" idx2raw -t u8 trailing.gz
		numbers 100 | cmp - out
	done
	{ cat good.gz good.gz; } > twice.gz
	fails "twice.gz: trailing bytes after the last of 100 records" idx2raw -t u8 twice.gz
	fails "crc.gz: gzip: incorrect data check" idx2raw -t u8 crc.gz
	numbers 100 | cmp - out
	fails "length.gz: gzip: incorrect length check" idx2raw -t u8 length.gz
	numbers 100 | cmp - out
	{ head -c 10 good.gz; bytes '\xff\xff\xff'; } > block.gz
	fails "block.gz: gzip: invalid block type" idx2raw block.gz
}

@test "idx2raw: a gzip file cut at any byte gives what was in it, then the error" {
	{ idx 08 3000; head -c 3000 /dev/zero; } > x.idx # long matches, pending inside of zlib
	gzip -n x.idx
	mkdir short expected
	python3 -c 'import zlib
gz = open("x.idx.gz", "rb").read()
for n in range(1, len(gz)):
    open("short/%d" % n, "wb").write(gz[:n])
    open("expected/%d" % n, "wb").write(zlib.decompressobj(31).decompress(gz[:n])[8:])'
	for n in $(seq 1 $(($(wc -c < x.idx.gz) - 1))); do
		ends 1 idx2raw -t u8 "short/$n"
		[ "$n" -eq 1 ] || says "idx2raw: short/$n: *unexpected end*"
		cmp "expected/$n" out
	done
}

@test "idx2raw: a plain file cut at any byte gives whole records, then the error" {
	{ idx 0b 3 2; bytes '\0\1\0\2\0\3\0\4\0\5\0\6'; } > x.idx
	idx2raw x.idx > whole
	for n in $(seq 0 23); do
		head -c "$n" x.idx > short
		ends 1 idx2raw short
		if [ "$n" -lt 12 ]; then
			says "idx2raw: short: unexpected end of the IDX header"
			nothing
		else
			i=$(((n - 12) / 4))
			says "idx2raw: short: record $i (byte $((12 + 4 * i))): unexpected end of input: the header says 3 records"
			head -c $((8 * i)) whole | cmp - out
		fi
	done
}

@test "idx2raw: bytes after the last record" {
	{ idx 08 5; numbers 6; } > x.idx
	fails "x.idx: trailing bytes after the last of 5 records" idx2raw -t u8 x.idx
	numbers 5 | cmp - out
}

@test "idx2raw: what is not IDX" {
	bytes '\x89PNG' > x
	fails "x: not an IDX file: it starts with the bytes 89 50 4e 47" idx2raw x
	bytes '\0\0\x0a\1\0\0\0\0' > x
	fails "x: unknown IDX element type 0x0a" idx2raw x
	bytes '\0\0\x08\0' > x
	fails "x: an IDX file of rank 0 has no records" idx2raw x
	idx 08 7 0 28 > x
	fails "x: an IDX dimension is 0: records have no elements" idx2raw x
	idx 08 1 4294967295 4294967295 4294967295 > x
	fails "x: the product of the IDX dimensions is too large" idx2raw x
	idx 0e 4294967295 65536 32768 > x
	fails "x: the product of the IDX dimensions is too large" idx2raw x
	fails "nowhere: cannot open: No such file or directory" idx2raw nowhere
	fails ".: cannot read: Is a directory" idx2raw .
}

@test "idx2raw: only u8 becomes u8" {
	{ idx 09 1; bytes '\1'; } > x.idx
	fails "x.idx: i8 records cannot be written as u8" idx2raw -t u8 x.idx
}

@test "idx2raw: what a header claims takes no memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	{ idx 08 2 1000000 1000000; numbers 100; } > x.idx # records of a terabyte
	run -1 --separate-stderr bash -c 'ulimit -v 50000; idx2raw x.idx'
	[ "$stderr" = "idx2raw: x.idx: record 0 (byte 16): unexpected end of input: the header says 2 records" ]
	{ idx 08 4294967295; numbers 100; } > x.idx
	run -1 --separate-stderr bash -c 'ulimit -v 50000; idx2raw x.idx | wc -c; exit ${PIPESTATUS[0]}'
	[ "$output" = 400 ]
}

@test "idx2raw: -r takes a half-open range" {
	numbers 10 > data
	{ idx 08 10; cat data; } > x.idx
	while read -r range skip count; do
		idx2raw -t u8 -r $range x.idx > out
		head -c $((skip + count)) data | tail -c +$((skip + 1)) | cmp - out
	done <<-END
		0:10 0 10
		: 0 10
		3:3 3 0
		2:5 2 3
		7: 7 3
		:4 0 4
		10: 10 0
	END
	fails "x.idx: the range exceeds the 10 records of the file" idx2raw -r 0:11 x.idx
	fails "x.idx: the range exceeds the 10 records of the file" idx2raw -r 11: x.idx
	for bad in 5 5:4 a:b -1:3 1:2:3 ' 1:2' 1:99999999999; do
		run -2 --separate-stderr idx2raw -r "$bad" x.idx
		[ "${stderr_lines[0]}" = "idx2raw: -r: '$bad' is not a range FIRST:LAST" ]
	done
}

@test "idx2raw: -n picks, -v gives the others, in file order" {
	{ idx 08 200; numbers 200; } > x.idx
	for n in 0 1 77 199 200; do
		idx2raw -t u8 -n $n -S 3 x.idx > picked
		idx2raw -t u8 -n $n -S 3 -v x.idx > others
		[ "$(wc -c < picked)" -eq $n ]
		for part in picked others; do
			od -An -v -w1 -tu1 $part | sort -n -c -u # in order, none twice
		done
		cat picked others | od -An -v -w1 -tu1 | sort -n | cmp - <(numbers 200 | od -An -v -w1 -tu1)
	done
	idx2raw -t u8 -n 77 -S 3 x.idx > a
	idx2raw -t u8 -n 77 -S 3 < x.idx | cmp - a
	idx2raw -t u8 -n 77 -S 4 x.idx > b
	run ! cmp -s a b
	idx2raw -t u8 -n 77 x.idx > a
	idx2raw -t u8 -n 77 -S 0 x.idx | cmp - a
	fails "x.idx: cannot pick 201 of 200 records" idx2raw -n 201 x.idx
	# of a range: from it, and all of it
	idx2raw -t u8 -r 50:60 -n 4 x.idx > picked
	idx2raw -t u8 -r 50:60 -n 4 -v x.idx > others
	cat picked others | od -An -v -w1 -tu1 | sort -n | cmp - <(numbers 60 | tail -c 10 | od -An -v -w1 -tu1)
	fails "x.idx: cannot pick 11 of 10 records" idx2raw -r 50:60 -n 11 x.idx
}

@test "idx2raw: -l and -c keep records by class" {
	{ idx 08 8; bytes '\0\1\2\3\4\5\6\7'; } > x.idx
	{ idx 08 8; bytes '\3\7\1\7\3\0\7\1'; } > l.idx
	idx2raw -t u8 -l l.idx -c 3,7 x.idx | cmp - <(bytes '\0\1\3\4\6')
	gzip -k l.idx
	idx2raw -t u8 -l l.idx.gz -c 1 x.idx | cmp - <(bytes '\2\7')
	idx2raw -t u8 -l l.idx -c 9 x.idx > out
	[ ! -s out ]
	idx2raw -t u8 -l l.idx -c 7 -r 2:7 x.idx | cmp - <(bytes '\3\6')
	idx2raw -t u8 -l l.idx -c 3,7 -n 2 x.idx > picked
	idx2raw -t u8 -l l.idx -c 3,7 -n 2 -v x.idx > others
	cat picked others | od -An -v -w1 -tu1 | sort -n | cmp - <(bytes '\0\1\3\4\6' | od -An -v -w1 -tu1)
	fails "x.idx: cannot pick 6 of 5 records" idx2raw -l l.idx -c 3,7 -n 6 x.idx
	{ idx 0c 8; elements '>i' -5 70000 1 1 -5 0 0 2; } > l32.idx
	idx2raw -t u8 -l l32.idx -c -5,70000 x.idx | cmp - <(bytes '\0\1\4')
}

@test "idx2raw: label files that do not fit" {
	{ idx 08 8; numbers 8; } > x.idx
	{ idx 08 7; numbers 7; } > l.idx
	fails "x.idx: labels l.idx: 7 labels for 8 records" idx2raw -l l.idx -c 1 x.idx
	fails "x.idx: labels l.idx: 7 labels for 8 records" idx2raw -l l.idx -c 1 -n 1 x.idx
	{ idx 08 8 1; numbers 8; } > l.idx
	fails "x.idx: labels l.idx: not an IDX file of rank 1 with integers" idx2raw -l l.idx -c 1 x.idx
	{ idx 0d 8; head -c 32 /dev/zero; } > l.idx
	fails "x.idx: labels l.idx: not an IDX file of rank 1 with integers" idx2raw -l l.idx -c 1 x.idx
	{ idx 08 8; numbers 5; } > l.idx
	fails "x.idx: labels l.idx: record 5 (byte 13): unexpected end of input: the header says 8 records" \
		idx2raw -t u8 -l l.idx -c 1 x.idx
	bytes '\1' | cmp - out
	{ idx 08 8; numbers 9; } > l.idx
	fails "x.idx: labels l.idx: trailing bytes after the last of 8 records" idx2raw -t u8 -l l.idx -c 1,2 x.idx
	bytes '\1\2' | cmp - out
	fails "x.idx: labels nowhere: cannot open: No such file or directory" idx2raw -l nowhere -c 1 x.idx
}

@test "idx2raw: labels are read once, from a pipe, too" {
	{ idx 08 8; bytes '\0\1\2\3\4\5\6\7'; } > x.idx
	{ idx 08 8; bytes '\3\7\1\7\3\0\7\1'; } > l.idx
	idx2raw -t u8 -l l.idx -c 3,7 -n 3 x.idx > expected
	[ "$(wc -c < expected)" -eq 3 ]
	# A pipe cannot be read twice.
	idx2raw -t u8 -l <(cat l.idx) -c 3,7 -n 3 x.idx | cmp - expected
	idx2raw -t u8 -l <(cat l.idx) -c 3,7 -n 3 -v x.idx | cat - expected | od -An -v -w1 -tu1 | sort -n |
		cmp - <(bytes '\0\1\3\4\6' | od -An -v -w1 -tu1)
	idx2raw -t u8 -l <(cat l.idx) -c 3,7 x.idx | cmp - <(bytes '\0\1\3\4\6')
	{ idx 08 8; numbers 9; } > l.idx
	fails "x.idx: labels l.idx: trailing bytes after the last of 8 records" idx2raw -t u8 -l l.idx -c 1,2 -n 1 x.idx
	{ idx 08 8; numbers 5; } > l.idx
	fails "x.idx: labels l.idx: record 5 (byte 13): unexpected end of input: the header says 8 records" \
		idx2raw -t u8 -l l.idx -c 1 -n 1 x.idx
}

@test "idx2raw: usage" {
	local args
	while read -r args; do
		run -2 --separate-stderr idx2raw $args
		[ "${stderr_lines[1]}" = "Try 'idx2raw --help'." ]
		[ -z "$output" ]
	done <<-END
		-l x
		-c 1
		-v
		-l - -c 1
		-l x -c 1,
		-l x -c ,1
		-l x -c 1,,2
		-l x -c a
		-l x -c 99999999999
		-n -1
		-n 1x
		-S 18446744073709551616
		-t f16
		-Z
		--nonsense
		a b
	END
}

@test "idx2raw: a slow producer is served at once" {
	idx 08 3 > header
	mkfifo pipe
	{ cat header; printf a; sleep 2; printf bc; } > pipe &
	idx2raw -t u8 < pipe > out &
	for i in $(seq 15); do
		sleep 0.1
		[ -s out ] && break
	done
	[ "$(cat out)" = a ]
	wait
	[ "$(cat out)" = abc ]
}

@test "idx2raw: head ends it quietly" {
	{ idx 08 1000000; head -c 1000000 /dev/zero; } > x.idx
	run -0 --separate-stderr bash -c 'idx2raw x.idx | head -c 10 > out; [ "${PIPESTATUS[0]}" -eq 141 ]'
	[ -z "$stderr" ]
}

@test "idx2raw: lost output is told once" {
	{ idx 08 3; numbers 3; } > x.idx
	local message="idx2raw: standard output: cannot write: No space left on device"
	run -1 --separate-stderr bash -c 'idx2raw x.idx > /dev/full'
	[ "$stderr" = "$message" ]
	run -1 --separate-stderr bash -c '{ head -c 9 x.idx; sleep 0.2; tail -c 2 x.idx; } | idx2raw > /dev/full'
	[ "$stderr" = "$message" ]
	run -1 --separate-stderr bash -c 'idx2raw -i x.idx > /dev/full'
	[ "$stderr" = "$message" ]
	run -1 --separate-stderr bash -c 'idx2raw x.idx >&-'
	[ "$stderr" = "idx2raw: standard output: cannot write: Bad file descriptor" ]
	run -1 --separate-stderr bash -c 'idx2raw <&-'
	[ "$stderr" = "idx2raw: standard input: cannot read: Bad file descriptor" ]
}
