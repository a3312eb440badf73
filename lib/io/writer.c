/* A stdio stream that writes to a descriptor to the last byte. */
#ifdef __linux__
#define _GNU_SOURCE /* fopencookie */
#endif
#include "io/writer.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#ifdef __linux__

/* Whether to try again. */
static bool passes(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return poll(&p, 1, -1) >= 0 || errno == EINTR;
	return errno == EINTR;
}

/* Other than white space: of ASCII, and U+0080 to U+009F in UTF-8, of which the first byte may be
 * the last one of the write before. Text of other encodings passes. */
static bool has_control(struct writer *w, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)data[i];
		if ((c < ' ' && (c < '\t' || c > '\r')) || c == 0x7f ||
		    (w->last == 0xc2 && c >= 0x80 && c < 0xa0))
			return true;
		w->last = c;
	}
	return false;
}

static ssize_t write_all(void *cookie, const char *data, size_t n)
{
	struct writer *w = cookie;
	size_t done = 0;
	if (w->error == 0 && w->terminal && has_control(w, data, n)) {
		w->refused = true;
		w->error = EINVAL;
	}
	while (done < n && w->error == 0) {
		ssize_t written = write(w->fd, data + done, n - done);
		if (written > 0)
			done += (size_t)written;
		else if (written == 0)
			w->error = EIO;
		else if (!passes(w->fd))
			w->error = errno;
	}
	return (ssize_t)done;
}

static int close_it(void *cookie)
{
	return close(((struct writer *)cookie)->fd);
}

FILE *writer_open(struct writer *w, int fd)
{
	*w = (struct writer){.fd = fd};
	return fopencookie(w, "w", (cookie_io_functions_t){.write = write_all, .close = close_it});
}

#else

FILE *writer_open(struct writer *w, int fd)
{
	*w = (struct writer){.fd = fd};
	return fdopen(fd, "w");
}

#endif

bool writer_flush(const struct writer *w, FILE *f)
{
	bool lost = fflush(f) != 0;
	if (w->error != 0)
		errno = w->error;
	return !lost && !ferror(f);
}

bool writer_close(const struct writer *w, FILE *f)
{
	bool kept = writer_flush(w, f);
	int was = errno;
	bool closed = fclose(f) == 0;
	if (!kept)
		errno = was;
	return kept && closed;
}
