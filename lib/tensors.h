/*
 * Named tensors in memory: the neutral ground between model files and what is built from them.
 * A file format fills a struct tensors, the flow takes from it what it needs; neither knows of
 * the other.
 */
#ifndef TENSORS_H
#define TENSORS_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tensor_type { TENSOR_F16, TENSOR_BF16, TENSOR_F32, TENSOR_F64 };

enum { TENSOR_MAX_RANK = 8 };

struct tensor {
	char *name;
	enum tensor_type type;
	unsigned rank; /* 0: a scalar */
	uint64_t shape[TENSOR_MAX_RANK];
	size_t nelements;          /* product of the shape */
	const unsigned char *data; /* little-endian, contiguous, C order; belongs to the file's bytes */
};

struct tensor_note {
	char *key, *value; /* UTF-8 */
};

struct tensors {
	struct tensor *items; /* in the order of the file */
	size_t nitems;
	uint32_t *by_name; /* the items' numbers, sorted by name; tensors_add keeps it */
	struct tensor_note *notes; /* metadata */
	size_t nnotes;
	void *owned; /* bytes that the data point into; released by release_owned */
	size_t owned_bytes;
	void (*release_owned)(void *owned, size_t bytes);
	void (*forget_owned)(void *data, size_t bytes); /* or NULL; for a part of them */
};

void tensors_release(struct tensors *t);

size_t tensor_type_bytes(enum tensor_type type);
const char *tensor_type_name(enum tensor_type type); /* "F16", "BF16", "F32", "F64" */
bool tensor_type_parse(const char *name, enum tensor_type *out);

/* Appends a tensor (name copied, data not); a name that is there already is STATUS_MALFORMED, a
 * rank or size that does not fit STATUS_UNSUPPORTED. */
enum status tensors_add(struct tensors *t, const char *name, enum tensor_type type, unsigned rank,
                        const uint64_t *shape, const unsigned char *data, struct error *e);

/* Sets or replaces a note; both strings are copied. */
enum status tensors_note(struct tensors *t, const char *key, const char *value, struct error *e);

const struct tensor *tensors_find(const struct tensors *t, const char *name); /* or NULL */
const char *tensors_find_note(const struct tensors *t, const char *key);      /* or NULL */

/* The elements first .. first+n-1 as float (f64 rounded to nearest) or double. */
void tensor_to_float(const struct tensor *t, size_t first, size_t n, float *out);
void tensor_to_double(const struct tensor *t, size_t first, size_t n, double *out);

/* A hint that the data of a tensor of t will hardly be read again: they need not stay in memory
 * if they can be had from the file. */
void tensors_forget(const struct tensors *t, const struct tensor *item);

/* All elements as float: where they are if they are such in memory, or else in buffer, which has
 * room for them. */
const float *tensor_floats(const struct tensor *t, float *buffer);

#endif
