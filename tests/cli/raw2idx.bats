load helper

# random N : N bytes, always the same ones.
random() { python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(int(sys.argv[1])))' "$1"; }

@test "raw2idx: the file, byte by byte" {
	bytes '\1\2\3\4\5\6' | raw2idx -t u8 -d 3 > x.idx
	cmp x.idx <(bytes '\0\0\x08\2\0\0\0\2\0\0\0\3\1\2\3\4\5\6')
	bytes '\1\2\3\4\5\6\7\x08' | raw2idx -1 > x.idx
	cmp x.idx <(bytes '\0\0\x0d\1\0\0\0\2\4\3\2\1\x08\7\6\5')
	bytes '\1\2\3\4\5\6\7\x08' | raw2idx --scalars --type f64 > x.idx
	cmp x.idx <(bytes '\0\0\x0e\1\0\0\0\1\x08\7\6\5\4\3\2\1')
}

@test "raw2idx: idx2raw undoes it, for any type and rank, in a file and in a pipe" {
	random 4800000 > data
	for type in u8 f32 f64; do
		for shape in -1 "-d 1" "-d 5" "-d 4x5" "-d 2x3x4x5" "-d 300000"; do
			raw2idx -t $type $shape data > x.idx
			raw2idx -t $type $shape < data | cat > y.idx
			cmp x.idx y.idx
			idx2raw -t $type x.idx | cmp - data
			idx2raw -t $type x.idx | raw2idx -t $type $shape | cmp - x.idx
		done
	done
	run -0 idx2raw -i <(raw2idx -t u8 -d 2x3x4x5 data)
	[ "${lines[1]}" = $'dims\t40000x2x3x4x5' ]
	run -0 idx2raw -i <(raw2idx -t f32 -1 data)
	[ "${lines[1]}" = $'dims\t1200000' ]
}

@test "raw2idx: 254 dimensions are the most" {
	local dims
	dims=$(repeat 254 1 | paste -sdx)
	printf ab | raw2idx -t u8 -d "$dims" | idx2raw -t u8 | cmp - <(printf ab)
	run -2 raw2idx -t u8 -d "${dims}x1" /dev/null
}

@test "raw2idx: no input is no records" {
	raw2idx -d 28x28 /dev/null > x.idx
	cmp x.idx <(bytes '\0\0\x0d\3\0\0\0\0\0\0\0\x1c\0\0\0\x1c')
	raw2idx -d 28x28 < /dev/null | cmp - x.idx
	idx2raw x.idx > out
	[ ! -s out ]
}

@test "raw2idx: a short last record: the whole ones are a good file" {
	random 16 > all
	for n in $(seq 0 13); do
		head -c "$n" all > data
		head -c $((n / 6 * 6)) data > whole
		local status=$((n % 6 ? 1 : 0))
		for run in 'raw2idx -t u8 -d 2x3 data > x.idx' 'raw2idx -t u8 -d 2x3 data | cat > x.idx; exit ${PIPESTATUS[0]}'; do
			run -$status --separate-stderr bash -c "$run"
			[ $status -eq 0 ] ||
				[ "$stderr" = "raw2idx: data: record $((n / 6)) (byte $((n / 6 * 6))): unexpected end of input after $((n % 6)) of 6 bytes" ]
			idx2raw -t u8 x.idx > out
			cmp out whole
		done
	done
}

@test "raw2idx: behind other output, and appended to it" {
	random 12 > data
	{ echo before; raw2idx -t u8 -d 2x3 data; echo after; } > joined
	{ echo before; raw2idx -t u8 -d 2x3 data | cat; echo after; } | cmp - joined
	echo before > appended
	raw2idx -t u8 -d 2x3 data >> appended
	echo after >> appended
	cmp appended joined
}

@test "raw2idx: constant memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	run -1 --separate-stderr bash -c 'head -c 100000000 /dev/zero | { ulimit -v 20000; raw2idx -t u8 -d 28x28; } | wc -c; exit ${PIPESTATUS[1]}'
	[ "$output" = $((100000000 / 784 * 784 + 16)) ]
}

@test "raw2idx: lost output" {
	local message="raw2idx: standard output: cannot write: No space left on device"
	random 100000 > data
	for n in 0 8 100000; do
		head -c $n data > part
		run -1 --separate-stderr bash -c 'raw2idx -t u8 -1 part > /dev/full'
		[ "$stderr" = "$message" ]
	done
	run -1 --separate-stderr bash -c 'raw2idx -t u8 -1 data >&-'
	[ "$stderr" = "raw2idx: standard output: cannot write: Bad file descriptor" ]
	run -0 --separate-stderr bash -c 'raw2idx -t u8 -1 data data | head -c 1 > x; [ "${PIPESTATUS[0]}" -eq 2 ]'
	run -0 --separate-stderr bash -c 'raw2idx -t u8 -1 data | head -c 1 > x; [ "${PIPESTATUS[0]}" -eq 141 ]'
	[ -z "$stderr" ]
	case $SANITIZER in asan) return ;; esac
	run -1 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 8; raw2idx -t u8 -1 data > full'
	[ "$stderr" = "raw2idx: standard output: cannot write: File too large" ]
	run -0 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 8; raw2idx -t u8 -1 data | cat; [ "${PIPESTATUS[0]}" -eq 1 ]'
	[ "$stderr" = "raw2idx: data: cannot write the temporary file: File too large" ]
}

@test "raw2idx: usage" {
	local args
	while read -r args; do
		run -2 --separate-stderr raw2idx $args
		[ "${stderr_lines[1]}" = "Try 'raw2idx --help'." ]
		[ -z "$output" ]
	done <<-END
		-t u8
		-1 -d 3
		-d 3 -d 3
		-1 -1
		-d 0
		-d 28x
		-d x28
		-d 28x-1
		-d 4294967296
		-d 4294967295x4294967295x4294967295
		-d 2 -t i8
		-d 2 a b
		-Z
	END
	run -1 --separate-stderr raw2idx -1 nowhere
	[ "$stderr" = "raw2idx: nowhere: cannot open: No such file or directory" ]
}
