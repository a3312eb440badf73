load helper

# A program that was taken over (tests/preload_misbehave.c) can do nothing with it.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	raw2idx -t u8 -d 2x3 x.u8 > x.idx
	idx2raw x.idx > x.f32
	python3 "$BATS_TEST_DIRNAME/make_model.py" 6 5 2 2 1 > m
	raw2png -t u8 -d 2x3 x.u8 > x.png
	printf '%s\n' -12.5 -13.25 -30 -11 > ll
	echo 0 > list
}

setup() {
	need_preload misbehave
	idx2raw --version | grep -qx 'sandbox: seccomp' || skip "no sandbox here"
	cp "$BATS_FILE_TMPDIR"/* .
	echo victim > victim
}

# confined READ WRITE COMMAND...: what comes of reading and of changing files. The rest never works.
confined() {
	local read=$1 write=$2 no='Operation not permitted'
	shift 2
	preloaded misbehave "$@" > out 2> err
	printf '%s\n' "read a file: $read" "write a file: $write" "remove a file: $write" "connect: $no" \
		"run a program: $no" "fork: $no" | diff - err
}

NO='Operation not permitted'

@test "sandbox: with its input open, a program opens nothing" {
	for command in 'pt2nice m' 'raw2idx -t u8 -d 2x3 x.u8' 'raw2png -t u8 -d 2x3 x.u8' 'rawpick -t u8 -d 6 list x.u8'; do
		confined "$NO" "$NO" $command
	done
	[ -e victim ]
	[ ! -e misbehaved ]
}

@test "sandbox: programs that open more of their inputs open them for reading only" {
	for command in 'idx2raw x.idx' 'png2raw x.png' 'niceflow -m m x.f32' 'nicestat ll' 'nicethresh -t 0 ll' 'niceroc ll ll'; do
		confined 'done' "$NO" $command
	done
	[ -e victim ]
	[ ! -e misbehaved ]
}

@test "sandbox: nicetrain writes files, and that is all" {
	confined 'done' 'done' nicetrain -q -o model -d 6 --mid 4 --epochs 1 --batch 2 --valid-share 0.4 x.f32
}

@test "sandbox: bad input is confined, too" {
	head -c 100 m > short
	preloaded misbehave pt2nice short > out 2> err || [ $? -eq 1 ]
	grep -qx "read a file: $NO" err
	printf 'x' > bad.png
	preloaded misbehave png2raw bad.png > out 2> err || [ $? -eq 1 ]
	grep -qx "write a file: $NO" err
}
