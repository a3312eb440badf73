/*
 * Knows what Linux lets a process give up: a filter of system calls, written out here, because the
 * library for it cannot stand a lack of memory. Does not know which program needs what. Sanitizers open
 * files when they report, so there is none under them.
 */
#define _GNU_SOURCE
#include "sandbox.h"

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
#include <sys/prctl.h>
#include <sys/syscall.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define ARGUMENT(n)  ((uint32_t)offsetof(struct seccomp_data, args[n]))
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

/* Their arguments are in memory, where no filter sees them, or they work beside every filter; who calls
 * them falls back on older calls if they do not exist. */
static const uint32_t absent[] = {SYS_clone3, SYS_io_uring_setup,
#ifdef SYS_openat2
                                  SYS_openat2,
#endif
};

static const uint32_t never[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_accept, SYS_accept4, SYS_bind, SYS_listen,
	SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_execve, SYS_execveat, SYS_kill, SYS_tkill,
	SYS_pidfd_open, SYS_pidfd_send_signal, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_move_mount,
	SYS_pivot_root, SYS_chroot, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl,
	SYS_add_key, SYS_request_key, SYS_open_by_handle_at, SYS_init_module, SYS_finit_module,
	SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon,
#ifdef SYS_fork
	SYS_fork, SYS_vfork,
#endif
};

static const uint32_t changing[] = {
	SYS_mkdirat, SYS_mknodat, SYS_renameat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_unlinkat,
	SYS_truncate, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr,
	SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
#ifdef SYS_open /* and all that came before the calls with "at" */
	SYS_creat, SYS_mkdir, SYS_mknod, SYS_rename, SYS_link, SYS_symlink, SYS_unlink, SYS_rmdir,
	SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
};

static const uint32_t opening[] = {SYS_openat,
#ifdef SYS_open
                                   SYS_open,
#endif
};

struct filter {
	struct sock_filter code[300];
	unsigned short length;
};

static void statement(struct filter *f, int code, uint32_t k)
{
	assert(f->length < COUNT(f->code));
	f->code[f->length++] = (struct sock_filter)BPF_STMT((unsigned short)code, k);
}

/* Skips `past` statements unless the test holds; `code` is BPF_JEQ, BPF_JGE or BPF_JSET. */
static void unless(struct filter *f, int code, uint32_t k, unsigned char past)
{
	assert(f->length < COUNT(f->code));
	f->code[f->length++] =
	    (struct sock_filter)BPF_JUMP((unsigned short)(BPF_JMP | code | BPF_K), k, 0, past);
}

static void refuse(struct filter *f, const uint32_t *calls, size_t n, uint32_t error)
{
	for (size_t i = 0; i < n; i++) {
		unless(f, BPF_JEQ, calls[i], 1);
		statement(f, BPF_RET | BPF_K, REFUSE(error));
	}
}

/* The call, if its argument has one of the flags; or, if not `any`, none of them. */
static void refuse_flags(struct filter *f, uint32_t call, unsigned argument, uint32_t flags, bool any)
{
	unless(f, BPF_JEQ, call, 4);
	statement(f, BPF_LD | BPF_W | BPF_ABS, ARGUMENT(argument));
	unless(f, BPF_JSET, flags, 1);
	statement(f, BPF_RET | BPF_K, any ? REFUSE(EPERM) : SECCOMP_RET_ALLOW);
	statement(f, BPF_RET | BPF_K, any ? SECCOMP_RET_ALLOW : REFUSE(EPERM));
}

static void refuse_opening(struct filter *f, enum sandbox sandbox)
{
	const uint32_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
	if (sandbox == SANDBOX_FILES)
		return;
	refuse(f, changing, COUNT(changing), EPERM);
	if (sandbox == SANDBOX_CLOSED) {
		refuse(f, opening, COUNT(opening), EPERM);
		return;
	}
	refuse_flags(f, SYS_openat, 2, writing, true);
#ifdef SYS_open
	refuse_flags(f, SYS_open, 1, writing, true);
#endif
}

bool sandbox_enter(enum sandbox sandbox)
{
	struct filter f = {.length = 0};
	/* The numbers of another architecture mean other calls; so do those of x32. */
	statement(&f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	unless(&f, BPF_JEQ, ARCHITECTURE, 1);
	f.code[f.length++] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1);
	statement(&f, BPF_RET | BPF_K, REFUSE(EPERM));
	statement(&f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	unless(&f, BPF_JGE, 0x40000000, 1);
	statement(&f, BPF_RET | BPF_K, REFUSE(EPERM));
	refuse(&f, absent, COUNT(absent), ENOSYS);
	refuse(&f, never, COUNT(never), EPERM);
	refuse_opening(&f, sandbox);
	refuse_flags(&f, SYS_clone, 0, CLONE_VM, false); /* without it, a process; with it, a thread */
	statement(&f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {f.length, f.code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

const char *sandbox_name(void) { return "seccomp"; }

#else

bool sandbox_enter(enum sandbox sandbox)
{
	(void)sandbox;
	return false;
}

const char *sandbox_name(void) { return "none"; }

#endif
