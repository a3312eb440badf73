load helper

# Files that somebody makes shorter after a program has mapped them (tests/inject/preload_truncate.c).

setup() {
	need_preload truncate
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	cp "$ROOT/tests/fixtures/tiny.pt" x.pt
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	mkfifo asked answered
	exec 8<> answered 9<> asked
}

# truncated FILE COMMAND...: it ends with status 1 and the reason.
truncated() {
	local file=$1
	shift
	{
		read -r -n 1 <&9
		: > "$file"
		echo >&8
	} &
	ends 1 preloaded truncate "$@"
	says "$1: cannot read a mapped file: it was truncated, or its disk failed"
	wait $!
}

@test "truncated: a model of niceflow and pt2nice" {
	truncated m niceflow -m m -t u8 x.u8
	nothing
	truncated x.pt pt2nice x.pt
	nothing
}

@test "truncated: an archive of npy2raw" {
	raw2npy -t u8 -d 2x3 x.u8 > x.npy
	python3 "$ROOT/tests/fixtures/make_npy.py" --npz a=x.npy > x.npz
	truncated x.npz npy2raw x.npz
	nothing
}

@test "truncated: data of nicetrain; the old model stays" {
	echo old > model
	truncated x.u8 nicetrain -q -t u8 -d 6 --mid 4 --epochs 1 --batch 2 --valid-share 0.4 -o model x.u8
	echo old | cmp - model
}

# handled PID: waits until the program has set its handler of SIGBUS, after which it ignores SIGXFSZ; a sanitizer
# has one of its own before.
handled() {
	local ignored=0
	until (( 0x0$ignored & 0x1000000 )); do ignored=$(sed -n 's/^SigIgn:\s*//p' "/proc/$1/status"); done
}

# Only what a mapped file brings about is told like that.
@test "truncated: SIGBUS that somebody sends ends a program by SIGBUS" {
	local status=0
	nicestat <&8 &
	handled $!
	kill -BUS $!
	wait $! || status=$?
	[ "$(kill -l $status)" = BUS ]
}

@test "truncated: SIGBUS that the parent ignores is ignored, as is its truncation not" {
	! grep -qaE '__asan_init' "$B/bin/nicestat" || skip "the sanitizer has its own handler, whatever the parent ignores"
	mkfifo numbers
	(trap '' BUS; exec nicestat < numbers > out) &
	exec 7> numbers
	echo 1 >&7
	handled $!
	for _ in {1..20}; do kill -BUS $!; done
	echo 3 >&7
	exec 7>&-
	wait $!
	grep -qx 'n	2' out
	trap '' BUS
	truncated x.pt pt2nice x.pt
}
