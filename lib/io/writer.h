/*
 * A stdio stream that writes to a descriptor to the last byte: interrupted and short writes are
 * continued, and a descriptor that somebody else made non-blocking is polled. After a failed write
 * nothing more is written. A terminal, which takes control characters for commands, gets none but
 * white space.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stdio.h>

struct writer {
	int fd;
	int error; /* errno of the failed write, or 0; the errno that stdio leaves may be that of
	              another call */
	bool terminal;      /* set after writer_open: whether control characters are refused */
	bool refused;       /* for that the write has failed, with EINVAL */
	unsigned char last; /* byte so far, if it is a terminal */
};

/* Returns a stream that owns fd; w must outlive it. NULL with errno set if out of memory; the
 * caller then keeps fd. Without fopencookie it is a plain stdio stream. */
FILE *writer_open(struct writer *w, int fd);

/* Flushes f, or flushes and closes it. False, with errno set, if any write so far has failed. */
bool writer_flush(const struct writer *w, FILE *f);
bool writer_close(const struct writer *w, FILE *f);

#endif
