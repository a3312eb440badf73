/*
 * Records from any source, in batches: raw little-endian elements of one type, whatever the source
 * holds. A source is a table of functions: raw streams and IDX files have one, here and in idx.c.
 */
#ifndef READER_H
#define READER_H

#include "base/element.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct reader;

struct reader_source {
	/* Waits for one record, then takes what is at hand: *batch points to *n whole records,
	 * valid until the next call; *n is 0 at the end. An error comes after all records before it
	 * have been handed out, and its text names record and byte. */
	enum status (*next)(struct reader *r, const unsigned char **batch, size_t *n,
	                    struct error *e);
	void (*release)(void *state);
};

struct reader {
	enum element type;
	size_t nelements;    /* of a record */
	size_t record_bytes; /* nelements of that type */
	uint64_t nrecords;   /* handed out so far */
	const struct reader_source *source;
	void *state; /* the source's */
};

/* Raw records of nelements from fd, at most max_records in a batch (0: a quarter of a MiB or one);
 * tied as in io/input.h. An input that looks like a file of another kind (io/content.h) is
 * STATUS_CONTENT unless any_content. The caller keeps fd. */
enum status reader_open_raw(struct reader *r, int fd, FILE *tied, enum element type,
                            size_t nelements, size_t max_records, bool any_content,
                            struct error *e);

/* As `next` of the source; *batch is never NULL, so that it may be copied from and written. */
enum status reader_next(struct reader *r, const unsigned char **batch, size_t *n, struct error *e);
void reader_release(struct reader *r); /* a zeroed struct is allowed */

#endif
