/*
 * The IDX format of MNIST (Y. LeCun, http://yann.lecun.com/exdb/mnist/): two zero bytes, a type
 * byte, the rank, that many big-endian 32-bit dimensions, the elements big-endian in C order.
 * The first dimension counts the records. Gzip or not.
 */
#ifndef IDX_H
#define IDX_H

#include "element.h"
#include "status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct gzip;

struct idx {
	enum element type;
	unsigned rank;          /* 1 .. 255 */
	uint32_t dims[255];     /* rank of them */
	uint64_t nrecords;      /* dims[0] */
	size_t record_elements; /* product of the others, > 0 */
	size_t record_bytes;
	uint64_t nread; /* records handed out so far */

	struct gzip *gzip; /* owned */
	unsigned char *data;
	size_t capacity, used, taken; /* bytes: allocated, read, handed out */
};

/* Reads the header from fd; the caller keeps fd. A record must be of at least one element. */
enum status idx_open(struct idx *x, int fd, FILE *tied, struct error *e);
void idx_release(struct idx *x); /* also after a failed idx_open of a zeroed struct */

/* Waits for one record, then hands out what is at hand: *batch points to *n whole records, valid
 * until the next call. *n is 0 at the end, once it is sure that nothing follows: fewer records
 * than the header says are STATUS_TRUNCATED, more bytes STATUS_MALFORMED. Memory follows the
 * bytes that have come, not what the header claims. */
enum status idx_next(struct idx *x, const unsigned char **batch, size_t *n, struct error *e);

/* Writes the header of an IDX file: rank dimensions. */
size_t idx_header(enum element type, unsigned rank, const uint32_t *dims,
                  unsigned char header[4 + 4 * 255]);

#endif
