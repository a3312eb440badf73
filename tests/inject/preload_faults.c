/*
 * Preloaded by tests/inject/faults.py before a program: lets one system call or one allocation
 * fail. Linux on x86-64. FAULT=CALL:ERROR:N is which: the N-th (from 1) of "read", "write", "open",
 * "fsync", "rename", "mmap", "close", "seek", "malloc"; the ERROR a number of errno, 0 for a
 * transfer of one byte, or -1 for an end in place of the call, with status 137, as sudden as a
 * kill, which the sandbox would not let through. When it has happened, a byte is written to
 * descriptor FAULT_FD.
 *
 * System calls are caught by a filter, so that those inside of the C library count, too: it raises
 * SIGSYS for all but those made at one address, and the handler makes them there, or not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GLIBC__)

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

static atomic_long ncalls;
static long wanted, failure, report_fd;
static bool of_malloc, of_mmap;

/* direct_call(number, a, b, c, d, e, f), made at direct_end. */
long direct_call(long number, ...);
extern const char direct_end[];
__asm__(".text\n.hidden direct_call\n.hidden direct_end\n.globl direct_call\n.globl direct_end\n"
        "direct_call:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\n"
        "mov 8(%rsp),%r9\nsyscall\ndirect_end:\nret\n");

static bool is_the_one(void)
{
	if (atomic_fetch_add(&ncalls, 1) + 1 != wanted)
		return false;
	direct_call(SYS_write, report_fd, (long)(uintptr_t) "!", 1L, 0L, 0L, 0L);
	return true;
}

static void on_call(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	if (is_the_one()) {
		if (failure < 0)
			direct_call(SYS_exit_group, 137L, 0L, 0L, 0L, 0L, 0L);
		if (failure) {
			r[REG_RAX] = -failure;
			return;
		}
		if (r[REG_RDX] > 1)
			r[REG_RDX] = 1;
	}
	r[REG_RAX] = direct_call(info->si_syscall, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10],
	                         r[REG_R8], r[REG_R9]);
}

static const struct {
	const char *name;
	int calls[4]; /* -1: no more */
} kinds[] = {
    {"read", {SYS_read, SYS_pread64, SYS_readv, -1}},
    {"write", {SYS_write, SYS_pwrite64, SYS_writev, -1}},
    {"open", {SYS_open, SYS_openat, SYS_creat, -1}},
    {"fsync", {SYS_fsync, SYS_fdatasync, -1, -1}},
    {"rename", {SYS_rename, SYS_renameat, SYS_renameat2, -1}},
    {"close", {SYS_close, -1, -1, -1}},
    {"seek", {SYS_lseek, SYS_ftruncate, -1, -1}},
};

static void trap(int call)
{
	uint64_t end = (uintptr_t)direct_end;
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 5),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)end, 0, 2),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	             offsetof(struct seccomp_data, instruction_pointer) + 4),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(end >> 32), 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	/* another call: on to the last line */
	code[1].jf = 5;
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		abort();
}

/* C++ and OpenMP end a program that runs out of memory, aloud; what they allocate is left alone. */
static struct {
	uintptr_t begin, end;
} foreign[16];
static size_t nforeign;

static int note_foreign(struct dl_phdr_info *object, size_t size, void *unused)
{
	(void)size, (void)unused;
	static const char *const names[] = {"libdnnl", "libgomp", "libstdc++", "libOpenCL",
	                                    "ld-linux"};
	bool is = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		is = is || strstr(object->dlpi_name, names[i]);
	for (int i = 0; is && i < object->dlpi_phnum && nforeign < 16; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
			foreign[nforeign].begin = object->dlpi_addr + p->p_vaddr;
			foreign[nforeign++].end = object->dlpi_addr + p->p_vaddr + p->p_memsz;
		}
	}
	return 0;
}

__attribute__((constructor)) static void start(void)
{
	char name[16];
	const char *fault = getenv("FAULT"), *fd = getenv("FAULT_FD");
	if (!fault || !fd || sscanf(fault, "%15[a-z]:%ld:%ld", name, &failure, &wanted) != 3)
		return;
	report_fd = strtol(fd, NULL, 10);
	dl_iterate_phdr(note_foreign, NULL);
	of_malloc = strcmp(name, "malloc") == 0;
	of_mmap = strcmp(name, "mmap") == 0;
	struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER};
	sigaction(SIGSYS, &action, NULL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (int j = 0; j < 4 && strcmp(name, kinds[i].name) == 0 && kinds[i].calls[j] >= 0;
		     j++)
			trap(kinds[i].calls[j]);
}

static bool fails(bool of_this, const void *caller)
{
	if (!of_this)
		return false;
	for (size_t i = 0; i < nforeign; i++)
		if ((uintptr_t)caller >= foreign[i].begin && (uintptr_t)caller < foreign[i].end)
			return false;
	if (!is_the_one())
		return false;
	errno = ENOMEM;
	return true;
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	if (fails(of_mmap, __builtin_return_address(0)))
		return MAP_FAILED;
	void *(*next)(void *, size_t, int, int, int, off_t);
	void *symbol = dlsym(RTLD_NEXT, "mmap");
	memcpy(&next, &symbol, sizeof(next));
	return next(at, n, protection, flags, fd, offset);
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	return fails(of_malloc, __builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(of_malloc, __builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(of_malloc, __builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}

#endif
