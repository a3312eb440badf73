/*
 * Parameters of a VAE as one block of float32, for the optimiser and checkpoints, with the offset
 * of each tensor in it: encoder, decoder, log sigma, mean and log variance of the prior.
 */
#ifndef VAE_PARAMETERS_H
#define VAE_PARAMETERS_H

#include "base/error.h"
#include "model/tensors.h"
#include "nn/mlp_training.h"
#include "vae/vae_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the gradient by the encoder's parameters; vae/vae_gradient.h. */
enum vae_estimator { VAE_PATHWISE, VAE_SCORE, VAE_SCORE_BASELINE };

/* Sizes of a model: encoder and decoder have `hidden` layers of width `mid` before their last. */
struct vae_shape {
	size_t d;      /* elements of a record, >= 1 */
	size_t latent; /* of its latent, >= 1 */
	size_t mid;    /* width of the hidden layers */
	size_t hidden; /* 0: both networks are linear */

	/* What is learnt, and how. */
	bool standard_prior; /* N(0, I), not learnt */
	double sigma;        /* given; 0: learnt */
	enum vae_estimator estimator;
};

const char *vae_estimator_name(enum vae_estimator estimator);

struct vae_parameters {
	struct vae_shape shape;
	size_t nlayers; /* of each network: hidden + 1 */
	struct mlp_place *layers[VAE_NETWORKS];
	size_t log_sigma, prior_mean, prior_log_variance; /* offsets: (1), (L), (L) */
	size_t n;                                         /* floats in a block */
};

/* Tensors of a model. */
size_t vae_parameters_tensors(const struct vae_shape *s);

/* STATUS_UNSUPPORTED for sizes that are not supported, STATUS_MEMORY for one past the machine's. */
enum status vae_parameters_check(const struct vae_shape *s, struct error *e);

/* Lays out a model, checked first. */
enum status vae_parameters_init(struct vae_parameters *p, const struct vae_shape *shape,
                                struct error *e);
void vae_parameters_release(struct vae_parameters *p);

/* Initialises block (n) for training: weights and biases uniform in +-1/sqrt(in), the prior
 * standard; the decoder's last bias and sigma are mean and root mean square deviation of the
 * records x (rows, D), unless sigma is given. At random by the seed alone. */
void vae_parameters_start(const struct vae_parameters *p, uint64_t seed, size_t rows,
                          const float *x, float *block);

/* Appends the tensors of the block, each name preceded by `prefix`. The block is not copied and
 * must outlive t. */
enum status vae_parameters_to_tensors(const struct vae_parameters *p, const float *block,
                                      const char *prefix, struct tensors *t, struct error *e);

/* Fills a block from tensors with these names; a tensor that is missing or has the wrong shape is
 * an error. */
enum status vae_parameters_from_tensors(const struct vae_parameters *p, const struct tensors *t,
                                        const char *prefix, float *block, struct error *e);

#endif
