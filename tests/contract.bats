load helper

# What every program does alike, every program through one matrix. A row of the table is a way to
# run a program on good input:
#
#     program  input  status  options
#
# where the status is that of an empty input: 0, then with no output; 0+, with some; or 1. "none"
# stands for a way that reads no input. Those with "-o model" write that, and nothing to standard
# output. A program without a row fails the first test.
table() {
	cat <<-'END'
		idx2raw     x.idx     1   -t u8
		idx2raw     x.idx.gz  1   -n 3
		idx2raw     x.idx     1   -l l.idx -c 3
		idx2raw     x.idx     1   -i
		niceflow    x.f32     0   -m m
		niceflow    x.f32     0   -m m -b
		niceflow    x.f32     0   -m m -z
		niceflow    x.f32     0   -m m -x -B 2 -j 2
		niceflow    x.u8      0   -m m -t u8 -k 3
		niceflow    x.u8      0   -m m -t u8 -k 3 --weights
		niceflow    none      -   -m m -n 5
		niceflow    none      -   -m m -i
		nicestat    ll        1
		nicestat    ll.f64    1   -b
		nicestat    ll        1   -q 0.5,0.01
		nicestat    ll        0+  -s
		nicestat    state     1   -m
		niceroc     ll        1   ll
		niceroc     ll        1   --curve ll
		niceroc     ll.f64    1   -b ll.f64
		nicethresh  ll        0   -t -14
		nicethresh  ll        0   -c calibration -i
		nicethresh  ll        0+  -t -14 -x normal
		nicethresh  ll.f64    0   -b -t -14
		nicethresh  ll        0   -t -14 -u -12 -p ll
		nicethresh  ll.f64    0   -b -p ll.f64 --alpha 0.3
		nicethresh  ll        0   -p ll --fdr 0.9 --two-sided
		nicethresh  ll        1   -t -14 --labels labels
		nicetrain   x.f32     1   -o model -d 6 --mid 4 --epochs 1 --batch 2 --valid-share 0.4 -q
		nicetrain   x.u8      1   -o model -t u8 -d 2x3 --mid 4 --epochs 2 --batch 2 --valid x.u8 -j 1 -q
		png2raw     x.png     1   -t u8
		pt2nice     x.pt      1
		pt2nice     m         1   -m 0
		raw2idx     x.u8      0+  -t u8 -d 2x3
		raw2idx     x.f32     0+  -1
		raw2png     x.u8      0+  -t u8 -d 2x3
		rawpick     x.u8      1   -t u8 -d 6 list
		rawpick     x.u8      1   -t u8 -d 6 -v list
	END
}

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
}

setup() {
	cp "$BATS_FILE_TMPDIR"/* .
}

# every FUNCTION [reading|writing]: calls it for each row, with program, input, empty and options
# set; the last row that is printed is the one that failed. "reading" leaves out the rows without
# input, "writing" those that do not write to standard output. "product" is where the output is,
# "default" the operands that stand for standard input: none, but for niceroc, which takes two files.
every() {
	local line rows
	mapfile -t rows < <(table)
	for line in "${rows[@]}"; do
		read -r program input empty options <<< "$line"
		read -r -a options <<< "$options"
		if [ "$input" = none ]; then
			[ "${2:-}" != reading ] || continue
			operand=()
		else
			operand=("$input")
		fi
		default=()
		[ "$program" != niceroc ] || default=(-)
		product=out
		case $line in *"-o model"*)
			product=model
			[ "${2:-}" != writing ] || continue
			;;
		esac
		echo "$line"
		"$1"
	done
}

# each_program FUNCTION: calls it with program set, for all that have been built.
each_program() {
	for program in $(programs); do
		echo "$program"
		"$1"
	done
}

programs() { (cd "$B/bin" && ls); }

# values PROGRAM: "-d --dims DIMS" for each option of --help that takes a value; the long form twice
# if there is no short one.
values() {
	"$1" --help | sed -n -E 's/^  (-.), (--[a-z0-9-]+) ([^ ]+) .*/\1 \2 \3/p
		s/^      (--[a-z0-9-]+) ([^ ]+) .*/\1 \1 \2/p'
}

# The metavariables of values that are files.
FILES='^(MODEL|LABELS|CALIBRATION|SCORES|FILE)$'

@test "contract: every program has a row, every row a program" {
	programs > built
	[ -s built ]
	table | awk '{ print $1 }' | sort -u | cmp built
}

help_and_version() {
	ends 0 "$program" --help
	silent
	[[ $(head -n 1 out) == "usage: $program"* ]]
	mv out help
	ends 0 "$program" -h
	silent
	cmp out help
	ends 0 "$program" --version
	silent
	[[ $(cat out) == "$program (nicetools) $VERSION"$'\nsandbox: '@(seccomp|none) ]]
	mv out version
	ends 0 "$program" -V
	silent
	cmp out version
	ends 0 "$program" --help --nonsense # the first one counts
}

@test "contract: -h, --help, -V, --version" { each_program help_and_version; }

unknown_option() {
	local option
	for option in --nonsense -@; do
		ends 2 "$program" $option
		nothing
		misused "$program: *${option#-}*"
	done
	ends 2 "$program" --help=yes
	ends 2 "$program" -V@ < /dev/null || ends 0 "$program" -V
}

@test "contract: an option that is none" { each_program unknown_option; }

bad_values() {
	local short long kind value
	while read -r -u 4 short long kind; do
		[[ ! $kind =~ $FILES ]] || continue
		for value in '' x 1x ' 1' '1 ' nan 1e999 0x10 -; do
			ends 2 "$program" "$short" "$value"
			nothing
			misused "$program: $short: '$value' is n* *"
			ends 2 "$program" "$long=$value"
			misused "$program: $short: '$value' is n* *"
		done
		ends 2 "$program" "$short"
		misused "$program: *"
	done 4< <(values "$program")
}

@test "contract: bad values of options are named" { each_program bad_values; }

@test "contract: numbers of options have bounds" {
	local too
	for too in 'idx2raw -n -1' 'idx2raw -n 4294967296' 'idx2raw -S 18446744073709551616' \
		'niceflow -n -1' 'niceflow -k 65537' 'niceflow -j 0' 'niceflow -j 1025' 'niceflow -B 0' 'niceflow -B 1048577' \
		'niceflow -S 18446744073709551616' 'niceflow -T inf' 'nicestat -k inf' 'nicethresh -t -inf' \
		'nicethresh -u inf' 'nicethresh --alpha 1' 'nicethresh --fdr 0' \
		'png2raw -d 0x3' 'png2raw -d 4294967296x1' 'pt2nice -m 2' 'raw2idx -d 4294967296' \
		'raw2png -d 1x0' 'raw2png -c 0' 'raw2png -n 0' 'raw2png -g 1001' 'rawpick -d 0' \
		'rawpick -d 4294967295x4294967295' 'nicestat -q 1.5' 'nicetrain --epochs 0' 'nicetrain --lr -1' \
		'nicetrain --mid 1048577' 'nicetrain -d 0' 'nicetrain --ema 1'; do
		echo "$too"
		# shellcheck disable=SC2086
		ends 2 $too
		nothing
		misused "${too%% *}: -*: '${too##* }' is not *"
	done
}

# The options that take a file, in a command that needs nothing but a good one. "new" ones are
# written.
files() {
	cat <<-'END'
		idx2raw     -l            l.idx        -c 3 x.idx
		niceflow    -m            m            x.f32
		nicethresh  -c            calibration  ll
		nicethresh  -p            ll           -t -14 ll
		nicethresh  --labels      labels       -t -14 ll
		nicetrain   -o            new          -d 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q x.f32
		nicetrain   --valid       x.f32        -d 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q -o model x.f32
		nicetrain   --checkpoint  new          -d 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q -o model x.f32
		nicetrain   --log         new          -d 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 -q -o model x.f32
	END
}

@test "contract: files that options name" {
	local program option file rest
	while read -r -u 4 program option file rest; do
		# shellcheck disable=SC2086
		ends 0 "$program" $option "$file" $rest
		# shellcheck disable=SC2086
		ends 1 "$program" $option no/where $rest
		says "$program: *no/where: cannot *: No such file or directory"
		nothing
		# shellcheck disable=SC2086
		ends 1 "$program" $option . $rest
		says "$program: *.: *"
		nothing
		[ "$file" != new ] || continue
		# shellcheck disable=SC2086
		ends 1 "$program" $option empty $rest
		says "$program: *empty: *"
		nothing
	done 4< <(files)
	for program in $(programs); do
		values "$program" | awk -v p="$program" -v files="$FILES" '$3 ~ files { print p, $1 }'
	done > named
	sort named > expected
	files | awk '{ print $1, $2 }' | sort | cmp expected
}

operands() {
	if "$program" --help | grep -q '\[file[.a-z]* \.\.\.\]'; then
		ends 0 "$program" "${options[@]}" "$input" "$input"
		return
	fi
	ends 2 "$program" "${options[@]}" "$input" another
	nothing
	misused "$program: *"
}

@test "contract: one file, or as many as one likes, as --help says" { every operands reading; }

no_file() {
	ends 1 "$program" "${options[@]}" no/where
	says "$program: no/where: cannot open: No such file or directory"
	nothing
	ends 1 "$program" "${options[@]}" .
	says "$program: .: cannot read: Is a directory"
	[ "$empty" = 0+ ] || nothing
	ends 1 "$program" "${options[@]}" "${default[@]}" < .
	says "$program: standard input: cannot read: Is a directory"
}

@test "contract: a file that is missing, or a directory" { every no_file reading; }

failing_read() {
	ends 1 "$program" "${options[@]}" /proc/self/mem
	says "$program: /proc/self/mem: *cannot read: Input/output error"
}

@test "contract: a read that fails" {
	[ -e /proc/self/mem ] || skip "needs /proc"
	every failing_read reading
}

standard_input() {
	ends 0 "$program" "${options[@]}" "$input"
	[ -s $product ]
	silent
	mv $product expected
	ends 0 "$program" "${options[@]}" "${default[@]}" < "$input"
	silent
	cmp $product expected
	ends 0 "$program" "${options[@]}" - < "$input"
	cmp $product expected
	ends 0 "$program" "${options[@]}" "${default[@]}" < <(cat "$input") # no seeking
	cmp $product expected
	ends 0 "$program" "${options[@]}" -- "$input" <&-
	silent
	cmp $product expected
}

@test "contract: no operand and - are standard input" { every standard_input reading; }

one_byte_at_a_time() {
	ends 0 "$program" "${options[@]}" "$input"
	mv $product expected
	ends 0 python3 "$BATS_TEST_DIRNAME/drip.py" "$input" "$program" "${options[@]}" "${default[@]}"
	silent
	cmp $product expected
}

@test "contract: one byte at a time gives the same bytes" { every one_byte_at_a_time reading; }

no_input() {
	local from
	for from in empty /dev/null -; do
		ends "${empty%+}" "$program" "${options[@]}" $from < empty
		case $empty in
		0) silent && nothing ;;
		0+) silent && [ -s out ] ;;
		1) nothing && says "$program: *" ;;
		esac
	done
}

@test "contract: an empty input" { every no_input reading; }

# A text that is cut may be a text still, and -i looks at the header alone.
cut() {
	local size
	[[ $input != ll && ${options[*]} != -i ]] || return 0
	for size in 1 $(($(wc -c < "$input") - 1)); do
		head -c "$size" "$input" > short
		ends 1 "$program" "${options[@]}" short
		says "$program: short: *"
		ends 1 "$program" "${options[@]}" "${default[@]}" < short
		says "$program: standard input: *"
	done
}

@test "contract: an input that is cut" { every cut reading; }

trailing() {
	[[ ${options[*]} != -i ]] || return 0
	{ cat "$input"; printf x; } > long
	ends 1 "$program" "${options[@]}" long
	says "$program: long: *"
}

@test "contract: a byte too many" { every trailing reading; }

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
	case $B in *asan*) skip "a sanitizer wants its own address space" ;; esac
	huge_models
	each_program huge_limited
}
huge_limited() { "huge_$program" limited; }
limited() { (ulimit -v 500000 && exec "$@"); }

NO_SPACE='standard output: cannot write: No space left on device'
CLOSED='standard output: cannot write: Bad file descriptor'

full_disk() {
	out=/dev/full ends 1 "$program" "${options[@]}" "${operand[@]}"
	says "$program: $NO_SPACE"
}

closed_output() {
	ends 1 bash -c 'exec "$@" >&-' - "$program" "${options[@]}" "${operand[@]}"
	says "$program: $CLOSED"
}

closed_error() {
	ends 0 bash -c 'exec "$@" 2>&-' - "$program" "${options[@]}" "${operand[@]}"
	mv $product expected
	ends 0 "$program" "${options[@]}" "${operand[@]}"
	cmp $product expected
	ends 2 bash -c 'exec "$@" 2>&-' - "$program" --nonsense
	nothing
}

help_is_lost() {
	local option
	for option in --help -V; do
		out=/dev/full ends 1 "$program" $option
		says "$program: $NO_SPACE"
		ends 1 bash -c 'exec "$@" >&-' - "$program" $option
		says "$program: $CLOSED"
	done
}

@test "contract: a full disk is told, once" {
	[ -e /dev/full ] || skip "needs /dev/full"
	every full_disk writing
	each_program help_is_lost
}

@test "contract: a closed standard output is told, once" {
	every closed_output writing
}

@test "contract: a closed standard error changes nothing" { every closed_error; }

closed_input() {
	ends 1 "$program" "${options[@]}" "${default[@]}" <&-
	says "$program: standard input: *cannot read: Bad file descriptor"
	ends 1 "$program" "${options[@]}" - <&-
	says "$program: standard input: *cannot read: Bad file descriptor"
}

@test "contract: a closed standard input is told" { every closed_input reading; }

# A pipe that nobody reads: the first write ends the program.
nobody_reads() {
	ends 141 bash -c 'exec "$@" >&5' - "$program" "${options[@]}" "${operand[@]}"
	silent
	ends 1 bash -c 'trap "" PIPE; exec "$@" >&5' - "$program" "${options[@]}" "${operand[@]}"
	says "$program: standard output: cannot write: Broken pipe"
}

@test "contract: SIGPIPE ends a program quietly; where it is ignored, the loss is told" {
	mkfifo pipe
	exec 6<> pipe 5> pipe 6>&-
	every nobody_reads writing
	exec 5>&-
}

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

comma() {
	ends 0 "$program" "${options[@]}" "${operand[@]}"
	mv $product expected
	LC_ALL=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 ends 0 "$program" "${options[@]}" "${operand[@]}"
	silent
	cmp $product expected
}

@test "contract: a locale with decimal commas changes nothing" {
	if command -v localedef > /dev/null && localedef -i de_DE -f UTF-8 "$PWD/de_DE.UTF-8"; then
		export LOCPATH=$PWD
	fi 2> /dev/null
	every comma
	LC_ALL=de_DE.UTF-8 ends 2 nicestat -k 1,5 ll
	echo 1,5 > values
	LC_ALL=de_DE.UTF-8 ends 1 nicestat values
	says "nicestat: values: line 1 (byte 0): '1,5' is not a number"
}

environment() {
	ends 0 "$program" "${options[@]}" "${operand[@]}"
	mv $product expected
	ends 0 env -i "$(command -v "$program")" "${options[@]}" "${operand[@]}"
	cmp $product expected
	OMP_NUM_THREADS=3 TZ=Asia/Tokyo COLUMNS=3 TERM=dumb POSIXLY_CORRECT=1 \
		ends 0 "$program" "${options[@]}" "${operand[@]}"
	cmp $product expected
}

@test "contract: the same bytes in any environment" { every environment; }
