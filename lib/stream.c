/* Knows read, poll and EINTR. Does not know what the bytes mean. */
#ifdef __linux__
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include "stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status stream_open(const char *path, int *fd, struct error *e)
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

static bool ready(int fd, int milliseconds)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n = poll(&p, 1, milliseconds);
	return n > 0 || (n < 0 && errno != EINTR); /* an error is ready, too: read tells which */
}

static bool wait_until_ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

enum status stream_read(int fd, FILE *tied, void *data, size_t n, size_t *got, struct error *e)
{
	assert(n > 0);
	if (n > SSIZE_MAX)
		n = SSIZE_MAX;
	if (tied && !ready(fd, 0) && fflush(tied) != 0)
		return error_system(e, "cannot write");
	for (;;) {
		ssize_t r = read(fd, data, n);
		if (r >= 0) {
			*got = (size_t)r;
			return STATUS_OK;
		}
		/* A descriptor that somebody else made non-blocking is waited for. */
		if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && wait_until_ready(fd)))
			return error_system(e, "cannot read");
	}
}

size_t stream_widen(int fd, size_t n)
{
	int size = 0;
#ifdef F_SETPIPE_SZ
	const size_t unprivileged_max = 1 << 20;
	fcntl(fd, F_SETPIPE_SZ, (int)(n < unprivileged_max ? n : unprivileged_max));
	size = fcntl(fd, F_GETPIPE_SZ);
#else
	(void)fd, (void)n;
#endif
	return size > 0 ? (size_t)size : 0;
}

enum status records_init(struct records *r, int fd, FILE *tied, size_t record_bytes,
                         size_t max_records, struct error *e)
{
	assert(record_bytes > 0 && max_records > 0);
	if (max_records > SIZE_MAX / record_bytes)
		return error_set(e, STATUS_MEMORY, "a batch of %zu records of %zu bytes is too large",
		                 max_records, record_bytes);
	struct records made = {.fd = fd,
	                       .tied = tied,
	                       .record_bytes = record_bytes,
	                       .capacity = max_records * record_bytes};
	made.data = malloc(made.capacity);
	if (!made.data)
		return error_memory(e);
	size_t pipe_bytes = stream_widen(fd, made.capacity);
	made.backlog = pipe_bytes > 0 ? pipe_bytes / 2 : SIZE_MAX;
	*r = made;
	return STATUS_OK;
}

void records_release(struct records *r)
{
	free(r->data);
	*r = (struct records){0};
}

static void fill(struct records *r)
{
	size_t got;
	if (stream_read(r->fd, r->tied, r->data + r->end, r->capacity - r->end, &got,
	                &r->failure) != STATUS_OK)
		return;
	r->end += got;
	r->ended = got == 0;
}

static enum status take(struct records *r, bool wait, const unsigned char **batch, size_t *n,
                        struct error *e)
{
	memmove(r->data, r->data + r->begin, r->end - r->begin);
	r->end -= r->begin;
	r->begin = 0;
	size_t kept = r->end;
	while (!r->ended && !r->failure.status && r->end < r->capacity &&
	       ((wait && r->end < r->record_bytes) || ready(r->fd, r->end - kept < r->backlog ? 0 : 1)))
		fill(r);
	size_t whole = r->end / r->record_bytes;
	if (whole == 0 && r->failure.status)
		return error_set(e, r->failure.status, "%s", r->failure.text);
	if (whole == 0 && r->end > 0 && r->ended)
		return error_set(e, STATUS_TRUNCATED,
		                 "record %llu (byte %llu): unexpected end of input after %zu of %zu bytes",
		                 (unsigned long long)r->nrecords,
		                 (unsigned long long)(r->nrecords * r->record_bytes), r->end,
		                 r->record_bytes);
	*batch = r->data;
	*n = whole;
	r->begin = whole * r->record_bytes;
	r->nrecords += whole;
	return STATUS_OK;
}

enum status records_next(struct records *r, const unsigned char **batch, size_t *n,
                         struct error *e)
{
	return take(r, true, batch, n, e);
}

enum status records_ready(struct records *r, const unsigned char **batch, size_t *n,
                          struct error *e)
{
	return take(r, false, batch, n, e);
}
