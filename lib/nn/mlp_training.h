/*
 * A stack of linear layers with ReLU between them, as in nn/mlp.h, that learns: forward, keeping
 * the activations, and backward.
 *
 * "T" is float32 or bfloat16 by the precision.
 */
#ifndef MLP_TRAINING_H
#define MLP_TRAINING_H

#include "base/error.h"
#include "linear/linear_training.h"

#include <stdbool.h>
#include <stddef.h>

/* Layer sizes: in, mid (nlayers - 1 times), out. One layer is linear, and has no mid. */
struct mlp_shape {
	size_t in, mid, out;
	size_t nlayers; /* >= 1 */
};

/* Where the parameters of a layer are in an array of parameters. */
struct mlp_place {
	size_t in, out;
	size_t weight, bias; /* offsets: (out, in), (out) */
};

/* The parameters of one network, nlayers places in two arrays, the caller's. */
struct mlp_parameters {
	const struct mlp_place *places;
	const float *block;
	const void *weights; /* the block as T; its biases are not read */
};

/* The inputs of each layer of one network, kept for the way back: (rows, in) T. */
struct mlp_activations {
	void **inputs;
	size_t nlayers;
};

/* The derivatives of a loss by the outputs of each layer, before ReLU: (rows, out) T. */
struct mlp_derivatives {
	void **outputs;
	size_t nlayers;
};

/* The products that all networks of a shape share, for a fixed number of rows. Zero may be
 * released. */
struct mlp_training {
	struct mlp_shape shape;
	size_t rows;
	enum precision precision;
	const struct linear_training_backend *backend;
	struct linear_training *products[3]; /* of the first, the middle and the last layer */
	void *dx;                            /* (rows, in) T */
};

/* Some of the rows. Several threads may be at work on some each, if the backend says so. */
struct mlp_rows {
	size_t first, n;
};

enum status mlp_training_init(struct mlp_training *m, const struct mlp_shape *shape, size_t rows,
                              enum precision precision, struct error *e);
void mlp_training_release(struct mlp_training *m);

enum status mlp_activations_init(struct mlp_activations *a, const struct mlp_training *m,
                                 struct error *e);
void mlp_activations_release(struct mlp_activations *a);

enum status mlp_derivatives_init(struct mlp_derivatives *d, const struct mlp_training *m,
                                 struct error *e);
void mlp_derivatives_release(struct mlp_derivatives *d);

/* y = network(x): x (rows, in), y (rows, out). */
enum status mlp_training_forward(struct mlp_training *m, const struct mlp_parameters *p,
                                 struct mlp_activations *a, struct mlp_rows rows, const float *x,
                                 float *y, struct error *e);

/* After forward, from the derivatives of a loss by y, dy (rows, out): those by the outputs of each
 * layer, and those by x, which are added to dx (rows, in), unless it is NULL. */
enum status mlp_training_backward(struct mlp_training *m, const struct mlp_parameters *p,
                                  const struct mlp_activations *a, struct mlp_derivatives *d,
                                  struct mlp_rows rows, const float *dy, float *dx,
                                  struct error *e);

/* After backward for all rows: the derivatives by the parameters of one layer, or a part of them,
 * into dblock, at their places, or, with add, added to what is there. */
enum status mlp_training_gradient(struct mlp_training *m, const struct mlp_parameters *p,
                                  const struct mlp_activations *a, const struct mlp_derivatives *d,
                                  size_t layer, struct linear_part part, float *dblock, bool add,
                                  struct error *e);

/* n floats into T, shared among the threads. */
void mlp_training_convert(enum precision precision, size_t n, const float *from, void *to);

/* to += from, n elements of the precision, shared among the threads. */
void mlp_training_add(enum precision precision, size_t n, const void *from, float *to);

#endif
