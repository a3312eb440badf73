/*
 * The IDX format of MNIST (Y. LeCun, http://yann.lecun.com/exdb/mnist/): two zero bytes, a type
 * byte, the rank, that many big-endian 32-bit dimensions, then the big-endian elements in C order.
 * The first dimension is the number of records. Files may be compressed with gzip.
 */
#ifndef IDX_H
#define IDX_H

#include "base/element.h"
#include "base/error.h"
#include "record/counted.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct reader;

struct idx {
	enum element type;
	unsigned rank;          /* 1 .. 255 */
	uint32_t dims[255];     /* the first `rank` are used */
	uint64_t nrecords;      /* dims[0] */
	size_t record_elements; /* product of the others, > 0 */
	size_t record_bytes;
	struct counted body; /* the records, big-endian */
};

/* Reads the header from fd, which stays owned by the caller. A record must have at least one
 * element. */
enum status idx_open(struct idx *x, int fd, FILE *tied, struct error *e);
void idx_release(struct idx *x); /* also after a failed idx_open of a zeroed struct */

/* Waits for at least one record, then returns all that are available: *batch points to *n whole
 * records, valid until the next call. *n is 0 at the end, after checking that no data follow: fewer
 * records than the header says are STATUS_TRUNCATED, more bytes STATUS_MALFORMED. Memory use
 * depends on the bytes received, not on what the header claims. */
enum status idx_next(struct idx *x, const unsigned char **batch, size_t *n, struct error *e);

/* A reader (record/reader.h) of the records as raw elements of a type: u8, f32 or f64, as
 * element_big_endian_to_raw converts them. x stays the caller's. STATUS_UNSUPPORTED if there is no
 * such conversion. */
enum status idx_reader_open(struct reader *r, struct idx *x, enum element type, struct error *e);

/* Builds the header of an IDX file with `rank` dimensions; returns its size in bytes. */
size_t idx_header(enum element type, unsigned rank, const uint32_t *dims,
                  unsigned char header[4 + 4 * 255]);

#endif
