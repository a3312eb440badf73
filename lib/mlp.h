/* A stack of linear layers with ReLU between them: the conditioner of a coupling. */
#ifndef MLP_H
#define MLP_H

#include "matmul.h"
#include "status.h"

#include <stddef.h>

struct mlp {
	const struct matmul *matmul;
	enum precision precision;
	struct linear **layers; /* nlayers of them */
	size_t nlayers;
};

/* A network of nlayers >= 1 layers, to be filled with mlp_set_layer in any order. */
enum status mlp_init(struct mlp *m, const struct matmul *matmul, enum precision precision,
                     size_t nlayers, struct error *e);
void mlp_release(struct mlp *m);

/* weight (out, in), bias (out), float32, copied; all layers but the last get a ReLU. */
enum status mlp_set_layer(struct mlp *m, size_t layer, size_t in, size_t out, const float *weight,
                          const float *bias, struct error *e);

/* y = last(...relu(first(x))): x (rows, in of the first) of the precision, y (rows, out of the last)
 * float32; work[0] and work[1] hold the activations between. Every buffer has room for
 * MATMUL_MAX_ROWS rows of the widest layer that goes through it. */
enum status mlp_forward(const struct mlp *m, size_t rows, const void *x, void *work[2], float *y,
                        struct error *e);

#endif
