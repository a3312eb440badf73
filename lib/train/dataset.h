/* Training records, held in memory as they came: u8 stays u8, a regular file is mapped. */
#ifndef DATASET_H
#define DATASET_H

#include "base/element.h"
#include "base/error.h"
#include "io/whole_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The records of a file: those from number `first` of the set on. */
struct dataset_file {
	struct whole_file bytes;
	size_t first;
};

/* Records of several files as one set, in their order. */
struct dataset {
	struct dataset_file *files; /* owned */
	size_t nfiles;
	enum element type;
	size_t d, record_bytes;
	size_t nrecords;
	enum whole_file_way way; /* of files to be added; set it after init */
	uint64_t digest;         /* of all bytes, in order: FNV-1a; another set hardly has it */
};

/* A set of no records, each of d elements. */
void dataset_init(struct dataset *s, enum element type, size_t d);

/* Adds the raw records from fd to its end; the caller keeps fd. Refused: an input that looks like a
 * file of another kind (io/content.h), unless any_content; a short last record, NaN or infinity
 * among the elements, as float32; records are counted from the first of fd in messages. Also
 * refused: more than 2^32 - 1 records in all. The bytes are read once, in order. */
enum status dataset_add(struct dataset *s, int fd, bool any_content, struct error *e);
void dataset_release(struct dataset *s);

/* The bytes of the record with that number, which the set has. */
const unsigned char *dataset_record(const struct dataset *s, size_t number);

/* The bytes of the records with those numbers, first <= last, and of all between them, will be read
 * soon: begins to read their pages from the file. Or: they will not be read for some time, and
 * their pages may go. Hints about mapped files; nothing happens to others. */
typedef void dataset_advice(const struct dataset *s, size_t first, size_t last);
dataset_advice dataset_expect, dataset_leave;

/* A hint, too: whether records are read at random from now on, or in order, as at first. */
void dataset_at_random(const struct dataset *s, bool random);

/* Uniform noise u in (0, 1), times width, on each element, drawn for (seed, pass, record). A u8
 * element b becomes (b + width u) / (255 + width), any other x becomes x + width u. */
struct noise {
	double width; /* 0: none; then u8 is b/255 */
	uint64_t seed, pass;
};

/* Per element, for types other than u8; train/scaling.h. Zero leaves the records as they come. */
struct scaling {
	size_t d;
	double *mean, *stdev; /* x becomes (x - mean) / stdev; (D) each, or NULL */
	double *width;        /* of the noise, which then is width (u - 1/2); (D), or NULL */
};

/* The records with those numbers, with noise and then scaled, as x (n, D). */
void dataset_records(const struct dataset *s, const uint32_t *numbers, size_t n,
                     const struct noise *noise, const struct scaling *scaling, float *x);

/* The mean of each element of the records with those numbers, n > 0, in float64: mean (D). */
void dataset_mean(const struct dataset *s, const uint32_t *numbers, size_t n, double *mean);

#endif
