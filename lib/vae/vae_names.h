/*
 * State dict of a VAE, nicemodel(5): the names and shapes of its tensors. These are encoder.I and
 * decoder.I, I = 0, 1, .., each with .weight (out, in) and .bias (out), the former from D to 2 L,
 * the latter from L to D; decoder.log_sigma (1); prior.mean and prior.log_variance (L); and perhaps
 * records.mean and records.stdev (D), by which a record x becomes (x - mean) / stdev.
 */
#ifndef VAE_NAMES_H
#define VAE_NAMES_H

#include "base/error.h"
#include "model/tensors.h"

#include <stddef.h>

enum vae_network { VAE_ENCODER, VAE_DECODER, VAE_NETWORKS };

struct vae_names_layer {
	size_t in, out;
	const struct tensor *weight, *bias;
};

struct vae_names {
	size_t d, latent;             /* elements of a record, of its latent; >= 1 */
	size_t nlayers[VAE_NETWORKS]; /* >= 1 */
	struct vae_names_layer *layers[VAE_NETWORKS];
	const struct tensors *tensors; /* as read */
	const struct tensor *log_sigma, *prior_mean, *prior_log_variance;
	const struct tensor *mean, *stdev; /* both or, for records as they come, neither */
};

/* Finds every tensor and checks its shape; the note "kind" must be "vae". The error lists all
 * tensors that are missing, unexpected or of the wrong shape. The tensors must outlive the result.
 */
enum status vae_names_read(struct vae_names *s, const struct tensors *t, struct error *e);
void vae_names_release(struct vae_names *s);

#define VAE_NAMES_LOG_SIGMA          "decoder.log_sigma"
#define VAE_NAMES_PRIOR_MEAN         "prior.mean"
#define VAE_NAMES_PRIOR_LOG_VARIANCE "prior.log_variance"

/* Size of the longest name that vae_names_layer_name can return, with its NUL. */
enum { VAE_NAME = 64 };

/* The name of a layer's parameter: "encoder.0.weight". */
void vae_names_layer_name(char name[VAE_NAME], enum vae_network network, size_t layer,
                          const char *parameter);

#endif
