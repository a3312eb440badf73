/* Training records, held in memory as they came: u8 stays u8, a regular file is mapped. */
#ifndef DATASET_H
#define DATASET_H

#include "blob.h"
#include "element.h"
#include "status.h"

#include <stddef.h>
#include <stdint.h>

struct dataset {
	struct blob blob;
	enum element type;
	size_t d, record_bytes;
	size_t nrecords;
};

/* Reads raw records of d elements from fd to the end; the caller keeps fd. Refused: a short last
 * record, NaN or infinity among the elements, more than 2^32 - 1 records. */
enum status dataset_read(struct dataset *s, int fd, enum element type, size_t d, struct error *e);
void dataset_release(struct dataset *s);

/* A number that another set of records hardly has: FNV-1a of all bytes, 64 bits. */
uint64_t dataset_digest(const struct dataset *s);

/* Uniform noise u in (0, 1), times width, on each element, drawn for (seed, pass, record). A u8
 * element b becomes (b + width u) / (255 + width), any other x becomes x + width u. */
struct noise {
	double width; /* 0: none; then u8 is b/255 */
	uint64_t seed, pass;
};

/* The records with those numbers, as x (n, D). */
void dataset_records(const struct dataset *s, const uint32_t *numbers, size_t n,
                     const struct noise *noise, float *x);

#endif
