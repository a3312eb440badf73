/*
 * Preloaded by tests/sandbox.bats before a program: when that closes its standard output, at its end, it
 * tries what a program that has been taken over would try, and tells on standard error what came of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell(const char *what, int result)
{
	fprintf(stderr, "%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void misbehave(void)
{
	tell("read a file", open("/etc/passwd", O_RDONLY));
	tell("write a file", open("misbehaved", O_WRONLY | O_CREAT, 0600));
	tell("remove a file", unlink("victim"));
	tell("connect", socket(AF_INET, SOCK_STREAM, 0));
	tell("run a program", execl("/bin/true", "true", (char *)NULL));
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tell("fork", child);
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
