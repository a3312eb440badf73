/* Multilayer perceptron with ReLU between its linear layers: the conditioner of a coupling. */
#ifndef MLP_H
#define MLP_H

#include "base/error.h"
#include "linear/linear.h"

#include <stddef.h>

struct mlp {
	const struct linear_backend *backend;
	enum precision precision;
	struct linear **layers; /* (nlayers) */
	size_t nlayers;
};

/* Creates a network of nlayers >= 1 layers; set each of them with mlp_set_layer, in any order. */
enum status mlp_init(struct mlp *m, const struct linear_backend *backend, enum precision precision,
                     size_t nlayers, struct error *e);
void mlp_release(struct mlp *m);

/* weight (out, in) and bias (out), float32, are copied; all layers but the last get a ReLU. */
enum status mlp_set_layer(struct mlp *m, size_t layer, size_t in, size_t out, const float *weight,
                          const float *bias, struct error *e);

/* y = last(...relu(first(x))): x (rows, in of the first) has the network's precision, y (rows, out
 * of the last) is float32; work[0] and work[1] hold the activations in between. At most
 * LINEAR_MAX_ROWS rows; every buffer must have room for those that linear/linear.h asks for, of
 * the widest layer that uses it. */
enum status mlp_forward(const struct mlp *m, size_t rows, const void *x, void *work[2], float *y,
                        struct error *e);

#endif
