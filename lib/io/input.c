/* Reading from file descriptors: open, read, poll and EINTR. */
#ifdef __linux__
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include "io/input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status input_open(const char *path, int *fd, struct error *e)
{
	struct stat st;
	int opened = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (opened < 0)
		return error_system(e, "cannot open");
	if (fstat(opened, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (opened != STDIN_FILENO)
			close(opened);
		errno = EISDIR;
		return error_system(e, "cannot read");
	}
	*fd = opened;
	return STATUS_OK;
}

void input_close(int fd)
{
	if (fd > STDIN_FILENO)
		close(fd);
}

void input_list_close(struct input_list *l)
{
	input_close(l->fd);
	l->fd = -1;
}

enum status input_list_open_next(struct input_list *l, struct error *e)
{
	assert(l->nopened < l->n);
	input_list_close(l);
	return input_open(l->names[l->nopened++], &l->fd, e);
}

const char *input_list_name(const struct input_list *l)
{
	return l->names[l->nopened > 0 ? l->nopened - 1 : 0];
}

bool input_ready(int fd, int milliseconds)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n = poll(&p, 1, milliseconds);
	return n > 0 || (n < 0 && errno != EINTR); /* on an error, too: read tells which */
}

static bool wait_until_ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

enum status input_read(int fd, FILE *tied, void *data, size_t n, size_t *got, struct error *e)
{
	assert(n > 0);
	if (n > SSIZE_MAX)
		n = SSIZE_MAX;
	if (tied && !input_ready(fd, 0) && fflush(tied) != 0)
		return error_system(e, "cannot write");
	for (;;) {
		ssize_t r = read(fd, data, n);
		if (r >= 0) {
			*got = (size_t)r;
			return STATUS_OK;
		}
		/* Somebody else may have made the descriptor non-blocking: wait for it. */
		if (errno != EINTR &&
		    !((errno == EAGAIN || errno == EWOULDBLOCK) && wait_until_ready(fd)))
			return error_system(e, "cannot read");
	}
}

size_t input_widen(int fd, size_t n)
{
	int size = 0;
#ifdef F_SETPIPE_SZ
	const size_t unprivileged_max = 1 << 20;
	size_t wanted = n < unprivileged_max ? n : unprivileged_max;
	size = fcntl(fd, F_GETPIPE_SZ);
	if (size > 0 && (size_t)size < wanted) {
		fcntl(fd, F_SETPIPE_SZ, (int)wanted);
		size = fcntl(fd, F_GETPIPE_SZ);
	}
#else
	(void)fd, (void)n;
#endif
	return size > 0 ? (size_t)size : 0;
}
