/* What a program does before anything else. */
#include "startup.h"

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* One end of a pipe that refuses what the descriptor is for, as a closed one does: standard input
 * cannot be read, the others cannot be written. False if there are no descriptors left. */
static bool reserve(int fd)
{
	int ends[2];
	if (pipe(ends) != 0)
		return false;
	bool reserved = dup2(ends[fd == STDIN_FILENO ? 1 : 0], fd) == fd;
	for (int i = 0; i < 2; i++) {
		if (ends[i] != fd)
			close(ends[i]);
	}
	return reserved;
}

/* If a standard stream is closed, the next file opened would take its place: it would be read as
 * data or overwritten. */
static void reserve_standard_descriptors(const char *name)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && !reserve(fd)) {
			fprintf(stderr, "%s: cannot replace a closed standard stream: %s\n", name,
			        strerror(errno));
			exit(EXIT_BAD);
		}
	}
}

/* A mapped file that has become shorter has no bytes to give: its reader can only end. A signal
 * that somebody sends does what it would do without this handler. */
static char truncated[200];
static bool bus_was_ignored;

static void end_by_truncation(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == BUS_ADRERR) {
		ssize_t told = write(STDERR_FILENO, truncated, strlen(truncated));
		(void)told;
		_exit(EXIT_BAD);
	}
	if (bus_was_ignored && info->si_code <= 0)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

/* On a stack of its own: code that oneDNN has generated may keep its stack pointer in the heap. */
static void report_truncation(const char *name)
{
	static char stack[1 << 16];
	struct sigaction action = {.sa_sigaction = end_by_truncation,
	                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	struct sigaction before;
	snprintf(truncated, sizeof(truncated),
	         "%s: cannot read a mapped file: it was truncated, or its disk failed\n", name);
	if (sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof(stack)}, NULL) == 0 &&
	    sigaction(SIGBUS, &action, &before) == 0)
		bus_was_ignored = before.sa_handler == SIG_IGN;
}

/* Raises a soft limit of the stack that is too low; reports a hard one, since an overflow would end
 * the program with a signal that tells the user nothing. */
static void ensure_stack(const char *name)
{
	const rlim_t needed = 256 << 10;
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur >= needed)
		return;
	limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
	if (limit.rlim_cur == needed && setrlimit(RLIMIT_STACK, &limit) == 0)
		return;
	fprintf(stderr, "%s: the stack is limited to %llu KB (ulimit -s); 256 KB are needed\n",
	        name, (unsigned long long)limit.rlim_cur >> 10);
	exit(EXIT_BAD);
}

void startup(const char *name)
{
	report_truncation(name);
	signal(SIGXFSZ, SIG_IGN); /* reported as a failed write, like a full disk */
	ensure_stack(name);
	reserve_standard_descriptors(name);
}
