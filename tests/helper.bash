# Loaded by every .bats file: the programs under test are those of $B (default: build).
bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$ROOT/$B ;; esac
PATH=$B/bin:$PATH
cd "$BATS_TEST_TMPDIR" 2>/dev/null || cd "$BATS_FILE_TMPDIR" || exit 1

# python3: the interpreter itself, found once, and without the packages of others: a start takes a
# twentieth of what it takes through the scripts of some version managers.
: "${PYTHON:=$(command python3 -c 'import sys; print(sys.executable)')}"
python3() { "$PYTHON" -S "$@"; }
export PYTHON
export -f python3

# bytes 'printf recipe' ... : writes binary data from readable recipes.
bytes() { printf "%b" "$*"; }

# be32 N: a big-endian 32-bit number.
be32() { printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"; }

# need VARIABLE: skips the test, aloud, without real data (DATA) or a real model (MODEL).
need() {
	local name
	for name; do
		[ -n "${!name:-}" ] || skip "needs $name="
	done
}
