load helper

# A program that was taken over (tests/inject/preload_misbehave.c) can do nothing with it.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf 'abcdefghijklmnopqrstuvwxyz0123' > x.u8
	raw2idx -t u8 -d 2x3 x.u8 > x.idx
	idx2raw x.idx > x.f32
	python3 "$ROOT/tests/fixtures/make_model.py" 6 5 2 2 1 > m
	nicetrain -q -o v --kind vae -d 6 --batch 2 --epochs 1 --mid 4 --valid-share 0.4 x.f32
	raw2png -t u8 -d 2x3 x.u8 > x.png
	raw2npy -t u8 -d 2x3 x.u8 > x.npy
	printf '%s\n' -12.5 -13.25 -30 -11 > ll
	echo 0 1 > game
	echo 0 > list
	printf '%s\n' a,b 1,2 3,4 > x.csv
	csv2raw -w s x.csv > none
}

# filtered CALL COMMAND...: under a filter of the kernel's that refuses this one call, by number; -1: none.
filtered() {
	python3 -c 'import ctypes, os, struct, sys
def code(*statements): return b"".join(struct.pack("<HBBI", *s) for s in statements)
call = int(sys.argv[1]) & 0xffffffff
program = code((0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000))
class Program(ctypes.Structure): _fields_ = [("n", ctypes.c_ushort), ("code", ctypes.c_char_p)]
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
if libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, program))) != 0:
    sys.exit(1)
os.execvp(sys.argv[2], sys.argv[2:])' "$@"
}

# Skips only where there can be no sandbox: one that has stopped working fails all that is here.
setup() {
	need_preload misbehave
	case $(uname -sm) in 'Linux x86_64' | 'Linux aarch64') ;; *) skip "no sandbox on such machines" ;; esac
	[ -z "$SANITIZER" ] || skip "none with these sanitizers"
	filtered -1 true || skip "the kernel takes no filters"
	cp "$BATS_FILE_TMPDIR"/* .
	echo victim | tee victim > victim2
	idx2raw --version | grep -x 'sandbox: seccomp'
}

# found OPEN COMMAND...: of all that a program tries that was taken over, these things work, one a line; the rest
# is refused. What it tries is what it tries without a sandbox.
found() {
	local open=$1
	shift
	preloaded misbehave cat ll > out 2> tried || :
	rm -rf made misbehaved
	echo victim > victim
	preloaded misbehave "$@" > out 2> err
	grep -v ': refused$' err | diff <(printf '%s: done\n' $open | tr - ' ') - || return 1
	diff <(cut -d : -f 1 tried; echo execve) <(cut -d : -f 1 err)
}

CLOSED='look-at-a-file use-libraries'
READING="read-a-file $CLOSED"
FILES="read-a-file look-at-a-file write-a-file remove-a-file use-libraries"
train='nicetrain -q -d 6 --mid 4 --epochs 1 --batch 2 --valid-share 0.4'

@test "sandbox: without one, all that is refused in it can be done" {
	preloaded misbehave cat ll > out 2> err || :
	[ "$(wc -l < err)" -gt 60 ]
	for door in fork clone-with-shared-memory socket kill tgkill prlimit64-of-another setpriority sched_setaffinity \
		rt_sigqueueinfo write-a-file remove-a-file mkdir chmod open-a-file\'s-place; do
		door=${door//-/ }
		echo "$door"
		grep -qxE "$door: (done|File exists)" err
	done
	grep -qx 'TIOCSTI: Inappropriate ioctl for device' err
}

@test "sandbox: with its input open, a program opens nothing" {
	for command in 'pt2nice m' 'nicegame game' 'raw2idx -t u8 -d 2x3 x.u8' 'raw2png -t u8 -d 2x3 x.u8' 'rawpick -t u8 -d 6 list x.u8' 'rawshift -t u8 -d 2x3 x.u8' 'rawsize -t u8 -d 2x3 x.u8' 'rawsize -t u8 -d 6 x.u8' \
		'nicewhy -d 6 x.f32' 'nicemax -n 2 ll' 'nicemax -l ll ll' 'raw2npy -t u8 -d 2x3 x.u8' 'npy2raw x.npy'; do
		found "$CLOSED" $command
	done
	[ -e victim ]
	[ ! -e misbehaved ]
}

@test "sandbox: programs that open more of their inputs open them for reading only" {
	for command in 'idx2raw x.idx' 'csv2raw -s s x.csv' 'png2raw x.png' 'niceflow -m m x.f32' 'nicevae -m v x.f32' 'nicestat ll' 'nicethresh -t 0 ll' 'niceroc ll ll' 'nicedrift -p ll ll'; do
		found "$READING" $command
	done
	[ -e victim ]
	[ ! -e misbehaved ]
}

@test "sandbox: nicetrain, csv2raw -w and nicedrift --state write files, and that is all" {
	found "$FILES" $train -o model x.f32
	found "$FILES" csv2raw -w learnt x.csv
	found "$FILES" nicedrift -p ll --state state ll
}

# ordinary COMMAND...: root becomes an ordinary user for it, who may not come where the tests' files are.
ordinary() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

@test "sandbox: nor can an ordinary user's program do more" {
	ordinary test -x "$B/bin/idx2raw" || skip "needs programs that an ordinary user may run"
	while read -r input command; do
		ordinary env LD_PRELOAD="$B/tests/inject/preload_misbehave.so" "$B/bin/"$command < "$input" > out 2> err
		run ! grep -vE "(refused|(look at a file|use libraries|read a file): done|(write|remove) a file: .*)$" err
		[ "$(grep -c refused err)" -gt 60 ]
	done <<-END
		m pt2nice
		ll nicestat
		x.f32 $train -o -
	END
}

@test "sandbox: bad input is confined, too" {
	head -c 100 m > short
	preloaded misbehave pt2nice short > out 2> err || [ $? -eq 1 ]
	grep -qx "read a file: refused" err
	printf 'x' > bad.png
	preloaded misbehave png2raw bad.png > out 2> err || [ $? -eq 1 ]
	grep -qx "write a file: refused" err
}

# Of all system calls, without arguments, these are not refused (and three that end the process). Each is here for
# a reason, which lib/system/sandbox.c has. Names that a processor or its headers do not have do not count.
ALWAYS='read write lseek close fstat newfstatat statx poll ppoll select pselect6 readv writev pread64 pwrite64 preadv
	pwritev dup brk mmap munmap mprotect mremap madvise futex sched_yield sched_getaffinity getcpu rseq set_robust_list
	set_tid_address rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait sigaltstack restart_syscall time
	clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday getrandom getpid gettid getuid geteuid getgid
	getegid getrlimit prlimit64 getrusage sysinfo uname umask'
TO_READ='open openat access faccessat faccessat2 readlink readlinkat stat lstat getcwd getdents64'
TO_CHANGE='rename renameat renameat2 unlink unlinkat ftruncate fchmod fchown fsync fdatasync'

# numbers_of NAME...: of system calls, in their order.
numbers_of() {
	echo '#include <sys/syscall.h>' | ${CC:-cc} -E -dM - |
		awk -v names=" $(tr -s "[:space:]" " " <<< "$*") " '$2 ~ /^__NR_/ && index(names, " " substr($2, 6) " ") { print $3 }' | sort -n
}

# swept CALLS COMMAND...: these alone are not refused in the program.
swept() {
	local calls=$1
	shift
	numbers_of $calls > expected
	[ "$(wc -l < expected)" -gt 40 ]
	MISBEHAVE=sweep preloaded misbehave "$@" > out 2> err
	diff expected err
}

@test "sandbox: of all system calls, only those that are needed" {
	command -v "${CC:-cc}" > /dev/null || skip "needs a compiler for the numbers of calls"
	swept "$ALWAYS" pt2nice m
	swept "$ALWAYS $TO_READ" nicestat ll
	swept "$ALWAYS $TO_READ $TO_CHANGE" $train -o model x.f32
}

# 157 is prctl.
@test "sandbox: where the kernel refuses it, --version says so, and data are processed" {
	[ "$(uname -m)" = x86_64 ] || skip "needs x86-64"
	ends 0 filtered 157 idx2raw --version
	grep -qx 'sandbox: refused by the kernel' out
	ends 0 filtered 157 idx2raw -t u8 x.idx
	silent
	cmp out x.u8
}
