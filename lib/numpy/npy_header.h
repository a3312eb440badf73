/*
 * The header of NumPy's .npy files: magic, version, and the text of a Python dictionary, which is
 * parsed here as the literal that the format prescribes and never evaluated.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
#ifndef NPY_HEADER_H
#define NPY_HEADER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NPY_HEADER_MAX_RANK = 64,
	NPY_HEADER_MAX_TEXT = 65535,
	NPY_HEADER_MAX_BYTES = 1024, /* of one that npy_header_write makes */
};

/* An element: bool (1 byte), signed or unsigned integer (1, 2, 4, 8), float (2, 4, 8). */
struct npy_type {
	char kind;       /* b, i, u, f */
	unsigned bytes;  /* 1, 2, 4, 8 */
	bool big_endian; /* false if bytes is 1 */
	char descr[4];   /* "<f4", as in the file */
};

struct npy_header {
	struct npy_type type;
	bool fortran_order;
	unsigned rank;
	uint64_t shape[NPY_HEADER_MAX_RANK]; /* the first `rank` are used */
};

/* Parses the text, n bytes that need not end in NUL. STATUS_MALFORMED, or STATUS_UNSUPPORTED for
 * what NumPy writes but what are no numbers. */
enum status npy_header_parse(const char *text, size_t n, struct npy_header *out, struct error *e);

/* Builds a file's first bytes, version 1.0, for a type of one character less, "<f4", and C order;
 * returns their number, a multiple of 64 that does not depend on shape[0]. The same bytes as
 * numpy.save writes. rank <= 32. */
size_t npy_header_write(const char *descr, unsigned rank, const uint64_t *shape,
                        unsigned char out[NPY_HEADER_MAX_BYTES]);

#endif
