/* The derivatives of a multilayer perceptron (nn/mlp.h) by its input, with the products of its
 * backend: layers with transposed weights, hence the same promise of the same bits. */
#ifndef MLP_SLOPE_H
#define MLP_SLOPE_H

#include "nn/mlp.h"

struct mlp_slope {
	const struct mlp *mlp;      /* the caller's */
	struct linear **transposed; /* (nlayers) */
	size_t *outs;               /* of each layer, (nlayers) */
	size_t nactive;             /* bytes of mlp_slope_forward for a row */
};

/* Of m, which must outlive it; set each layer as those of m. */
enum status mlp_slope_init(struct mlp_slope *s, const struct mlp *m, struct error *e);
void mlp_slope_release(struct mlp_slope *s);
enum status mlp_slope_set_layer(struct mlp_slope *s, size_t layer, size_t in, size_t out,
                                const float *weight, struct error *e);

/* mlp_forward, which also notes which units are above 0: active (rows, nactive). */
enum status mlp_slope_forward(const struct mlp_slope *s, size_t rows, const void *x, void *work[2],
                              float *y, unsigned char *active, struct error *e);

/* dx = dy J, J the Jacobian at the rows of mlp_slope_forward; at 0, a ReLU has the slope 0. dy
 * (rows, out of the last layer), dx (rows, in of the first), delta[0] and delta[1] for what is in
 * between, and work as T: as many rows of the widest as mlp_forward asks for, dy and dx included.
 */
enum status mlp_slope_backward(const struct mlp_slope *s, size_t rows, const float *dy,
                               const unsigned char *active, float *delta[2], void *work, float *dx,
                               struct error *e);

#endif
