/*
 * A machine for the pickles of PyTorch's state dicts, which executes nothing. It knows the opcodes
 * of protocol 2 that torch.save writes and half a dozen globals by name; the rest is refused. Its
 * values are plain data that live until pickle_release; texts point into the pickle.
 */
#ifndef PICKLE_H
#define PICKLE_H

#include "status.h"
#include "tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
	VALUE_MARK, /* and what is not set; never handed out */
	VALUE_NONE,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_FLOAT,
	VALUE_TEXT,
	VALUE_TUPLE,
	VALUE_LIST, /* its items are dropped */
	VALUE_DICT,
	VALUE_FUNCTION,
	VALUE_STORAGE_TYPE,
	VALUE_STORAGE,
	VALUE_TENSOR,
};

struct value {
	enum value_kind kind;
	uint32_t n; /* bytes of a text, items of a tuple */
	union {
		int64_t integer;
		const char *text; /* no NUL behind it, perhaps some within */
		const struct value *items;
		struct pickle_dict *dict;
		const struct pickle_storage *storage;
		const struct pickle_tensor *tensor;
		const struct pickle_storage_type *storage_type;
		int function;
	} u;
};

struct pickle_pair {
	struct value key, value;
	struct pickle_pair *next;
};

struct pickle_dict {
	struct pickle_pair *first, **end; /* in order of insertion, nothing replaced */
	size_t n;
};

/* A checkpoint may hold tensors that we cannot read, where nobody asks for them. */
struct pickle_storage_type {
	const char *name; /* of PyTorch: "FloatStorage" */
	bool supported;
	enum tensor_type type; /* if supported */
};

struct pickle_storage {
	struct value key; /* VALUE_TEXT: the name of its record */
	const struct pickle_storage_type *type;
	uint64_t nelements;
};

/* As the pickle has it: whether it fits its storage is the reader's to check. */
struct pickle_tensor {
	const struct pickle_storage *storage;
	uint64_t offset;
	unsigned rank;
	uint64_t shape[TENSOR_MAX_RANK], stride[TENSOR_MAX_RANK]; /* in elements */
};

struct pickle {
	struct value value;
	struct pickle_chunk *chunks; /* all memory of it */
	size_t bytes;
};

const char *value_kind_name(enum value_kind kind); /* "a dict", "an integer" ... */

/* The value of the n bytes, which must outlive it. Stack, memo, texts and memory are bounded. */
enum status pickle_load(const unsigned char *data, size_t n, struct pickle *out, struct error *e);
void pickle_release(struct pickle *p);

#endif
