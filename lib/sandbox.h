/* What a program gives up before it reads what strangers wrote. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* In all of them: no sockets, no other programs, no other processes, nothing of the kernel's rarer
 * parts. What is open stays open; threads and memory are not limited. */
enum sandbox {
	SANDBOX_FILES,   /* files may be opened, made, renamed and removed */
	SANDBOX_READING, /* files may be opened for reading, and that is all */
	SANDBOX_CLOSED,  /* no file may be opened */
};

/* For good, for this process and the threads it starts; a call can only take more away. What was
 * given up fails with EPERM. False if the system does not offer it; then nothing has changed. */
bool sandbox_enter(enum sandbox sandbox);

/* What it is made of: "seccomp", or "none" where sandbox_enter does nothing. */
const char *sandbox_name(void);

#endif
