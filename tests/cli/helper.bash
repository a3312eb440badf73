# Loaded by every .bats file: the programs under test are those of $B (default: build).
bats_require_minimum_version 1.5.0

# A pipeline fails if any of its commands does: where one may fail, the test says so. grep -q and head leave
# early, by which the command before them may end by SIGPIPE: grep and sed -n read all.
set -o pipefail

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$ROOT/$B ;; esac
PATH=$B/bin:$PATH
cd "$BATS_TEST_TMPDIR" 2>/dev/null || cd "$BATS_FILE_TMPDIR" || exit 1

# SANITIZER: asan, tsan, or nothing, as the programs were built; tests/run asks them once for all.
[ -n "${SANITIZER+known}" ] || SANITIZER=$(sh "$ROOT/tests/run" --sanitizer)
export SANITIZER

# python3: the interpreter itself, found once, and without the packages of others: a start takes a
# twentieth of what it takes through the scripts of some version managers.
: "${PYTHON:=$(command python3 -c 'import sys; print(sys.executable)')}"
python3() { "$PYTHON" -S "$@"; }
export PYTHON
export -f python3

# scripts_alone: for setup; skips tests of scripts under a sanitizer, whose programs take three times as long to
# start. Of the C that these scripts run, other tests run every line (gcov).
scripts_alone() { [ -z "$SANITIZER" ] || skip "scripts are the same without a sanitizer"; }

# A search for leaks takes longer than most programs: the units, the fuzz harnesses and some checks of
# contract.py make one, other tests do not.
leaks() { export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=$1"; }
leaks 0

# repeat N TEXT: N lines of it. In yes | head, yes fails.
repeat() { awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'; }

# bytes 'printf recipe' ... : writes binary data from readable recipes.
bytes() { printf "%b" "$*"; }

# be32 N, le64 N: a number of 32 bits, high byte first; of 64 bits, low byte first.
be32() {
	local hex
	printf -v hex '%08x' "$1"
	printf %b "\\x${hex:0:2}\\x${hex:2:2}\\x${hex:4:2}\\x${hex:6:2}"
}
le64() {
	local hex at text=
	printf -v hex '%016x' "$1"
	for at in 14 12 10 8 6 4 2 0; do text+="\\x${hex:at:2}"; done
	printf %b "$text"
}

# records_that_overflow: 100 records of 64 f32, valid; the same with one so large that products overflow,
# records.
records_that_overflow() {
	python3 -c 'import random, struct
r = random.Random(1)
x = [r.random() for _ in range(6400)]
open("valid", "wb").write(struct.pack("<6400f", *x))
x[3200:3264] = [3e38] * 64
open("records", "wb").write(struct.pack("<6400f", *x))'
}

# cuts FILE DIRECTORY: the file cut at every byte: DIRECTORY/0, DIRECTORY/1, ...; damages: with one byte
# changed to 0xa5. A sanitizer's programs take long to start: every fifth.
[ -z "$SANITIZER" ] && export STEP=1 || export STEP=5
cuts() {
	python3 -c 'import os, sys
data = open(sys.argv[1], "rb").read()
os.mkdir(sys.argv[2])
for n in range(0, len(data), int(os.environ["STEP"])):
    open("%s/%d" % (sys.argv[2], n), "wb").write(data[:n])' "$@"
}
damages() {
	python3 -c 'import os, sys
data = open(sys.argv[1], "rb").read()
os.mkdir(sys.argv[2])
for n in range(0, len(data), int(os.environ["STEP"])):
    if data[n] != 0xa5:
        open("%s/%d" % (sys.argv[2], n), "wb").write(data[:n] + b"\xa5" + data[n + 1:])' "$@"
}

# need VARIABLE: skips the test, aloud, without real data (DATA) or a real model (MODEL).
need() {
	local name
	for name; do
		[ -n "${!name:-}" ] || skip "needs $name="
	done
}

# need_bf16: skips the test where niceflow says that the machine has no such products, and nowhere else.
need_bf16() {
	[[ $(niceflow -m /dev/null -p bf16 -i 2>&1) == *'has no bfloat16 products'* ]] || return 0
	skip "needs bfloat16 products, which this machine has not"
}

# preloaded NAME COMMAND...: runs it behind tests/preload_NAME.c. A sanitizer wants to be the first.
preloaded() {
	local library=$B/tests/inject/preload_$1.so
	shift
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$library "$@"
}
need_preload() {
	[ -e "$B/tests/inject/preload_$1.so" ] || skip "needs make check, which builds preload_$1.so"
	[ "$(uname)" = Linux ] || skip "needs LD_PRELOAD"
}

# The next four look at a command without starting others: thousands are run.

# ends STATUS COMMAND...: runs it, output to the file $out or else "out", messages to "err".
ends() {
	local wanted=$1 got=0
	shift
	"$@" > "${out:-out}" 2> err || got=$?
	[ "$got" -eq "$wanted" ] || { echo "status $got, not $wanted: $*"; cat err; return 1; }
}

silent() { [ ! -s err ] || { cat err; return 1; }; }

nothing() { [ ! -s out ] || { echo "output:"; od -c out; return 1; }; }

# says PATTERN: there was one line of messages, and this is what it was.
says() {
	messages
	# shellcheck disable=SC2053 # it is a pattern
	[[ ${#messages[@]} -eq 1 && ${messages[0]} == $1 ]] || { echo "not '$1' but:" "${messages[@]}"; return 1; }
}

# misused PATTERN: the same of a usage error, behind which is a hint.
misused() {
	messages
	# shellcheck disable=SC2053
	[[ ${#messages[@]} -eq 2 && ${messages[0]} == $1 && ${messages[1]} == "Try '${1%%: *} --help'." ]] ||
		{ echo "not '$1' but:" "${messages[@]}"; return 1; }
}

# The lines of "err", but for the one that a sanitizer says where malloc gives NULL.
messages() {
	local line
	messages=()
	while IFS= read -r line || [ -n "$line" ]; do
		[[ $line == *'AddressSanitizer failed to allocate'* ]] || messages+=("$line")
	done < err
}

# refused STATUS MESSAGE COMMAND...: prints nothing but that message.
refused() {
	local status=$1 message=$2
	shift 2
	run "-$status" --separate-stderr "$@"
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "$message" ]
}

# value NAME FILE: of a calibration.
value() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$2"; }

# interrupt PROGRAM...: ends what trains with --checkpoint state by SIGTERM, behind its first checkpoint. One that
# is over by then is begun again. A function would not do: the signal would be its shell's.
interrupt() {
	local try status
	for try in 1 2 3 4 5 6 7 8 9 10; do
		rm -f state
		"$@" &
		until [ -e state ] || ! kill -0 $!; do sleep 0.01; done
		kill $! || :
		status=0
		wait $! || status=$?
		[ "$status" -ne 143 ] || return 0
		[ "$status" -eq 0 ] || break
	done
	echo "not interrupted in $try tries, status $status"
	return 1
}
