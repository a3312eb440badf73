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

# refusing COMMAND...: under a kernel that takes no filters: prctl (157) fails with EPERM.
refusing() {
	python3 -c 'import ctypes, os, struct, sys
def code(*statements): return b"".join(struct.pack("<HBBI", *s) for s in statements)
program = code((0x20, 0, 0, 0), (0x15, 0, 1, 157), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000))
class Program(ctypes.Structure): _fields_ = [("n", ctypes.c_ushort), ("code", ctypes.c_char_p)]
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
if libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, program))) != 0:
    sys.exit("no filter")
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

@test "sandbox: where the kernel refuses it, --version says so, and data are processed" {
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	ends 0 refusing idx2raw --version
	grep -qx 'sandbox: refused by the kernel' out
	ends 0 refusing idx2raw -t u8 x.idx
	silent
	cmp out x.u8
}
