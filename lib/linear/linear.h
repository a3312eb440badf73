/*
 * Matrix products with what belongs to them: the layers of a network, prepared once and run on
 * batches. Several implementations behind one table of functions: our own for float32, oneDNN for
 * bfloat16, and a naive twin that the tests hold both against.
 */
#ifndef LINEAR_H
#define LINEAR_H

#include "base/error.h"
#include "linear/precision.h"

#include <stdbool.h>
#include <stddef.h>

/* A layer never sees more rows at once; more of them would not make it faster. Outputs are promised
 * to be the same bits for a row alone and among others, wherever it stands in the batch and
 * whatever the number of threads. */
enum { LINEAR_MAX_ROWS = 384 };

/* As many rows of layers that are so wide (floats, the widest one) as an array may have: fewer than
 * LINEAR_MAX_ROWS, a power of two, if it would take more than 64 MiB; at least one. */
size_t linear_rows(size_t width);

/* Such an array, (rows, width) of elements of `size` bytes: zero, since rows without a record are
 * computed, too. NULL with e set if there is no memory, or if e is set already. */
void *linear_rows_alloc(size_t rows, size_t width, size_t size, struct error *e);

/* A layer y = act(x W^T + b): x (rows, in) T, W (out, in), b (out), y (rows, out), in C order;
 * act is ReLU or nothing. "T" is float32 or bfloat16 by the precision; sums are float32 in either.
 */
struct linear_spec {
	size_t in, out;
	enum precision precision;
	bool relu;
	bool float_out; /* y is float32 whatever the precision; else T */
};

/* Of y. */
enum precision linear_precision_out(const struct linear_spec *spec);

struct linear;

struct linear_backend {
	/* Prepares a layer; W and b are float32, and copied. Several threads may prepare layers at
	 * once. */
	enum status (*create)(const struct linear_spec *spec, const float *weight,
	                      const float *bias, struct linear **layer, struct error *e);
	void (*free)(struct linear *layer); /* NULL is fine */

	/* 1 <= rows <= LINEAR_MAX_ROWS. x and y must have room for as many rows as the next power
	 * of two, or LINEAR_MAX_ROWS if that is less: what is after the rows asked for may be read
	 * and overwritten. Several threads may run a layer at
	 * once; each computes alone then (threads_count() is 1), or with all the threads there are.
	 */
	enum status (*forward)(struct linear *layer, size_t rows, const void *x, void *y,
	                       struct error *e);
};

extern const struct linear_backend linear_packed; /* for float32 alone */
extern const struct linear_backend linear_dnnl; /* STATUS_SYSTEM where it would not keep the bits */

/* The fastest one for a precision. */
const struct linear_backend *linear_for(enum precision precision);

/* Whether this machine has fast bfloat16 products. */
bool linear_has_bf16(void);

#endif
