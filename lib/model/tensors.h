/*
 * Named tensors in memory. A file format fills a struct tensors, and a density takes the tensors
 * that it needs from it, so that neither depends on the other.
 */
#ifndef TENSORS_H
#define TENSORS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tensor_type { TENSOR_F16, TENSOR_BF16, TENSOR_F32, TENSOR_F64 };

enum { TENSOR_MAX_RANK = 8, TENSORS_MAX = 1 << 16 /* in one file */ };

struct tensor {
	char *name;
	enum tensor_type type;
	unsigned rank; /* 0: a scalar */
	uint64_t shape[TENSOR_MAX_RANK];
	size_t nelements; /* product of the shape */
	const unsigned char
	    *data; /* little-endian, contiguous, C order; belongs to the file's bytes */
};

struct tensor_note {
	char *key, *value; /* UTF-8 */
};

struct tensors {
	struct tensor *items; /* in the order of the file */
	size_t nitems;
	uint32_t *by_name; /* indices of the items, sorted by name; maintained by tensors_add */
	struct tensor_note *notes; /* metadata */
	size_t nnotes;
	void *owned; /* the memory that the data point into; freed by release_owned */
	size_t owned_bytes;
	void (*release_owned)(void *owned, size_t bytes);
	void (*populate_owned)(void *data, size_t bytes); /* or NULL; for a part of them */
	void (*forget_owned)(void *data, size_t bytes);   /* the same */
};

void tensors_release(struct tensors *t);

size_t tensor_type_bytes(enum tensor_type type);
size_t tensor_bytes(const struct tensor *t);         /* of all its elements */
const char *tensor_type_name(enum tensor_type type); /* "F16", "BF16", "F32", "F64" */
bool tensor_type_parse(const char *name, enum tensor_type *out);

/* Appends a tensor; the name is copied, the data are not. A duplicate name is STATUS_MALFORMED, a
 * rank or size that does not fit STATUS_UNSUPPORTED. */
enum status tensors_add(struct tensors *t, const char *name, enum tensor_type type, unsigned rank,
                        const uint64_t *shape, const unsigned char *data, struct error *e);

/* Sets or replaces a note; both strings are copied. */
enum status tensors_note(struct tensors *t, const char *key, const char *value, struct error *e);

const struct tensor *tensors_find(const struct tensors *t, const char *name); /* or NULL */
const char *tensors_find_note(const struct tensors *t, const char *key);      /* or NULL */

/* The tensor of that name if it has this rank, 1 or 2, and shape, where 0 stands for any size > 0;
 * else NULL, and e lists it as missing or of the wrong shape, after what it lists already. */
const struct tensor *tensors_expect(const struct tensors *t, const char *name, unsigned rank,
                                    uint64_t rows, uint64_t columns, struct error *e);

/* The CRC-32 of notes and tensors as nicemodel(5) defines it. Reads all data. */
uint32_t tensors_checksum(const struct tensors *t);

/* The elements first .. first+n-1 as float (f64 rounded to nearest) or double. */
void tensor_to_float(const struct tensor *t, size_t first, size_t n, float *out);
void tensor_to_double(const struct tensor *t, size_t first, size_t n, double *out);

/* Hints that the data of a tensor of t are unlikely to be read again: they need not stay in memory
 * if they can be read from the file. */
void tensors_forget(const struct tensors *t, const struct tensor *item);

/* All elements as float: in place if the data are aligned native floats, else converted into
 * buffer, which has room for them. */
const float *tensor_floats(const struct tensor *t, float *buffer);

#endif
