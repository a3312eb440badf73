/*
 * Files whose header can only be completed at their end, because it counts what follows. A regular
 * file is written in place and its header then patched; for anything else the file is put together
 * in an anonymous temporary file and copied.
 */
#ifndef LATE_HEADER_H
#define LATE_HEADER_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct late_header {
	FILE *out, *body; /* body: what to write to: out, or the temporary file, which is owned */
	int body_fd;
	off_t start; /* of the file in body */
};

/* Finds where to put the file together; writes nothing. out writes to the descriptor fd; both stay
 * the caller's. ferror(body) shows a failed write early. */
enum status late_header_open(struct late_header *h, FILE *out, int fd, struct error *e);

/* Replaces the n bytes at an offset from the start of the file, and completes the file. Losses of
 * out show when it is closed. */
enum status late_header_finish(struct late_header *h, size_t offset, const void *bytes, size_t n,
                               struct error *e);
void late_header_release(struct late_header *h); /* also of one that is all zero */

#endif
