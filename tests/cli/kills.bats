load helper

@test "kills: nicetrain, killed and resumed, ends as if it had not been (some; all: make check-kills)" {
	need_preload faults
	[ -z "$SANITIZER" ] || skip "a sanitizer makes system calls of its own"
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	B=$B python3 "$ROOT/tests/inject/kills.py" 5 17
}
