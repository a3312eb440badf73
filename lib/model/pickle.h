/*
 * Interpreter for the pickles of PyTorch state dicts, which never executes code. It supports the
 * protocol 2 opcodes that torch.save writes and half a dozen globals by name; anything else is
 * refused. Its values are plain data that live until pickle_release; texts point into the pickle.
 */
#ifndef PICKLE_H
#define PICKLE_H

#include "base/error.h"
#include "model/tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pickle_kind {
	PICKLE_MARK, /* also an unset value; never returned */
	PICKLE_NONE,
	PICKLE_BOOL,
	PICKLE_INT,
	PICKLE_FLOAT,
	PICKLE_TEXT,
	PICKLE_TUPLE,
	PICKLE_LIST, /* its items are dropped */
	PICKLE_DICT,
	PICKLE_FUNCTION,
	PICKLE_STORAGE_TYPE,
	PICKLE_STORAGE,
	PICKLE_TENSOR,
};

struct pickle_value {
	enum pickle_kind kind;
	uint32_t n; /* bytes in a text, items in a tuple */
	union {
		int64_t integer;
		const char *text; /* not NUL-terminated; may contain NULs */
		const struct pickle_value *items;
		struct pickle_dict *dict;
		const struct pickle_storage *storage;
		const struct pickle_tensor *tensor;
		const struct pickle_storage_type *storage_type;
		int function;
	} u;
};

struct pickle_pair {
	struct pickle_value key, value;
	struct pickle_pair *next;
};

struct pickle_dict {
	struct pickle_pair *first, **end; /* in order of insertion; duplicate keys are kept */
	size_t n;
	size_t ntensors; /* pairs of a text and a tensor */
};

/* A checkpoint may contain tensors of unsupported types, as long as they are not used. */
struct pickle_storage_type {
	const char *name; /* PyTorch's: "FloatStorage" */
	bool supported;
	enum tensor_type type; /* if supported */
};

struct pickle_storage {
	struct pickle_value key; /* PICKLE_TEXT: the name of its record in the archive */
	const struct pickle_storage_type *type;
	uint64_t nelements;
};

/* As given in the pickle: the caller must check that it fits its storage. */
struct pickle_tensor {
	const struct pickle_storage *storage;
	uint64_t offset;
	unsigned rank;
	uint64_t shape[TENSOR_MAX_RANK], stride[TENSOR_MAX_RANK]; /* in elements */
};

struct pickle {
	struct pickle_value value;
	struct pickle_chunk *chunks; /* all memory of the values */
	size_t bytes;
};

const char *pickle_kind_name(enum pickle_kind kind); /* "a dict", "an integer" ... */

/* Evaluates a pickle of n bytes, which must outlive the result. Stack, memo, texts and memory are
 * bounded. */
enum status pickle_load(const unsigned char *data, size_t n, struct pickle *out, struct error *e);
void pickle_release(struct pickle *p);

#endif
