/* The records of a file whose header says how many there are, after that header. */
#ifndef COUNTED_H
#define COUNTED_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct gzip;

struct counted {
	struct gzip *gzip;     /* owned; NULL: not open */
	size_t record_bytes;   /* 1 .. SIZE_MAX / 2 */
	uint64_t nrecords;     /* as the header says */
	uint64_t header_bytes; /* for the offsets in messages */
	uint64_t nread;        /* records returned so far */
	unsigned char *data;
	size_t capacity, used, taken; /* bytes: allocated, read, returned */
};

/* Takes over gzip, of which the header has been read. */
void counted_init(struct counted *c, struct gzip *gzip, size_t record_bytes, uint64_t nrecords,
                  uint64_t header_bytes);
void counted_release(struct counted *c); /* a zeroed struct is allowed */

/* Waits for at least one record, then returns all that are available: *batch points to *n whole
 * records, valid until the next call. *n is 0 at the end, after checking that no data follow: fewer
 * records than the header says are STATUS_TRUNCATED, more bytes STATUS_MALFORMED. Memory use
 * depends on the bytes received, not on what the header claims. */
enum status counted_next(struct counted *c, const unsigned char **batch, size_t *n,
                         struct error *e);

#endif
