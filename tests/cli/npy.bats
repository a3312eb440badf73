load helper

# npy2raw and raw2npy. Files are made by tests/fixtures/make_npy.py, which has no numpy; what numpy itself
# writes and reads is tried at the end, where there is one.

make_npy() { python3 "$ROOT/tests/fixtures/make_npy.py" "$@"; }

# npy DESCR SHAPE [ORDER] [VERSION]: a file of standard input.
npy() { make_npy "{'descr': '$1', 'fortran_order': ${3:-False}, 'shape': $2, }" "${4:-1}"; }

# doubles N...: raw f64.
doubles() { python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<%dd" % (len(sys.argv) - 1), *map(float, sys.argv[1:])))' "$@"; }
floats() { python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<%df" % (len(sys.argv) - 1), *map(float, sys.argv[1:])))' "$@"; }

random() { python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(int(sys.argv[1])))' "$1"; }

@test "npy2raw: each type, in both orders of bytes, as the nearest one" {
	while read -r descr data type values; do
		echo "$descr"
		bytes "$data" | npy "$descr" '(2,)' > x.npy
		ends 0 npy2raw x.npy
		silent
		case $type in
		u8) cmp out <(bytes "$values") ;;
		f32) cmp out <(floats $values) ;;
		f64) cmp out <(doubles $values) ;;
		esac
	done <<-'END'
		|u1 \1\xff u8 \1\xff
		|b1 \0\1 f32 0 1
		|i1 \x80\x7f f64 -128 127
		<i2 \0\x80\xff\x7f f64 -32768 32767
		>i2 \x80\0\x7f\xff f64 -32768 32767
		<u2 \1\0\xff\xff f64 1 65535
		>u2 \0\1\xff\xff f64 1 65535
		<i4 \0\0\0\x80\xff\xff\xff\x7f f64 -2147483648 2147483647
		>i4 \x80\0\0\0\x7f\xff\xff\xff f64 -2147483648 2147483647
		<u4 \1\0\0\0\xff\xff\xff\xff f64 1 4294967295
		>u4 \0\0\0\1\xff\xff\xff\xff f64 1 4294967295
		<i8 \0\0\0\0\0\0\0\x80\xfe\xff\xff\xff\xff\xff\xff\xff f64 -9223372036854775808 -2
		>i8 \x80\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xfe f64 -9223372036854775808 -2
		<u8 \1\0\0\0\0\0\0\0\0\xf8\xff\xff\xff\xff\xff\xff f64 1 18446744073709549568
		>u8 \0\0\0\0\0\0\0\1\xff\xff\xff\xff\xff\xff\xf8\0 f64 1 18446744073709549568
		<f2 \1\0\xff\xfb f32 5.9604644775390625e-08 -65504
		>f2 \x7c\0\x35\x55 f32 inf 0.333251953125
		<f4 \0\0\x80\x3f\0\0\0\xc0 f32 1 -2
		>f4 \x3f\x80\0\0\xc0\0\0\0 f32 1 -2
		<f8 \0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0 f64 1 -2
		>f8 \x3f\xf0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0 f64 1 -2
	END
}

@test "npy2raw: -t: bytes are scaled, other integers keep their values, rounded once" {
	bytes '\0\x33\xff' | npy '|u1' '(3,)' | npy2raw -t f32 | cmp - <(floats 0 0.2 1)
	bytes '\0\x33\xff' | npy '|u1' '(3,)' | npy2raw -t f64 | cmp - <(bytes '\0\x33\xff' > x; idx2raw -t f64 <(raw2idx -1 -t u8 x))
	bytes '\x33\0' | npy '<u2' '(1,)' | npy2raw -t f32 | cmp - <(floats 51)
	# 2^60 + 2^36 + 1 lies just above the middle of two floats; by way of a double it would be the middle
	le64 $(((1 << 60) + (1 << 36) + 1)) | npy '<i8' '(1,)' | npy2raw -t f32 | cmp - <(bytes '\1\0\x80\x5d')
	doubles 1e300 0.1 | npy '<f8' '(2,)' | npy2raw -t f32 | cmp - <(floats inf 0.1)
	for descr in '|b1' '|i1' '<f4'; do
		printf abcd | npy "$descr" '(1,)' > x.npy
		ends 1 npy2raw -t u8 x.npy
		says "npy2raw: x.npy: $descr elements cannot be written as u8"
		nothing
	done
}

@test "npy2raw: an integer that f64 has not is told, after the records before it, or rounded on request" {
	{ le64 5; le64 6; le64 7; le64 9007199254740993; } | npy '<i8' '(2, 2)' > x.npy
	ends 1 npy2raw x.npy
	says 'npy2raw: x.npy: record 1: element 1, 9007199254740993, is not exact as f64; -t f64 rounds it'
	cmp out <(doubles 5 6)
	npy2raw -t f64 x.npy | cmp - <(doubles 5 6 7 9007199254740992)
	le64 -9007199254740993 | npy '<i8' '(1,)' > x.npy
	ends 1 npy2raw x.npy
	says '*record 0: element 0, -9007199254740993, is not exact*'
}

@test "npy2raw: rows, none, and one dimension or many; versions 1 to 3; gzip" {
	random 120 > data
	for shape in '(120,)' '(120, 1)' '(10, 12)' '(5, 2, 3, 4)' '(1, 120)' '(120L,)' '( 10 ,12 , )'; do
		for version in 1 2 3; do
			npy '|u1' "$shape" False $version < data > x.npy
			npy2raw x.npy | cmp - data
			npy2raw < x.npy | cmp - data
			gzip -n < x.npy | npy2raw | cmp - data
		done
	done
	for shape in '(0,)' '(0, 28, 28)'; do
		ends 0 npy2raw <(npy '|u1' "$shape" < /dev/null)
		nothing
		silent
	done
	npy '|u1' '(10, 12)' < data > x.npy
	npy2raw -i x.npy | cmp - <(printf 'type\t|u1\ndims\t10x12\nrecords\t10\nrecord_elements\t12\n')
	# in one dimension, both orders are the same
	npy '|u1' '(120,)' True < data | npy2raw | cmp - data
}

# fortran BYTES DIM...: an array of so many bytes an element, in C order on standard input, to Fortran order.
fortran() {
	python3 -c 'import itertools, sys
size, *shape = map(int, sys.argv[1:])
data = sys.stdin.buffer.read()
elements = {index: data[size * i:size * (i + 1)] for i, index in enumerate(itertools.product(*map(range, shape)))}
for index in itertools.product(*map(range, reversed(shape))):
    sys.stdout.buffer.write(elements[index[::-1]])' "$@"
}

@test "npy2raw: Fortran order gives the records of C order" {
	random 480 > data
	while read -r descr size shape; do
		fortran $size ${shape//[(,)]/ } < data > fortran
		[[ "$shape" = *",1)" ]] || run ! cmp -s data fortran
		npy "$descr" "$shape" True < fortran > x.npy
		npy "$descr" "$shape" < data > y.npy
		npy2raw -t f64 y.npy > right
		for command in 'npy2raw -t f64 x.npy' 'cat x.npy | npy2raw -t f64' 'gzip -n < x.npy | npy2raw -t f64'; do
			bash -c "$command" | cmp - right
		done
	done <<-'END'
		|u1 1 (40,12)
		>i2 2 (4,60)
		<f4 4 (5,2,3,4)
		<f8 8 (3,5,2,2)
		|u1 1 (480,1)
	END
	make_npy --npz-compressed a=x.npy > x.npz
	npy2raw x.npz:a | cmp - <(npy2raw x.npy)
	ends 0 npy2raw <(npy '|u1' '(0, 28, 28)' True < /dev/null)
	nothing
}

@test "npy2raw: Fortran order, more records than a piece of a mebibyte" {
	random 3000000 > data
	python3 -c 'import sys; d = open("data", "rb").read(); [sys.stdout.buffer.write(d[j::3]) for j in range(3)]' | npy '|u1' '(1000000, 3)' True > x.npy
	npy2raw x.npy | cmp - data
}

@test "npy2raw: Fortran order: cut, too long, not exact, claiming more than there is" {
	random 24 > data
	npy '<f4' '(2, 3)' True < data > x.npy
	head -c 148 x.npy > cut.npy
	ends 1 npy2raw cut.npy
	nothing
	says 'npy2raw: cut.npy: byte 148: unexpected end of input after 20 of 24 bytes of the array'
	{ cat x.npy; echo; } > long.npy
	ends 1 npy2raw long.npy
	says 'npy2raw: long.npy: trailing bytes after the last of 2 records'
	{ le64 5; le64 6; le64 7; le64 9007199254740993; } | npy '<i8' '(2, 2)' True > x.npy
	ends 1 npy2raw x.npy
	says 'npy2raw: x.npy: record 1: element 1, 9007199254740993, is not exact as f64; -t f64 rounds it'
	cmp out <(doubles 5 7)
	npy '<f8' '(2, 1000000000000)' True < data > huge
	ends 1 npy2raw huge
	says 'npy2raw: huge: byte 152: unexpected end of input after 24 of 16000000000000 bytes of the array'
}

@test "npy2raw: arrays that are no records of numbers are refused, each by name" {
	while IFS='|' read -r header message; do
		echo "$header"
		random 64 | make_npy "$header" > x.npy
		ends 1 npy2raw x.npy
		nothing
		says "npy2raw: x.npy: $message"
	done <<-'END'
		{'descr': 'OO', 'fortran_order': False, 'shape': (2,), }|elements of type 'OO' are no numbers: *
		{'descr': '<U10', 'fortran_order': False, 'shape': (2,), }|elements of type '<U10' are no numbers: *
		{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2,), }|elements of type '<M8[[]ns[]]' are no numbers: *
		{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }|elements of type '<c16' are not supported: *
		{'descr': '<f16', 'fortran_order': False, 'shape': (2,), }|elements of type '<f16' are not supported: *
		{'descr': '=f4', 'fortran_order': False, 'shape': (2,), }|elements of type '=f4' are not supported: *
		{'descr': '<b2', 'fortran_order': False, 'shape': (2,), }|elements of type '<b2' are not supported: *
		{'descr': '<i3', 'fortran_order': False, 'shape': (2,), }|elements of type '<i3' are not supported: *
		{'descr': '', 'fortran_order': False, 'shape': (2,), }|elements of type '' are not supported: *
		{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (2,), }|an array of structures: *
		{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (2,), }|an array of structures: *
		{'descr': '<f4', 'fortran_order': False, 'shape': (), }|the array is a single number, of shape (): it has no records
		{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }|a dimension is 0: records have no elements
		{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3, 0), }|a dimension is 0: records have no elements
	END
	npy '<f4' "($(repeat 65 1, | tr -d '\n'))" < x.npy > many.npy
	ends 1 npy2raw many.npy
	says 'npy2raw: many.npy: an array of more than 64 dimensions'
}

@test "npy2raw: a header is a literal, and never evaluated" {
	while IFS='|' read -r header message; do
		echo "$header"
		random 64 | make_npy "$header" > x.npy
		ends 1 npy2raw x.npy
		nothing
		says "npy2raw: x.npy: the NumPy header $message"
		[ ! -e evaluated ]
	done <<-'END'
		__import__('os').system('touch evaluated')|is malformed at '__import__('os').sys'
		{'descr': __import__('os').system('touch evaluated'), 'fortran_order': False, 'shape': (2,), }|is malformed at '__import__('os').sys'
		{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,), }|is malformed at '+1,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (9**9**9,), }|is malformed at '[*][*]9[*][*]9,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (0x2,), }|is malformed at 'x2,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (1_0,), }|is malformed at '_0,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }|is malformed at '-2,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,), }|is malformed at '.0,), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,), }|is malformed at '*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2), }|has a number for a shape, not a tuple
		{'descr': '<f4', 'fortran_order': False, 'shape': [2], }|is malformed at '[[]2[]], }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2,,), }|is malformed at ',), }*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }|is malformed at '3), }*'
		{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }|is malformed at '0, 'shape': (2,), }*'
		{'descr': '<f4', 'fortran_order': False, }|has no 'shape'
		{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }|is malformed at ''descr': '<f4', 'for'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}|is malformed at ''x': 1}*'
		{'descr': '<f4' 'fortran_order': False, 'shape': (2,), }|is malformed at ''fortran_order': Fal'
		{'descr': '<f\x34', 'fortran_order': False, 'shape': (2,), }|is malformed at *
		{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + {}|is malformed at '+ {}*'
		{'descr': '<f4', 'fortran_order': False, 'shape': (2,|ends too soon
		{'descr': '<f4|is malformed at *
		{|ends too soon
	END
	make_npy '' < /dev/null > x.npy
	ends 1 npy2raw x.npy
	says 'npy2raw: x.npy: the NumPy header ends too soon'
	# other quotes, order and spaces are the same dictionary
	random 8 | make_npy '{"shape":(2,),"descr":"<f4","fortran_order":False}' | npy2raw | cmp - <(random 8)
}

@test "npy2raw: no NumPy file, and versions to come" {
	ends 1 npy2raw <(printf 'temp_c,vibration\n')
	says 'npy2raw: *: not a NumPy file: it starts with the bytes 74 65 6d 70'
	bytes '\x93NUMPY\4\0' > x.npy
	ends 1 npy2raw x.npy
	says 'npy2raw: x.npy: a NumPy file of version 4.0; 1.0, 2.0 and 3.0 are known'
}

@test "npy2raw: cut at every byte, or too long: the whole records, and an error" {
	random 12 > data
	npy '|u1' '(4, 3)' < data > x.npy
	cuts x.npy cut
	for file in cut/*; do
		n=${file#cut/}
		ends 1 npy2raw "$file"
		cmp out <(head -c $((n < 128 ? 0 : (n - 128) / 3 * 3)) data)
		[ "$n" -lt 128 ] || says "npy2raw: cut/$n: record $(((n - 128) / 3)) (byte $((128 + (n - 128) / 3 * 3))): unexpected end of input: the header says 4 records"
	done
	{ cat x.npy; echo; } > long.npy
	ends 1 npy2raw long.npy
	says 'npy2raw: long.npy: trailing bytes after the last of 4 records'
	cmp out data
}

@test "npy2raw: a damaged byte is an error, or that byte" {
	random 12 | npy '|u1' '(4, 3)' > x.npy
	damages x.npy damaged
	for file in damaged/*; do
		npy2raw "$file" > out 2> err || [ $? -eq 1 ]
		[ "$(wc -l < err)" -le 1 ]
	done
}

# archive: x.npz, stored, and y.npz, deflated, of "first" and "second".
archives() {
	random 3000 > first
	random 120000 | tail -c 100000 | tr '\200-\377' '\0-\177' > second
	npy '|u1' '(10, 300)' < first > first.npy
	npy '<i2' '(50000,)' < second > second.npy
	make_npy --npz first=first.npy second=second.npy > x.npz
	make_npy --npz-compressed first=first.npy second=second.npy > y.npz
}

@test "npy2raw: arrays of .npz files, stored or compressed" {
	archives
	[ "$(wc -c < y.npz)" -lt 100000 ]
	for file in x.npz y.npz; do
		npy2raw "$file:first" | cmp - first
		npy2raw "$file:first.npy" | cmp - first
		npy2raw "$file:second" | cmp - <(npy2raw second.npy)
		ends 1 npy2raw "$file"
		says "npy2raw: $file: 2 arrays: choose one by FILE.npz:ARRAY; there are first, second"
		ends 1 npy2raw "$file:third"
		says "npy2raw: $file:third: no array 'third'; there are first, second"
		ends 1 npy2raw "$file:"
		says "npy2raw: $file:: no array ''; there are first, second"
		ends 1 bash -c "cat $file | npy2raw"
		says 'npy2raw: standard input: a zip archive cannot be read from a pipe: name the file, FILE.npz:ARRAY'
	done
	make_npy --npz only=first.npy > one.npz
	npy2raw one.npz | cmp - first
	npy2raw < one.npz | cmp - first
	cp one.npz without-a-name
	npy2raw without-a-name | cmp - first
	ends 1 npy2raw none.npz:first
	says 'npy2raw: none.npz:first: cannot open: No such file or directory'
	ends 1 npy2raw first.npy:first
	says 'npy2raw: first.npy:first: cannot open: No such file or directory'
	cp first.npy wrong.npz
	ends 1 npy2raw wrong.npz:first
	says 'npy2raw: wrong.npz:first: not a zip archive, as .npz files are'
	ends 1 npy2raw "$ROOT/tests/fixtures/tiny.pt"
	says 'npy2raw: *: a zip archive without NumPy arrays'
}

@test "npy2raw: .npz files cut or damaged at any byte: an error or the same, never a crash" {
	head -c 12 /dev/zero > right
	npy '|u1' '(4, 3)' < right > a.npy
	for kind in --npz --npz-compressed; do
		make_npy $kind a=a.npy > x.npz
		rm -rf cut damaged
		cuts x.npz cut
		damages x.npz damaged
		for file in cut/*; do
			ends 1 npy2raw "$file"
			nothing
		done
		for file in damaged/*; do
			if npy2raw "$file" > out 2> err; then
				cmp out right
			else
				[ $? -eq 1 ]
				says '*'
			fi
		done
	done
}

@test "npy2raw: an archive's checksum and size are verified" {
	archives
	python3 -c 'data = bytearray(open("x.npz", "rb").read())
at = data.index(b"first.npy") + 200
data[at + 9] ^= 1
open("bad.npz", "wb").write(data)'
	ends 1 npy2raw bad.npz:first
	says 'npy2raw: bad.npz:first: zip archive: the checksum of a record is wrong'
	npy2raw bad.npz:second | cmp - <(npy2raw second.npy)
	# a bomb: it says that it is small
	head -c 10000000 /dev/zero | npy '|u1' '(10000000,)' > zeros.npy
	make_npy --npz-compressed a=zeros.npy > bomb.npz
	python3 -c 'import struct
data = open("bomb.npz", "rb").read()
open("bomb.npz", "wb").write(data.replace(struct.pack("<I", 10000128), struct.pack("<I", 200)))'
	ends 1 npy2raw bomb.npz
	says 'npy2raw: bomb.npz: *zip archive: the size of a record is wrong'
}

@test "npy2raw: constant memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	head -c 78400000 /dev/zero | npy '|u1' '(100000, 28, 28)' > x.npy
	make_npy --npz-compressed a=x.npy > x.npz
	for command in 'npy2raw < x.npy' 'cat x.npy | npy2raw' 'npy2raw -t f32 x.npy | head -c 78400000' 'npy2raw x.npz'; do
		run -0 bash -c "ulimit -v 20000; $command | wc -c"
		[ "$output" -eq 78400000 ]
	done
}

@test "npy2raw: what has arrived is written before the next is read" {
	mkfifo in
	npy2raw in > out &
	local pid=$!
	exec 7> in
	{ printf abc; } | npy '|u1' '(2, 3)' >&7
	for _ in $(seq 1000); do
		[ "$(wc -c < out)" -ne 3 ] || break
		sleep 0.01
	done
	cmp out <(printf abc)
	printf def >&7
	exec 7>&-
	wait "$pid"
	cmp out <(printf abcdef)
}

@test "raw2npy: the file, byte by byte" {
	bytes '\1\2\3\4\5\6' | raw2npy -t u8 -d 3 > x.npy
	cmp x.npy <({
		bytes '\x93NUMPY\1\0\x76\0'
		printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }"
		bytes '\1\2\3\4\5\6'
	})
	doubles 1 2 3 | raw2npy -t f64 -d 1 > x.npy
	cmp x.npy <({
		bytes '\x93NUMPY\1\0\x76\0'
		printf '%-117s\n' "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"
		doubles 1 2 3
	})
}

@test "raw2npy: npy2raw undoes it, for any type and rank, in a file and in a pipe" {
	random 96000 > data
	for type in u8 f32 f64; do
		for dims in 1 5 1x1 2x3x4x5 6000; do
			raw2npy -t $type -d $dims data > x.npy
			raw2npy -t $type -d $dims < data | cat > y.npy
			cmp x.npy y.npy
			npy2raw x.npy | cmp - data
		done
	done
	[ "$(npy2raw -i <(raw2npy -t u8 -d 2x3x4x5 data) | sed -n 2p)" = $'dims\t800x2x3x4x5' ]
	[ "$(npy2raw -i <(raw2npy -t u8 -d 1 data) | sed -n 2p)" = $'dims\t96000' ]
	[ "$(npy2raw -i <(raw2npy -t u8 -d 1x1 data) | sed -n 2p)" = $'dims\t96000x1x1' ]
	dims=$(repeat 31 1 | paste -sdx)
	raw2npy -t u8 -d "$dims" data | npy2raw | cmp - data
	run -2 raw2npy -t u8 -d "${dims}x1" data
}

@test "raw2npy: no input is no records; a short last record: the whole ones are a good file" {
	raw2npy -d 28x28 /dev/null > x.npy
	npy2raw x.npy | cmp - /dev/null
	[ "$(npy2raw -i x.npy | sed -n 2p)" = $'dims\t0x28x28' ]
	random 16 > data
	ends 1 raw2npy -t u8 -d 2x3 data
	says 'raw2npy: data: record 2 (byte 12): unexpected end of input after 4 of 6 bytes'
	npy2raw out | cmp - <(head -c 12 data)
	run -1 bash -c 'set -o pipefail; raw2npy -t u8 -d 2x3 data 2> /dev/null | cat > y.npy'
	cmp y.npy out
}

@test "raw2npy: behind other output, and appended to it" {
	random 12 > data
	{ echo before; raw2npy -t u8 -d 2x3 data; echo after; } > joined
	{ echo before; raw2npy -t u8 -d 2x3 data | cat; echo after; } | cmp - joined
	echo before > appended
	raw2npy -t u8 -d 2x3 data >> appended
	echo after >> appended
	cmp appended joined
}

@test "raw2npy: constant memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	run -1 bash -c 'head -c 100000000 /dev/zero | { ulimit -v 20000; raw2npy -t u8 -d 28x28 2> /dev/null; } | wc -c; exit ${PIPESTATUS[1]}'
	[ "$output" = $((100000000 / 784 * 784 + 128)) ]
}

@test "npy: usage" {
	ends 2 raw2npy -t u8
	misused 'raw2npy: missing option -d *'
	ends 2 raw2npy -d 3 -t i8
	misused "raw2npy: -t: 'i8' is not one of u8, f32, f64"
	ends 2 npy2raw a b
	misused 'npy2raw: *'
}

# need_numpy: finds a python3 that has it, as numpy_python.
need_numpy() {
	for numpy_python in "$PYTHON" /usr/bin/python3; do
		"$numpy_python" -c 'import numpy' 2> /dev/null && return
	done
	skip "needs python3-numpy"
}

@test "npy: what numpy writes, we read, and what we write are its own bytes" {
	need_numpy
	cat > numpy_test.py <<-'END'
		import io, subprocess, sys
		import numpy as np
		r = np.random.default_rng(1)

		def ours(*command, stdin=b""):
		    p = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		    assert p.returncode == 0 and not p.stderr, (command, p)
		    return p.stdout

		for kind in "|b1 |i1 |u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 >u4 <i8 >i8 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8".split():
		    for shape in (7,), (5, 4, 6), (0, 3), (3000, 11):
		        n = int(np.prod(shape))
		        a = r.normal(0, 50, n).astype(kind).reshape(shape) if kind[1] == "f" else \
		            r.integers(0, 2 if kind[1] == "b" else 127, n).astype(kind).reshape(shape)
		        nearest = "u1" if kind == "|u1" else "<f4" if kind[1] == "b" or kind[1:] in ("f2", "f4") else "<f8"
		        right = a.astype(nearest).tobytes()
		        for order in a, np.asfortranarray(a):
		            np.save("a.npy", order)
		            assert ours("npy2raw", "a.npy") == right, (kind, shape)
		        if shape == (5, 4, 6):
		            np.savez("a.npz", a=a, b=right)
		            np.savez_compressed("b.npz", a=a)
		            assert ours("npy2raw", "a.npz:a") == ours("npy2raw", "b.npz") == right, kind
		for option, kind in ("u8", "|u1"), ("f32", "<f4"), ("f64", "<f8"):
		    for dims, shape in ("1", ()), ("3", (3,)), ("28x28", (28, 28)):
		        for n in 0, 1, 9, 10, 1234:
		            a = r.integers(0, 200, (n,) + shape).astype(kind)
		            f = io.BytesIO()
		            np.save(f, a)
		            made = ours("raw2npy", "-d", dims, "-t", option, stdin=a.tobytes())
		            assert np.array_equal(np.load(io.BytesIO(made)), a)
		            if tuple(map(int, np.__version__.split(".")[:2])) >= (1, 23):
		                assert made == f.getvalue(), (option, dims, n)
	END
	"$numpy_python" numpy_test.py
}

@test "npy: a model of one's own on an array: its log-likelihoods, as an array" {
	python3 "$ROOT/tests/fixtures/make_model.py" 784 6 2 2 1 > m
	random 78400 > data
	npy '|u1' '(100, 28, 28)' < data > x.npy
	npy2raw x.npy | niceflow -m m -t u8 -b | raw2npy -d 1 -t f64 > ll.npy
	[ "$(npy2raw -i ll.npy | sed -n 2p)" = $'dims\t100' ]
	npy2raw -t f32 x.npy > x.f32
	"$PYTHON" "$ROOT/tests/oracle/nice_ref.py" m ll < x.f32 > right
	npy2raw ll.npy > got
	"$PYTHON" -c 'import struct
a, b = (struct.unpack("<100d", open(f, "rb").read()) for f in ("got", "right"))
assert max(abs(x - y) for x, y in zip(a, b)) < 2e-3'
	# floats of (N, D) are the same records
	npy '<f4' '(100, 784)' < x.f32 | npy2raw | niceflow -m m -b | cmp - got
}

@test "npy: the real model on an array is its oracle within 2e-3 nats" {
	need DATA MODEL
	oracle=$DATA/../oracle/mnist-t10k.f64
	[ -r "$oracle" ] || skip "needs the oracle beside DATA="
	idx2raw -t u8 "$DATA/mnist/t10k-images-idx3-ubyte.gz" | raw2npy -t u8 -d 28x28 > x.npy
	npy2raw x.npy | niceflow -m "$MODEL" -t u8 -b | raw2npy -d 1 -t f64 > ll.npy
	npy2raw ll.npy > ll.f64
	python3 -c 'import array, sys
a, b = array.array("d"), array.array("d")
for values, name in (a, "ll.f64"), (b, sys.argv[1]):
    values.frombytes(open(name, "rb").read())
assert len(a) == len(b) == 10000
assert max(abs(x - y) for x, y in zip(a, b)) <= 2e-3' "$oracle"
}
