/*
 * A filter of system calls for Linux: what the programs use is allowed, everything else refused.
 *
 * It is written out here because the library for it cannot stand a lack of memory. Sanitizers open
 * files when they report, so there is none under them.
 */
#define _GNU_SOURCE
#include "system/sandbox.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

/* The processors whose kernels have the calls below, low bytes first. */
#if defined(__linux__) && defined(__x86_64__) && defined(__LP64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__linux__) && defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if defined(ARCHITECTURE) && !defined(SANITIZED)

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- what is allowed ---- */

/* clang-format off */
/* Whatever their arguments are. The first ones are those that are called most often. */
static const uint32_t always[] = {
	/* descriptors that are open */
	SYS_read, SYS_write, SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_ppoll, SYS_pselect6,
	SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_preadv, SYS_pwritev, SYS_dup,
	/* memory */
	SYS_brk, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap,
	/* threads */
	SYS_futex, SYS_sched_yield, SYS_getcpu, SYS_rseq, SYS_set_robust_list, SYS_set_tid_address, SYS_exit,
	SYS_exit_group,
	/* signals */
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_rt_sigreturn,
	SYS_sigaltstack, SYS_restart_syscall,
	/* time, randomness and what the process is */
	SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrandom,
	SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getrusage, SYS_sysinfo,
	SYS_uname, SYS_umask,
#ifdef SYS_open /* older calls, on x86-64 */
	SYS_poll, SYS_select, SYS_getrlimit, SYS_time,
#endif
};

/* Down to SANDBOX_READING. */
static const uint32_t reading[] = {
	SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_getcwd, SYS_getdents64,
#ifdef SYS_open
	SYS_stat, SYS_lstat, SYS_access, SYS_readlink,
#endif
};

/* In SANDBOX_FILES alone. */
static const uint32_t changing[] = {
	SYS_renameat, SYS_renameat2, SYS_unlinkat, SYS_ftruncate, SYS_fchmod, SYS_fchown, SYS_fsync, SYS_fdatasync,
#ifdef SYS_open
	SYS_rename, SYS_unlink,
#endif
};
/* clang-format on */

/* A call may be made if its tests hold, each of which is (argument & mask) == value; a mask of 0 is
 * none. The kernel takes an `int` from the lower half of an argument, whatever is in the upper one.
 */
struct test {
	unsigned argument;
	uint64_t mask, value;
};

struct rule {
	enum sandbox strictest; /* that allows it */
	uint32_t call;
	struct test tests[2];
};

#define INT             ((uint64_t)UINT32_MAX)
#define ALL             UINT64_MAX
#define NONE_BUT(flags) (INT & ~(uint64_t)(flags))

/* What the kernel calls by these names; older headers have other or no values. */
#ifdef __x86_64__
#define LARGE_FILE 0100000
#else
#define LARGE_FILE 0400000
#endif
enum { ADVICE_GUARD_INSTALL = 102, ADVICE_GUARD_REMOVE = 103, QUERY_TERMINAL2 = 0x802c542a };
enum { MEMBARRIER_EXPEDITED = 8, MEMBARRIER_REGISTER_EXPEDITED = 16 };
enum { GET_EXTENSIONS = 0x1021, GET_PERMITTED_EXTENSIONS = 0x1022, PERMIT_EXTENSION = 0x1023 };

#define OPEN_READING (O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | LARGE_FILE)
#define OPEN_WRITING (OPEN_READING | O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND)

/* What makes a thread, which shares all, and no process. musl adds a flag that means nothing any
 * more. */
#define THREAD                                                                                     \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |        \
	 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static const struct rule rules[] = {
    {SANDBOX_FILES, SYS_openat, {{2, NONE_BUT(OPEN_WRITING), 0}}},
    {SANDBOX_READING, SYS_openat, {{2, NONE_BUT(OPEN_READING), 0}}},
#ifdef SYS_open
    {SANDBOX_FILES, SYS_open, {{1, NONE_BUT(OPEN_WRITING), 0}}},
    {SANDBOX_READING, SYS_open, {{1, NONE_BUT(OPEN_READING), 0}}},
#endif
    {SANDBOX_CLOSED, SYS_clone, {{0, ALL & ~(uint64_t)CLONE_DETACHED, THREAD}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_GETFD}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_SETFD}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_GETFL}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_DUPFD_CLOEXEC}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_GETPIPE_SZ}}},
    {SANDBOX_CLOSED, SYS_fcntl, {{1, INT, F_SETPIPE_SZ}}},
    {SANDBOX_CLOSED, SYS_ioctl, {{1, INT, TCGETS}}}, /* is it a terminal? */
    {SANDBOX_CLOSED, SYS_ioctl, {{1, INT, QUERY_TERMINAL2}}},
    {SANDBOX_CLOSED, SYS_ioctl, {{1, INT, TIOCGWINSZ}}},
    {SANDBOX_CLOSED,
     SYS_madvise,
     {{2, NONE_BUT(31), 0}}}, /* how memory is used; none of the tests for faults */
    {SANDBOX_CLOSED, SYS_madvise, {{2, INT, ADVICE_GUARD_INSTALL}}},
    {SANDBOX_CLOSED, SYS_madvise, {{2, INT, ADVICE_GUARD_REMOVE}}},
    {SANDBOX_CLOSED, SYS_membarrier, {{0, INT, MEMBARRIER_EXPEDITED}}},
    {SANDBOX_CLOSED, SYS_membarrier, {{0, INT, MEMBARRIER_REGISTER_EXPEDITED}}},
    {SANDBOX_CLOSED, SYS_sched_getaffinity, {{0, INT, 0}}},
    {SANDBOX_CLOSED, SYS_prlimit64, {{0, INT, 0}, {2, ALL, 0}}}, /* its own limits, to know them */
#ifdef SYS_arch_prctl                                            /* oneDNN asks for AMX */
    {SANDBOX_CLOSED, SYS_arch_prctl, {{0, INT, GET_EXTENSIONS}}},
    {SANDBOX_CLOSED, SYS_arch_prctl, {{0, INT, GET_PERMITTED_EXTENSIONS}}},
    {SANDBOX_CLOSED, SYS_arch_prctl, {{0, INT, PERMIT_EXTENSION}}},
#endif
#ifdef __aarch64__ /* and for the length of vectors */
    {SANDBOX_CLOSED, SYS_prctl, {{0, INT, PR_SVE_GET_VL}}},
#endif
};

/* About the process itself, by its number. Signals are what abort() ends by. */
static const uint32_t on_itself[] = {SYS_tgkill, SYS_tkill, SYS_kill, SYS_sched_getaffinity};

/* Linux 5.1 and later: one number on all processors, and who calls them falls back on older calls
 * where they do not exist, as they seem not to. */
enum { FIRST_NEW_CALL = 424 };

/* ---- the filter ---- */

struct filter {
	struct sock_filter code[600];
	unsigned short length;
};

static void statement(struct filter *f, int code, uint32_t k)
{
	assert(f->length < COUNT(f->code));
	f->code[f->length++] = (struct sock_filter)BPF_STMT((unsigned short)code, k);
}

/* Skips `past` statements unless the test holds; `code` is BPF_JEQ or BPF_JGE. */
static void unless(struct filter *f, int code, uint32_t k, unsigned past)
{
	assert(f->length < COUNT(f->code));
	f->code[f->length++] = (struct sock_filter)BPF_JUMP(
	    (unsigned short)(BPF_JMP | code | BPF_K), k, 0, (unsigned char)past);
}

static void load(struct filter *f, size_t offset)
{
	statement(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* Of a filter, numbers have 32 bits: each half of an argument is tested in three statements. Skips
 * `past` more unless that holds. */
enum { TEST_STATEMENTS = 6 };
static void require(struct filter *f, const struct test *t, unsigned past)
{
	size_t offset = offsetof(struct seccomp_data, args) + t->argument * sizeof(uint64_t);
	for (unsigned half = 0; half < 2; half++) {
		load(f, offset + half * sizeof(uint32_t));
		statement(f, BPF_ALU | BPF_AND | BPF_K, (uint32_t)(t->mask >> 32 * half));
		unless(f, BPF_JEQ, (uint32_t)(t->value >> 32 * half),
		       past + (half == 0 ? TEST_STATEMENTS / 2 : 0));
	}
}

/* The call with all tests. Expects its number to be loaded, and leaves it so. */
static void allow(struct filter *f, uint32_t call, const struct test *tests, unsigned ntests)
{
	unsigned past = ntests * TEST_STATEMENTS + 1;
	unless(f, BPF_JEQ, call, past);
	for (unsigned i = 0; i < ntests; i++) {
		past -= TEST_STATEMENTS;
		require(f, &tests[i], past);
	}
	statement(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (ntests > 0)
		load(f, offsetof(struct seccomp_data, nr));
}

static void allow_all(struct filter *f, const uint32_t *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		allow(f, calls[i], NULL, 0);
}

static void allow_by_rules(struct filter *f, enum sandbox sandbox)
{
	const struct test itself = {0, INT, (uint32_t)getpid()};
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (sandbox <= rules[i].strictest)
			allow(f, rules[i].call, rules[i].tests, rules[i].tests[1].mask ? 2 : 1);
	}
	for (size_t i = 0; i < COUNT(on_itself); i++)
		allow(f, on_itself[i], &itself, 1);
}

/* The numbers of another architecture mean other calls; those of x32 are none of ours. */
static void build(struct filter *f, enum sandbox sandbox)
{
	load(f, offsetof(struct seccomp_data, arch));
	unless(f, BPF_JEQ, ARCHITECTURE, 1);
	statement(f, BPF_JMP | BPF_JA, 1);
	statement(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	load(f, offsetof(struct seccomp_data, nr));
	allow_all(f, always, COUNT(always));
	if (sandbox <= SANDBOX_READING)
		allow_all(f, reading, COUNT(reading));
	if (sandbox <= SANDBOX_FILES)
		allow_all(f, changing, COUNT(changing));
	allow_by_rules(f, sandbox);
	unless(f, BPF_JGE, FIRST_NEW_CALL, 1);
	statement(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	statement(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
}

bool sandbox_enter(enum sandbox sandbox)
{
	struct filter f = {.length = 0};
	build(&f, sandbox);
	struct sock_fprog program = {f.length, f.code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

const char *sandbox_name(void)
{
	return "seccomp";
}

#else

bool sandbox_enter(enum sandbox sandbox)
{
	(void)sandbox;
	return false;
}

const char *sandbox_name(void)
{
	return "none";
}

#endif
