/* What a program gives up before it reads what strangers wrote. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* In all of them, descriptors that are open can be used, and memory, threads, clocks and signals to
 * the process itself. The rest of the system is out of reach: sockets, other programs and
 * processes, limits, mounts. */
enum sandbox {
	SANDBOX_FILES,   /* files may be opened, made, renamed and removed */
	SANDBOX_READING, /* files may be opened for reading, and that is all */
	SANDBOX_CLOSED,  /* no file may be opened */
};

/* Restricts this process and the threads that it starts, permanently and once. Refused calls fail
 * with EPERM, or with ENOSYS if it is so new that callers fall back on something older. False if
 * the system does not offer it; then no call has been given up. */
bool sandbox_enter(enum sandbox sandbox);

/* What it is made of: "seccomp", or "none" where sandbox_enter does nothing. */
const char *sandbox_name(void);

#endif
