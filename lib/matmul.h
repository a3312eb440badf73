/*
 * Matrix products with what belongs to them: the layers of a network, prepared once and run on
 * batches. Two implementations behind one table of functions: oneDNN, and a naive twin that the
 * tests hold it against.
 */
#ifndef MATMUL_H
#define MATMUL_H

#include "precision.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>

/* A layer never sees more rows at once; more of them would not make it faster. Outputs are promised
 * to be the same bits for a row alone and among others, wherever it stands in the batch and whatever
 * the number of threads. */
enum { MATMUL_MAX_ROWS = 384 };

/* A layer y = act(x W^T + b): x (rows, in) T, W (out, in), b (out), y (rows, out), in C order;
 * act is ReLU or nothing. "T" is float32 or bfloat16 by the precision; sums are float32 in either. */
struct linear_spec {
	size_t in, out;
	enum precision precision;
	bool relu;
	bool float_out; /* y is float32 whatever the precision; else T */
};

struct linear;

struct matmul {
	const char *name;

	/* Prepares a layer; W and b are float32, and copied. */
	enum status (*create)(const struct linear_spec *spec, const float *weight,
	                      const float *bias, struct linear **layer, struct error *e);
	void (*free)(struct linear *layer); /* NULL is fine */

	/* 1 <= rows <= MATMUL_MAX_ROWS. x and y must have room for MATMUL_MAX_ROWS rows: what is
	 * behind the rows asked for may be read and overwritten. Several threads may run a layer at
	 * once; each computes alone then (parallel_threads() is 1), or with all the threads there are. */
	enum status (*forward)(struct linear *layer, size_t rows, const void *x, void *y,
	                       struct error *e);
};

extern const struct matmul matmul_dnnl; /* float32 sums, bias and ReLU fused */
extern const struct matmul matmul_ref;  /* float64 sums in the order of the formula */

/* Whether this machine has fast bfloat16 products. */
bool matmul_has_bf16(void);

/* ---- layers that learn: oneDNN alone; weights and gradients stay the caller's ---- */

/* The three products of a layer for a fixed number of rows. */
struct learner;

enum status learner_create(const struct linear_spec *spec, size_t rows, struct learner **out,
                           struct error *e);
void learner_free(struct learner *l); /* NULL is fine */

/* y = act(x W^T + b): x (rows, in) T, weight (out, in) T, bias (out) float, y (rows, out) T, or
 * float32 if spec.float_out. */
enum status learner_forward(struct learner *l, const void *x, const void *weight, const float *bias,
                            void *y, struct error *e);

/* dx = dy W: dy (rows, out) T, dx (rows, in) T. */
enum status learner_backward_data(struct learner *l, const void *dy, const void *weight, void *dx,
                                  struct error *e);

/* dweight = dy^T x, dbias = column sums of dy; both float, overwritten. */
enum status learner_backward_weight(struct learner *l, const void *x, const void *dy,
                                    float *dweight, float *dbias, struct error *e);

#endif
