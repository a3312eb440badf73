/*
 * Linear layers that learn: the three products of a layer, for weights and gradients that stay the
 * caller's, in C order, so that the optimiser works on them in place. Our own for float32, oneDNN
 * for bfloat16.
 */
#ifndef LINEAR_TRAINING_H
#define LINEAR_TRAINING_H

#include "linear/linear.h"

/* The three products of a layer for a fixed number of rows. */
struct linear_training;

/* A part of a product, all parts being of about the same size; {0, 1} is the whole. */
struct linear_part {
	size_t index, count;
};

struct linear_training_backend {
	/* Whether several threads may be at work on a layer at once, on some rows each or on some
	 * parts; else there is one caller at a time, who asks for all rows and the whole. */
	bool divisible;

	enum status (*create)(const struct linear_spec *spec, size_t rows,
	                      struct linear_training **out, struct error *e);
	void (*free)(struct linear_training *l); /* NULL is fine */

	/* y = act(x W^T + b): x (rows, in) T, weight (out, in) T, bias (out) float, y (rows, out)
	 * T, or float32 if spec.float_out. */
	enum status (*forward)(struct linear_training *l, size_t rows, const void *x,
	                       const void *weight, const float *bias, void *y, struct error *e);

	/* dx = dy W: dy (rows, out) T, dx (rows, in) T. */
	enum status (*backward_data)(struct linear_training *l, size_t rows, const void *dy,
	                             const void *weight, void *dx, struct error *e);

	/* dweight = dy^T x, dbias = column sums of dy, of all rows; both float, overwritten, or,
	 * with add, added to what is there. */
	enum status (*backward_weight)(struct linear_training *l, struct linear_part part,
	                               const void *x, const void *dy, float *dweight, float *dbias,
	                               bool add, struct error *e);
};

extern const struct linear_training_backend linear_training_tile; /* for float32 alone */
extern const struct linear_training_backend linear_training_dnnl;

/* The one for a precision. */
const struct linear_training_backend *linear_training_for(enum precision precision);

#endif
