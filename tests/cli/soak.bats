load helper

@test "soak: a long pipe counts exactly (half a million records; more, with memory: make soak)" {
	[ "$(uname)" = Linux ] || skip "needs /proc"
	B=$B python3 "$ROOT/tests/inject/soak.py" here 500000
}
