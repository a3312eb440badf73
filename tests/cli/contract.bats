load helper
load contract

# What every program does alike with its options and input: tests/cli/contract.py holds the table of programs, ways
# to run them and options, and runs a check over all of it; here is what is special to some. Outputs, signals and
# what else surrounds a program: contract_surroundings.bats.

@test "contract: every program has a row, every row a program" { contract complete; }
@test "contract: -h, --help, -V, --version" { contract help_and_version; }
@test "contract: an option that is none" { contract unknown_option; }
@test "contract: bad values of options are named" { contract bad_values; }
@test "contract: values have bounds and forms" { contract bounds; }
@test "contract: files that options name" { contract files; }
@test "contract: one file, or as many as one likes, as --help says" { contract reading_operands; }
@test "contract: a file that is missing, or a directory" { contract reading_no_file; }
@test "contract: a read that fails" { contract reading_failing; }
@test "contract: no operand and - are standard input" { contract reading_standard_input; }
@test "contract: standard output is not the file that is read" { contract reading_own_output; }
@test "contract: one byte at a time gives the same bytes" { contract reading_byte_by_byte; }
@test "contract: an empty input" { contract reading_nothing; }
@test "contract: an input that is cut, at any byte" { contract reading_cut; }
@test "contract: a byte too many" { contract reading_too_much; }
@test "contract: ten gigabytes take no memory" { contract reading_sparse; }

# each_program FUNCTION: calls it with program set, for all that have been built.
each_program() {
	for program in $(cd "$B/bin" && ls); do
		echo "$program"
		"$1"
	done
}

# What each program makes of sizes that nobody has: an error, and no memory taken.
huge_csv2raw() {
	{ echo a,b; printf '1,"'; head -c 3000000 /dev/zero | tr '\0' 1; } > huge
	ends 1 "$@" csv2raw -w learnt huge
	says 'csv2raw: huge: row 1 (line 2), column 2: a cell of more than 1048576 bytes; *'
	{ echo a,b; repeat 1000000 1, | tr -d '\n'; } > huge
	ends 1 "$@" csv2raw -w learnt huge
	says 'csv2raw: huge: row 1 (line 2), column 65537: more than 65536 columns'
	{ echo nicetable 1; head -c 30000000 /dev/zero | tr '\0' 1; } > huge
	ends 1 "$@" csv2raw -s huge x.csv
	says 'csv2raw: huge: a schema of more than 16777216 bytes'
}
huge_idx2raw() {
	{ bytes '\0\0\x08\3'; be32 2; be32 1000000; be32 1000000; printf abc; } > huge
	ends 1 "$@" idx2raw huge
	says 'idx2raw: huge: record 0 (byte 16): unexpected end of input: the header says 2 records'
	{ bytes '\0\0\x0e\4'; be32 1; be32 4294967295; be32 4294967295; be32 4294967295; } > huge
	ends 1 "$@" idx2raw huge
	says 'idx2raw: huge: the product of the IDX dimensions is too large'
	bytes '\0\0\x08\xff\1' > huge
	ends 1 "$@" idx2raw huge
	says 'idx2raw: huge: unexpected end of the IDX header'
}
huge_niceflow() {
	ends 1 "$@" niceflow -m huge.model x.f32
	says 'niceflow: huge.model: *'
	ends 1 "$@" niceflow -m huge.header x.f32
	says 'niceflow: huge.header: *'
}
huge_nicegame() {
	head -c 68000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" nicegame huge
	says 'nicegame: huge: line 1: more than * bytes in a line'
	repeat 1048577 1 > huge
	ends 1 "$@" nicegame huge
	says 'nicegame: huge: line 1048577: more than 1048576 numbers'
}
huge_nicemax() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" nicemax huge
	says 'nicemax: huge: line 1 (byte 0): more than * bytes in a line'
	ends 1 "$@" nicemax -n 4294967295 ll
	says 'nicemax: ll: line 1: unexpected end of input after 4 of 4294967295 views of a record; *'
}
huge_nicestat() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" nicestat huge
	says 'nicestat: huge: line 1 (byte 0): more than * bytes in a line'
}
huge_nicethresh() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" nicethresh -t 0 huge
	says 'nicethresh: huge: line 1 (byte 0): more than * bytes in a line'
	ends 1 "$@" nicethresh -c huge ll
	says 'nicethresh: huge: not a calibration: more than 65536 bytes'
	ends 1 "$@" nicethresh --merge huge
	says 'nicethresh: huge: line 1: more than 65535 bytes in a line'
}
huge_nicedrift() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" nicedrift huge
	says 'nicedrift: huge: line 1 (byte 0): more than * bytes in a line'
	ends 1 "$@" nicedrift -p huge ll
	says 'nicedrift: huge: line 1 (byte 0): more than * bytes in a line'
}
huge_niceroc() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" niceroc ll huge
	says 'niceroc: huge: line 1 (byte 0): more than * bytes in a line'
	ends 1 "$@" niceroc -m huge
	says 'niceroc: huge: line 1: more than 65535 bytes in a line'
}
huge_nicetrain() {
	ends 1 "$@" nicetrain -q -o model -t u8 -d 4294967294x268435455 --mid 1048576 x.u8
	says 'nicetrain: *'
	[ ! -e model ]
	repeat 40000 x.f32 | xargs cat > many.f32
	ends 1 "$@" nicetrain -q -o model -d 6 --mid 1048576 --hidden 1000 --couplings 1000 many.f32
	says 'nicetrain: *'
	ends 1 "$@" nicetrain -q -o model -d 6 --kind vae --latent 1048576 --mid 1048576 --hidden 1000 many.f32
	says 'nicetrain: *'
}
huge_nicevae() {
	ends 1 "$@" nicevae -m huge.model x.f32
	says 'nicevae: huge.model: *'
	ends 1 "$@" nicevae -m huge.header x.f32
	says 'nicevae: huge.header: *'
}
huge_npy2raw() {
	local shape
	while read -r shape; do
		python3 "$ROOT/tests/fixtures/make_npy.py" "{'descr': '<f8', 'fortran_order': False, 'shape': ($shape), }" < x.u8 > huge
		ends 1 "$@" npy2raw huge
		says 'npy2raw: huge: the shape is too large'
	done <<-END
		4294967296, 4294967296
		1, 4294967296, 4294967296
		1, 18446744073709551615
		2305843009213693952,
		18446744073709551615, 2, 18446744073709551615
	END
	python3 "$ROOT/tests/fixtures/make_npy.py" "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1000000000000), }" < x.u8 > huge
	ends 1 "$@" npy2raw huge
	says 'npy2raw: huge: record 0 (byte 128): unexpected end of input: the header says 2 records'
	bytes '\x93NUMPY\2\0\xff\xff\xff\xff{' > huge
	ends 1 "$@" npy2raw huge
	says 'npy2raw: huge: a NumPy header of more than 65535 bytes'
}
huge_png2raw() {
	python3 -c 'import struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
sys.stdout.buffer.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""))' > huge
	ends 1 "$@" png2raw huge
	says 'png2raw: huge: 2147483647x2147483647 pixels (height x width) are too many: *'
	ends 1 "$@" png2raw -d 4294967295x268435455 x.png
	says 'png2raw: x.png: the picture is *, not 4294967295x268435455'
}
huge_pt2nice() {
	ends 1 "$@" pt2nice huge.model
	says 'pt2nice: huge.model: *'
	ends 1 "$@" pt2nice huge.header
	says 'pt2nice: huge.header: *'
}
huge_raw2idx() {
	ends 1 "$@" raw2idx -t u8 -d 4294967295x268435455 x.u8
	says 'raw2idx: *out of memory'
	ends 2 "$@" raw2idx -t u8 -d 4294967295x4294967295 x.u8
	misused "raw2idx: -d: '4294967295x4294967295' is not a size *"
}
huge_raw2npy() {
	ends 1 "$@" raw2npy -t u8 -d 4294967295x268435455 x.u8
	says 'raw2npy: *out of memory'
	ends 2 "$@" raw2npy -t u8 -d 4294967295x4294967295 x.u8
	misused "raw2npy: -d: '4294967295x4294967295' is not a size *"
}
huge_raw2png() {
	ends 1 "$@" raw2png -t u8 -d 4294967295x268435455 x.u8
	says 'raw2png: *out of memory'
	ends 2 "$@" raw2png -t f64 -d 4294967295x4294967295 x.u8
	misused "raw2png: -d: '4294967295x4294967295' is not a size *"
	ends 0 "$@" raw2png -t u8 -d 2x3 -c 4294967295 -n 4294967295 x.u8
}
huge_nicewhy() {
	ends 1 "$@" nicewhy -d 4294967295x268435455 x.f32
	says 'nicewhy: *out of memory'
}
huge_rawshift() {
	ends 1 "$@" rawshift -t u8 -d 4294967295x268435455 x.u8
	says 'rawshift: *out of memory'
	ends 0 "$@" rawshift -t u8 -d 2x3 -n 4294967295 x.u8
}
huge_rawsize() {
	ends 1 "$@" rawsize -t u8 -d 4294967295x268435455 x.u8
	says 'rawsize: *out of memory'
}
huge_rawpick() {
	ends 1 "$@" rawpick -t u8 -d 4294967295x268435455 list x.u8
	says 'rawpick: *out of memory'
}

# Model files whose header says more than there is.
huge_models() {
	python3 -c 'import json, struct
n = 2**40
h = json.dumps({"scaling.scale": {"dtype": "F32", "shape": [1, n], "data_offsets": [0, 4 * n]}}).encode()
open("huge.model", "wb").write(struct.pack("<Q", len(h)) + h + bytes(64))
open("huge.header", "wb").write(struct.pack("<Q", 2**63 - 1) + h)'
}

# A sanitizer would end the program where malloc gives NULL; so it only warns, see says.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1

@test "contract: huge sizes are refused" {
	huge_models
	each_program huge
}
huge() { "huge_$program"; }

@test "contract: huge sizes take no memory" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	huge_models
	each_program huge_limited
}
huge_limited() { "huge_$program" limited; }
limited() { (ulimit -v 500000 && exec "$@"); }

# Small files that once took minutes, or gigabytes, through each option that takes a model.
@test "contract: hostile models take time and memory as their size does" {
	[ -z "$SANITIZER" ] || skip "a sanitizer wants its own address space"
	local file command
	python3 "$ROOT/tests/fixtures/make_pt.py" --files nested aliases collisions
	python3 -c 'import struct
def safetensors(name, text): open(name, "wb").write(struct.pack("<Q", len(text)) + text)
safetensors("arrays", b"{\"w\":[" + b"[]," * 2700000 + b"[]]}")
safetensors("objects", b"{\"w\":{}" + b"".join(b",\"%x\":{}" % i for i in range(700000)) + b"}")
safetensors("too-long", b"{\"w\":[" + b"[]," * 6000000 + b"[]]}")'
	for file in nested.pt aliases.pt collisions.pt arrays objects too-long; do
		for command in "pt2nice $file" "niceflow -m $file -i" \
			"nicetrain -q -o model -d 6 --mid 4 --batch 2 --epochs 1 --valid-share 0.4 --resume --checkpoint $file x.f32"; do
			echo "$command"
			# shellcheck disable=SC2086
			ends 1 bounded $command
			says "*: $file: *"
		done
	done
}
bounded() { (ulimit -t 10 -v 1000000 && exec "$@"); }

@test "contract: head has enough" {
	local command
	head -c 6000000 /dev/zero > zeros
	{ bytes '\0\0\x08\2'; be32 1000000; be32 6; cat zeros; } > zeros.idx
	raw2npy -t u8 -d 6 zeros > zeros.npy
	repeat 1000000 1 > ones
	: > nothing
	for command in 'idx2raw zeros.idx' 'niceflow -m m -z zeros' 'niceflow -m m -n 100000' \
		'niceflow -m m -t u8 -k 2 zeros' 'nicethresh -t 2 ones' 'nicedrift ones' 'nicemax -n 1 ones' 'raw2idx -d 6 zeros' 'raw2npy -d 6 zeros' 'npy2raw zeros.npy' 'rawpick -v -d 6 nothing zeros' 'nicewhy -d 6 zeros' 'rawshift -d 2x3 zeros' 'rawsize -d 6 zeros'; do
		echo "$command"
		ends 141 bash -c 'set -o pipefail; '"$command"' | head -c 1'
		silent
		[ "$(wc -c < out)" -eq 1 ]
	done
}

# NaN, both infinities, the largest and the least number, and zeros of both signs.
special='\0\0\xc0\x7f''\0\0\x80\x7f''\0\0\x80\xff''\xff\xff\x7f\x7f''\1\0\0\0''\0\0\0\x80'

@test "contract: NaN and infinity are themselves, or refused by name" {
	# shellcheck disable=SC2094
	bytes "$special" > special
	{ bytes '\0\0\x0d\2'; be32 1; be32 6; bytes "$special" | od -An -v -tx4 -w4 | tr -d ' \n' |
		sed 's/../\\x&/g' | xargs -0 printf %b; } > special.idx
	idx2raw special.idx | cmp - special
	raw2idx -d 6 special | cmp - special.idx
	raw2npy -d 6 special | npy2raw | cmp - special
	echo 0 > first
	rawpick -d 6 first special | cmp - special
	ends 0 raw2png -g 0 -d 1x6 special
	silent
	png2raw -t u8 out | cmp - <(bytes '\0\xff\0\xff\0\0')
	ends 0 niceflow -m m special
	[ "$(cat out)" = nan ]
	ends 0 niceflow -m m -z special
	[ "$(wc -c < out)" -eq 24 ]
	for value in nan inf -inf; do
		printf '1\n%s\n2\n' $value > values
		ends 1 nicestat values
		nothing
		says "nicestat: values: line 2: $value is not a finite number"
		ends 0 nicethresh -t 1 values
		grep -q "^$value"$'\t' out
	done
	ends 1 nicetrain -q -o model -d 6 special
	says 'nicetrain: special: *'
	[ ! -e model ]
	ends 1 rawpick -d 6 <(echo nan) special
	says 'rawpick: *: line 1: nan is not the index of a record'
}

@test "contract: lines may end with CRLF" {
	sed 's/$/\r/' ll > ll.crlf
	sed 's/$/\r/' calibration > calibration.crlf
	sed 's/$/\r/' list > list.crlf
	nicestat -k 1 ll.crlf | cmp - calibration
	nicethresh -c calibration.crlf ll.crlf | cmp - <(nicethresh -c calibration ll)
	rawpick -t u8 -d 6 list.crlf x.u8 | cmp - <(rawpick -t u8 -d 6 list x.u8)
	sed 's/$/\r/' game > game.crlf
	nicegame game.crlf | cmp - <(nicegame game)
	printf '1\r2\n' > inside
	for command in nicestat 'nicethresh -t 0' nicedrift 'rawpick -d 1'; do
		# shellcheck disable=SC2086
		ends 1 $command inside < /dev/null
		says "*: inside: line 1 (byte 0): '1?x0d2' is not a number"
	done
}
