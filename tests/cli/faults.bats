load helper

@test "faults: calls and allocations that fail are survived (some; all: make check-faults)" {
	need_preload faults
	[ -z "$SANITIZER" ] || skip "a sanitizer makes system calls of its own"
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	python3 "$ROOT/tests/inject/faults.py" --every 29
}

# Jansson leaves a character or a name out and calls that success.
@test "faults: a model's names are right or refused, wherever memory ends" {
	need_preload faults
	[ -z "$SANITIZER" ] || skip "a sanitizer allocates by itself"
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	python3 "$ROOT/tests/fixtures/make_model.py" 2 1 1 1 1 > m
	pt2nice m > expected
	for n in $(seq 1 2 301); do
		: > happened
		exec 9> happened
		if FAULT=malloc:12:$n FAULT_FD=9 preloaded faults pt2nice m > out 2> err; then
			cmp expected out
		else
			[ $? -eq 1 ]
			says '*out of memory'
		fi
		exec 9>&-
		[ -s happened ] || break
	done
	[ "$n" -gt 50 ] && [ "$n" -lt 300 ]
}

# glibc's fclose() of an open_memstream() that finds no memory gives 0, and NULL for the text.
@test "faults: a schema is whole or refused, wherever memory ends" {
	need_preload faults
	[ -z "$SANITIZER" ] || skip "a sanitizer allocates by itself"
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	printf '%s\n' a,b 1,x 2,y > table.csv
	csv2raw -w expected table.csv > /dev/null
	for n in $(seq 60); do
		: > happened
		exec 9> happened
		FAULT=malloc:12:$n FAULT_FD=9 preloaded faults csv2raw -w schema table.csv > out 2> err && cmp expected schema
		exec 9>&-
		[ -s happened ] || break
		rm -f schema
	done
	[ "$n" -gt 20 ] && [ "$n" -lt 60 ]
}
