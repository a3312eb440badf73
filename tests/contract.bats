load helper

# What every program does alike: tests/contract.py holds the table of programs, ways to run them and
# options, and runs a check over all of it; here is what is special to some.

# Good input: five records of six elements, unless the name says otherwise.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	{ bytes '\0\0\x08\3'; be32 5; be32 2; be32 3; cat x.u8; } > x.idx
	gzip -n < x.idx > x.idx.gz
	{ bytes '\0\0\x08\1'; be32 5; bytes '\3\1\3\0\3'; } > l.idx
	idx2raw x.idx > x.f32
	python3 "$BATS_TEST_DIRNAME/make_model.py" 6 5 2 2 1 > m
	cp "$BATS_TEST_DIRNAME/fixtures/tiny.pt" x.pt
	printf '%s\n' -12.5 -13.25 -30 -11 > ll
	python3 -c 'import struct
open("ll.f64", "wb").write(b"".join(struct.pack("<d", float(v)) for v in open("ll")))'
	nicestat -k 1 ll > calibration
	nicestat -s ll > state
	printf '%s\n' 0 3 > list
	printf '%s\n' 0 0 1 0 > labels
	raw2png -t u8 -d 2x3 x.u8 > x.png
	: > empty
	contract expected
}

setup() {
	cp "$BATS_FILE_TMPDIR"/* .
}

# contract CHECK: of contract.py, for all programs.
contract() {
	local status=0
	B=$B python3 "$BATS_TEST_DIRNAME/contract.py" "$1" > failures 2>&1 || status=$?
	[ $status -ne 77 ] || skip "$(cat failures)"
	cat failures
	return $status
}

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
@test "contract: a closed standard input is told" { contract reading_closed_input; }
@test "contract: one byte at a time gives the same bytes" { contract reading_byte_by_byte; }
@test "contract: an empty input" { contract reading_nothing; }
@test "contract: an input that is cut, at any byte" { contract reading_cut; }
@test "contract: a byte too many" { contract reading_too_much; }
@test "contract: ten gigabytes take no memory" { contract reading_sparse; }
@test "contract: SIGTERM ends a program that waits, and nothing is left" { contract reading_ended; }
@test "contract: a full disk is told, once" { contract writing_full_disk; }
@test "contract: a help that is lost is told, once" { contract lost_help; }
@test "contract: a closed standard output is told, once" { contract writing_closed_output; }
@test "contract: SIGPIPE ends a program quietly; where it is ignored, the loss is told" { contract writing_to_nobody; }
@test "contract: a closed standard error changes nothing" { contract closed_error; }
@test "contract: nor does it with a usage error" { contract closed_error_usage; }
@test "contract: the same bytes in any environment, and with decimal commas" {
	if command -v localedef > /dev/null; then
		localedef -i de_DE -f UTF-8 "$PWD/de_DE.UTF-8" 2> /dev/null || :
	fi
	contract environment
	LC_ALL=de_DE.UTF-8 ends 2 nicestat -k 1,5 ll
	echo 1,5 > values
	LC_ALL=de_DE.UTF-8 ends 1 nicestat values
	says "nicestat: values: line 1 (byte 0): '1,5' is not a number"
}
@test "contract: a directory that is read-only" { contract read_only_directory; }

# each_program FUNCTION: calls it with program set, for all that have been built.
each_program() {
	for program in $(cd "$B/bin" && ls); do
		echo "$program"
		"$1"
	done
}

# What each program makes of sizes that nobody has: an error, and no memory taken.
huge_idx2raw() {
	{ bytes '\0\0\x08\3'; be32 2; be32 1000000; be32 1000000; printf abc; } > huge
	ends 1 "$@" idx2raw huge
	says 'idx2raw: huge: record 0 (byte 16): unexpected end of input: the header promises 2 records'
	{ bytes '\0\0\x0e\4'; be32 1; be32 4294967295; be32 4294967295; be32 4294967295; } > huge
	ends 1 "$@" idx2raw huge
	says 'idx2raw: huge: the IDX dimensions multiply past 2^64'
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
	says 'nicethresh: huge: more than 65536 bytes: not a calibration'
}
huge_niceroc() {
	head -c 3000000 /dev/zero | tr '\0' 1 > huge
	ends 1 "$@" niceroc ll huge
	says 'niceroc: huge: line 1 (byte 0): more than * bytes in a line'
}
huge_nicetrain() {
	ends 1 "$@" nicetrain -q -o model -t u8 -d 4294967294x268435455 --mid 1048576 x.u8
	says 'nicetrain: *'
	[ ! -e model ]
	yes x.f32 | head -n 40000 | xargs cat > many.f32
	ends 1 "$@" nicetrain -q -o model -d 6 --mid 1048576 --hidden 1000 --couplings 1000 many.f32
	says 'nicetrain: *'
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
huge_raw2png() {
	ends 1 "$@" raw2png -t u8 -d 4294967295x268435455 x.u8
	says 'raw2png: *out of memory'
	ends 2 "$@" raw2png -t f64 -d 4294967295x4294967295 x.u8
	misused "raw2png: -d: '4294967295x4294967295' is not a size *"
	ends 0 "$@" raw2png -t u8 -d 2x3 -c 4294967295 -n 4294967295 x.u8
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
	case $B in *[at]san*) skip "a sanitizer wants its own address space" ;; esac
	huge_models
	each_program huge_limited
}
huge_limited() { "huge_$program" limited; }
limited() { (ulimit -v 500000 && exec "$@"); }

@test "contract: head has enough" {
	local command
	head -c 6000000 /dev/zero > zeros
	{ bytes '\0\0\x08\2'; be32 1000000; be32 6; cat zeros; } > zeros.idx
	yes 1 | head -n 1000000 > ones
	: > nothing
	for command in 'idx2raw zeros.idx' 'niceflow -m m -z zeros' 'niceflow -m m -n 100000' \
		'niceflow -m m -t u8 -k 2 zeros' 'nicethresh -t 2 ones' 'raw2idx -d 6 zeros' 'rawpick -v -d 6 nothing zeros'; do
		echo "$command"
		ends 141 bash -c 'set -o pipefail; '"$command"' | head -c 1'
		silent
		[ "$(wc -c < out)" -eq 1 ]
	done
}

# NaN, both infinities, the largest and the least number, and zeros of both signs.
special='\0\0\xc0\x7f''\0\0\x80\x7f''\0\0\x80\xff''\xff\xff\x7f\x7f''\1\0\0\0''\0\0\0\x80'

@test "contract: NaN and infinity are themselves, or refused by name" {
	bytes "$special" > special
	{ bytes '\0\0\x0d\2'; be32 1; be32 6; bytes "$special" | od -An -v -tx4 -w4 | tr -d ' \n' |
		sed 's/../\\x&/g' | xargs -0 printf %b; } > special.idx
	idx2raw special.idx | cmp - special
	raw2idx -d 6 special | cmp - special.idx
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
	says 'rawpick: *: line 1: nan is not the number of a record'
}

@test "contract: lines may end with CRLF" {
	sed 's/$/\r/' ll > ll.crlf
	sed 's/$/\r/' calibration > calibration.crlf
	sed 's/$/\r/' list > list.crlf
	nicestat -k 1 ll.crlf | cmp - calibration
	nicethresh -c calibration.crlf ll.crlf | cmp - <(nicethresh -c calibration ll)
	rawpick -t u8 -d 6 list.crlf x.u8 | cmp - <(rawpick -t u8 -d 6 list x.u8)
	printf '1\r2\n' > inside
	for command in nicestat 'nicethresh -t 0' 'rawpick -d 1'; do
		# shellcheck disable=SC2086
		ends 1 $command inside < /dev/null
		says "*: inside: line 1 (byte 0): '1?x0d2' is not a number"
	done
}
