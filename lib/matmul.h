/*
 * Matrix products with what belongs to them: the layers of a network, prepared once and run on
 * batches. Two implementations behind one table of functions: oneDNN, and a naive twin that the
 * tests hold it against.
 */
#ifndef MATMUL_H
#define MATMUL_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

/* A layer never sees more rows at once. Outputs are promised to be the same bits for a row alone
 * and among others, wherever it stands in the batch and whatever the number of threads. */
enum { MATMUL_MAX_ROWS = 192 };

/* y = act(x W^T + b): x (rows, in), W (out, in), b (out), y (rows, out), all float32, C order;
 * act is ReLU or nothing. */
struct linear;

struct matmul {
	const char *name;

	/* Prepares a layer; W and b are copied. */
	enum status (*create)(size_t in, size_t out, bool relu, const float *weight,
	                      const float *bias, struct linear **layer, struct error *e);
	void (*free)(struct linear *layer); /* NULL is fine */

	/* 1 <= rows <= MATMUL_MAX_ROWS. x and y must have room for MATMUL_MAX_ROWS rows: what is
	 * behind the rows asked for may be read and overwritten. Not for two threads at once. */
	enum status (*forward)(struct linear *layer, size_t rows, const float *x, float *y,
	                       struct error *e);
};

extern const struct matmul matmul_dnnl; /* float32 products, bias and ReLU fused */
extern const struct matmul matmul_ref;  /* float64 sums in the order of the formula */

/* How many threads the products may use from now on; the default is one per core. */
void matmul_set_threads(unsigned nthreads);

#endif
