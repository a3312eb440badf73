/*
 * Preloaded by tests/cli/sandbox.bats: when a program closes its standard output, at its end, it
 * tries what a program that has been taken over would try, and tells on standard error what came of
 * it: "refused" (EPERM, ENOSYS), "done", or another error. With MISBEHAVE=sweep it tries all system
 * calls, and prints the numbers of those that are not refused.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that headers may not know; they have these numbers on all processors. */
enum {
	PIDFD_SEND_SIGNAL = 424,
	IO_URING_SETUP = 425,
	OPEN_TREE = 428,
	FSOPEN = 430,
	PIDFD_OPEN = 434,
	OPENAT2 = 437,
	FCHMODAT2 = 452,
	SETXATTRAT = 463,
	REMOVEXATTRAT = 466,
	FILE_SETATTR = 469
};

static bool refused(long result)
{
	return result == -1 && (errno == EPERM || errno == ENOSYS);
}

static void tell(const char *what, long result)
{
	fprintf(stderr, "%s: %s\n", what,
	        refused(result) ? "refused"
	        : result == -1  ? strerror(errno)
	                        : "done");
}

static void touch_files(void)
{
	struct stat st;
	tell("read a file", open("/etc/passwd", O_RDONLY));
	tell("look at a file", stat("/etc/passwd", &st));
	tell("write a file", open("misbehaved", O_WRONLY | O_CREAT, 0600));
	tell("remove a file", unlink("victim"));
}

static void touch_files_otherwise(void)
{
	struct {
		unsigned char flags[64];
	} unchanged = {{0}};
	long flags = 0;
	tell("open a file's place", open("/etc/passwd", O_PATH));
	tell("open a file without a name", open(".", O_TMPFILE | O_RDWR, 0600));
	tell("mkdir", mkdir("made", 0700));
	tell("mknod", mknod("made", S_IFIFO | 0600, 0));
	tell("link", link("victim2", "made"));
	tell("symlink", symlink("victim2", "made"));
	tell("truncate", truncate("victim2", 0));
	tell("chmod", chmod("victim2", 0777));
	tell("chown", chown("victim2", getuid(), getgid()));
	tell("utimensat", utimensat(AT_FDCWD, "victim2", NULL, 0));
	tell("setxattr", syscall(SYS_setxattr, "victim2", "user.made", "x", 1, 0));
	tell("fchmodat2", syscall(FCHMODAT2, AT_FDCWD, "victim2", 0777, 0));
	tell("setxattrat",
	     syscall(SETXATTRAT, AT_FDCWD, "victim2", 0, "user.made", &unchanged, 16));
	tell("removexattrat", syscall(REMOVEXATTRAT, AT_FDCWD, "victim2", 0, "user.made"));
	tell("file_setattr", syscall(FILE_SETATTR, AT_FDCWD, "victim2", &unchanged, 24, 0));
	tell("openat2", syscall(OPENAT2, AT_FDCWD, "victim2", &unchanged, 24));
	tell("FS_IOC_SETFLAGS", ioctl(STDERR_FILENO, FS_IOC_SETFLAGS, &flags));
	tell("fallocate", fallocate(STDERR_FILENO, 0, 0, 1));
	tell("memfd_create", syscall(SYS_memfd_create, "made", 0));
}

/* Where the low half of the address is 0: a filter that looks at no more of an argument takes it
 * for NULL, or for no flags. */
static void *low_half_zero(void)
{
	void *at = (void *)((uintptr_t)0x17 << 32);
	void *got =
	    mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	return got == at ? at : NULL;
}

/* Signal 0 does nothing but ask whether a signal could be sent. */
static void touch_processes(void)
{
	pid_t other = getppid() > 1 ? getppid() : 1;
	siginfo_t info = {.si_code = SI_QUEUE};
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	tell("kill", kill(other, 0));
	tell("kill a group", kill(0, 0));
	tell("tkill", syscall(SYS_tkill, other, 0));
	tell("tgkill", syscall(SYS_tgkill, other, other, 0));
	tell("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, other, 0, &info));
	tell("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, other, other, 0, &info));
	tell("pidfd_open", syscall(PIDFD_OPEN, other, 0));
	tell("pidfd_send_signal", syscall(PIDFD_SEND_SIGNAL, -1, 0, NULL, 0));
	tell("F_SETOWN", fcntl(STDERR_FILENO, F_SETOWN, other));
	tell("F_SETSIG", fcntl(STDERR_FILENO, F_SETSIG, 0));
	tell("prlimit64 of another", syscall(SYS_prlimit64, other, RLIMIT_NOFILE, NULL, &limit));
	tell("prlimit64 to set", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL));
	struct rlimit *high = low_half_zero();
	if (high)
		*high = limit;
	tell("prlimit64 to set, low half 0",
	     high ? syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, high, NULL) : 0);
	tell("ptrace", ptrace(PTRACE_ATTACH, -1, NULL, NULL));
	tell("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0));
}

/* What is not seen on every machine: abort() with any C library, newer ones asking whether there is
 * a terminal and guarding a stack, oneDNN asking for AMX. They may fail, but not because they are
 * refused. */
static void use_libraries(void)
{
	char buffer[256];
	bool any = refused(raise(0)) || refused(kill(getpid(), 0)) ||
	           refused(syscall(SYS_tkill, getpid(), 0)) ||
	           refused(syscall(SYS_ioctl, STDIN_FILENO, 0x802c542a, buffer)) ||
	           refused(madvise(NULL, 0, 102));
#ifdef SYS_arch_prctl
	any = any || refused(syscall(SYS_arch_prctl, 0x1022, buffer));
#endif
	fprintf(stderr, "use libraries: %s\n", any ? "refused" : "done");
}

static void touch_itself(void)
{
	cpu_set_t all;
	struct sched_param param = {0};
	memset(&all, 0xff, sizeof(all));
	tell("setpriority", setpriority(PRIO_PROCESS, 0, 19));
	tell("sched_setaffinity", sched_setaffinity(0, sizeof(all), &all));
	tell("sched_setscheduler", sched_setscheduler(0, SCHED_OTHER, &param));
	tell("setuid", setuid(getuid()));
	tell("setsid", setsid());
	tell("setitimer", syscall(SYS_setitimer, 0, NULL, NULL));
	tell("prctl", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	tell("MADV_HWPOISON", madvise(NULL, 0, 100));
	tell("chdir", chdir("."));
}

static void touch_system(void)
{
	char name[256] = "";
	gethostname(name, sizeof(name) - 1);
	tell("sethostname", sethostname(name, strlen(name)));
	tell("syslog", syscall(SYS_syslog, 10, NULL, 0)); /* the size of its buffer */
	tell("TIOCSTI", ioctl(STDIN_FILENO, TIOCSTI, "x"));
	tell("mount", syscall(SYS_mount, NULL, NULL, NULL, 0, NULL));
	tell("unshare", unshare(0));
	tell("fsopen", syscall(FSOPEN, "tmpfs", 0));
	tell("open_tree", syscall(OPEN_TREE, AT_FDCWD, "/", 0));
	tell("mq_open", syscall(SYS_mq_open, "made", O_RDONLY, 0, NULL));
	tell("fanotify_init", syscall(SYS_fanotify_init, 0, O_RDONLY));
	tell("inotify_init1", syscall(SYS_inotify_init1, 0));
	tell("keyctl", syscall(SYS_keyctl, 0, 0, 0));
	tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
	tell("perf_event_open", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
	tell("userfaultfd", syscall(SYS_userfaultfd, 0));
	tell("io_uring_setup", syscall(IO_URING_SETUP, 1, NULL));
	tell("socket", socket(AF_INET, SOCK_STREAM, 0));
	tell("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}));
}

static int end_at_once(void *unused)
{
	(void)unused;
	syscall(SYS_exit, 0);
	return 0;
}

static void start_others(void)
{
	static _Alignas(64) char stack[4][1 << 16];
	int thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tell("fork", child);
	tell("clone with shared memory", clone(end_at_once, stack[1], CLONE_VM | SIGCHLD, NULL));
	tell("clone into namespaces",
	     clone(end_at_once, stack[2], CLONE_VM | CLONE_NEWUSER | SIGCHLD, NULL));
	tell("clone into a namespace of the net",
	     clone(end_at_once, stack[3], thread | CLONE_NEWNET, NULL));
	tell("clone3", syscall(SYS_clone3, NULL, 0));
	tell("execve", execl("/bin/true", "true", (char *)NULL));
}

/* Not those that end the process, or that wait for ever with all arguments 0; nor two of x86-64
 * (uretprobe and uprobe), which no filter sees, and which end a process that the kernel has not
 * sent there. */
static bool returns(long call, long argument)
{
	bool waits = call == SYS_ppoll || call == SYS_pselect6, ends = false;
#ifdef SYS_select
	waits = waits || call == SYS_select;
	ends = call == 335 || call == 336;
#endif
	return !ends && call != SYS_exit && call != SYS_exit_group && call != SYS_rt_sigreturn &&
	       (!waits || argument != 0);
}

static bool allowed(long call, long a)
{
	return returns(call, a) && !refused(syscall(call, a, a, a, a, a, a));
}

/* Only where getppid, which never fails, is refused: without a sandbox the system would suffer.
 * Once standard error has been closed, numbers still go there. */
static void sweep(void)
{
	bool is_allowed[600];
	int to = dup(STDERR_FILENO);
	if (!refused(syscall(SYS_getppid)) || to < 0)
		_exit(1);
	for (long call = 0; call < 600; call++)
		is_allowed[call] = allowed(call, -1) || allowed(call, 0);
	for (int call = 0; call < 600; call++) {
		if (is_allowed[call])
			dprintf(to, "%d\n", call);
	}
	_exit(0);
}

static void misbehave(void)
{
	const char *way = getenv("MISBEHAVE");
	if (way && strcmp(way, "sweep") == 0)
		sweep();
	touch_files();
	touch_files_otherwise();
	touch_processes();
	use_libraries();
	touch_itself();
	touch_system();
	start_others();
}

int fclose(FILE *f)
{
	int (*next)(FILE *);
	void *symbol = dlsym(RTLD_NEXT, "fclose");
	memcpy(&next, &symbol, sizeof(next));
	if (f == stdout)
		misbehave();
	return next(f);
}
