/*
 * Bytes in, bytes out: file descriptors that may be pipes, sockets or files, slow or fast.
 * A read that would have to wait first flushes the output it is tied to, so that whatever
 * has arrived is answered before the program sleeps.
 */
#ifndef STREAM_H
#define STREAM_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Opens a file for reading, "-" being standard input; a directory is refused. */
enum status stream_open(const char *path, int *fd, struct error *e);

/* As much as is there, at least one byte, at most n; 0 at the end. Flushes tied (may be
 * NULL) before it waits. */
enum status stream_read(int fd, FILE *tied, void *data, size_t n, size_t *got, struct error *e);

/* Asks the system for a pipe that holds n bytes, so that a producer can run ahead while we
 * compute. Best effort. How many bytes it holds now; 0 if that is unknown, or no pipe. */
size_t stream_widen(int fd, size_t n);

/* Records of a fixed size from a stream, handed out in place and in batches. */
struct records {
	int fd;
	FILE *tied;          /* flushed before a read waits; may be NULL */
	size_t record_bytes; /* > 0 */
	size_t capacity;     /* bytes in data */
	size_t backlog;      /* bytes that a pipe holds if its producer waits for us */
	unsigned char *data; /* owned */
	size_t begin, end;   /* the bytes of data that have not been handed out */
	uint64_t nrecords;   /* handed out so far */
	bool ended;
	struct error failure; /* of a read, to be told after the whole records before it */
};

/* Room for batches of at least one and at most max_records. */
enum status records_init(struct records *r, int fd, FILE *tied, size_t record_bytes,
                         size_t max_records, struct error *e);
void records_release(struct records *r);

/* Waits for one record, then takes what has arrived; a producer that had to wait because its pipe
 * was full gets a millisecond or so to make the batch a full one. *batch points to *n whole records, valid
 * until the next call; *n is 0 at the end. A failing read is told after all whole records before
 * it have been handed out, and so is a short last record: STATUS_TRUNCATED, and the error text
 * names its number and byte. */
enum status records_next(struct records *r, const unsigned char **batch, size_t *n,
                         struct error *e);

/* The same without waiting: *n is 0, too, if no whole record has arrived. */
enum status records_ready(struct records *r, const unsigned char **batch, size_t *n,
                          struct error *e);

#endif
