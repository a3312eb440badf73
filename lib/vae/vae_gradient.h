/*
 * The gradient of a VAE's variational bound with respect to every parameter: what training needs.
 * For a record x with posterior q(z|x) = N(mu, diag Sigma) from the encoder and one draw
 * z = mu + sqrt(Sigma) eps of it
 *
 *     log w = log N(x; f(z), sigma^2 I) + log r(z) - log q(z|x),  r = N(lambda_1, diag lambda_2)
 *     VLB   = log N(x; f(z), sigma^2 I) - KL(q || r)
 *     KL    = 1/2 sum (Sigma / lambda_2 + (lambda_1 - mu)^2 / lambda_2 - 1 + log(lambda_2 / Sigma))
 *
 * both of which have the bound as their mean. The estimators of its gradient, all without bias:
 *
 *     pathwise         that of VLB, through z (Kingma, Welling, arXiv:1312.6114)
 *     score            log w times the gradient of log q(z|x) by the encoder's parameters, and the
 *                      gradients of log N(x; ..) and log r(z) by the others
 *     score-baseline   the same with log w less the mean of those of the batch's other records
 *
 * Products in float32 or bfloat16 (linear/linear.h), sums in float64. vae/vae.h is the same model,
 * for scoring.
 */
#ifndef VAE_GRADIENT_H
#define VAE_GRADIENT_H

#include "base/error.h"
#include "nn/mlp_training.h"
#include "vae/vae_parameters.h"

#include <stddef.h>
#include <stdint.h>

struct vae_gradient {
	const struct vae_parameters *parameters; /* the caller's */
	size_t rows;                             /* of every batch */
	enum precision precision;
	struct mlp_training networks[VAE_NETWORKS];
	struct mlp_activations kept[VAE_NETWORKS];
	struct mlp_derivatives derivatives[VAE_NETWORKS];

	const float *block; /* the parameters in use, the caller's */
	void *weights;      /* the block as bfloat16; NULL with float32 */

	/* Workspace. */
	float *posterior, *dposterior; /* mu and log Sigma, and derivatives by them: (rows, 2 L) */
	float *z, *dz;                 /* (rows, L) */
	float *mean, *dmean;           /* f(z), (rows, D) */
	double *squares;               /* |x - f(z)|^2, (rows) */
};

enum status vae_gradient_init(struct vae_gradient *g, const struct vae_parameters *p, size_t rows,
                              enum precision precision, struct error *e);
void vae_gradient_release(struct vae_gradient *g);

/* Values (rows), VLB or log w by the estimator, of the records x (rows, D), nats; and the
 * derivatives of the loss -(mean of values) / D into dblock (n), or, with add, added to what is
 * there. The draw of a record depends on
 * the seed, the pass and its index alone. */
enum status vae_gradient_compute(struct vae_gradient *g, const float *block, const float *x,
                                 const uint32_t *indices, uint64_t seed, uint64_t pass,
                                 double *values, float *dblock, bool add, struct error *e);

#endif
