/* Layout and initial values of the parameters of a VAE. */
#include "vae/vae_parameters.h"

#include "base/checked.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NVECTORS = 3 }; /* log sigma and the prior's two */

const char *vae_estimator_name(enum vae_estimator estimator)
{
	static const char *const names[] = {"pathwise", "score", "score-baseline"};
	return names[estimator];
}

size_t vae_parameters_tensors(const struct vae_shape *s)
{
	return 2 * VAE_NETWORKS * (s->hidden + 1) + NVECTORS;
}

/* Sizes are at most 2^20, so that sums and products of two of them do not overflow. */
enum status vae_parameters_check(const struct vae_shape *s, struct error *e)
{
	const size_t limit = 1 << 20;
	uint64_t weights;
	if (s->d == 0 || s->d > limit || s->latent == 0 || s->latent > limit || s->mid == 0 ||
	    s->mid > limit || s->hidden > 1000)
		return error_set(e, STATUS_UNSUPPORTED, "a model of this size is not supported");
	if (!checked_mul(s->mid * s->mid + (s->mid + s->latent) * (s->d + s->mid), s->hidden + 1,
	                 &weights) ||
	    weights > SIZE_MAX / 64)
		return error_set(e, STATUS_MEMORY, "a model of this size does not fit in memory");
	return STATUS_OK;
}

static enum status place_layers(struct vae_parameters *p, enum vae_network network, struct error *e)
{
	const struct vae_shape *s = &p->shape;
	size_t first = network == VAE_ENCODER ? s->d : s->latent;
	size_t last = network == VAE_ENCODER ? 2 * s->latent : s->d;
	p->layers[network] = calloc(p->nlayers, sizeof(struct mlp_place));
	if (!p->layers[network])
		return error_memory(e);
	for (size_t i = 0; i < p->nlayers; i++) {
		struct mlp_place *l = &p->layers[network][i];
		l->in = i == 0 ? first : s->mid;
		l->out = i == s->hidden ? last : s->mid;
		l->weight = p->n;
		l->bias = l->weight + l->out * l->in;
		p->n = l->bias + l->out;
	}
	return e->status;
}

enum status vae_parameters_init(struct vae_parameters *p, const struct vae_shape *shape,
                                struct error *e)
{
	struct vae_parameters made = {.shape = *shape, .nlayers = shape->hidden + 1};
	if (vae_parameters_check(shape, e) != STATUS_OK ||
	    place_layers(&made, VAE_ENCODER, e) != STATUS_OK ||
	    place_layers(&made, VAE_DECODER, e) != STATUS_OK) {
		vae_parameters_release(&made);
		return e->status;
	}
	made.log_sigma = made.n;
	made.prior_mean = made.log_sigma + 1;
	made.prior_log_variance = made.prior_mean + shape->latent;
	made.n = made.prior_log_variance + shape->latent;
	*p = made;
	return STATUS_OK;
}

void vae_parameters_release(struct vae_parameters *p)
{
	for (int i = 0; i < VAE_NETWORKS; i++)
		free(p->layers[i]);
	*p = (struct vae_parameters){0};
}

/* Mean by element into `means`; returns the root mean square deviation from it. */
static double measure(size_t rows, size_t d, const float *x, float *means)
{
	double squares = 0;
	for (size_t j = 0; j < d; j++) {
		double mean = 0;
		for (size_t r = 0; r < rows; r++)
			mean += (double)x[r * d + j] / (double)rows;
		for (size_t r = 0; r < rows; r++) {
			double deviation = (double)x[r * d + j] - mean;
			squares += deviation * deviation;
		}
		means[j] = (float)mean;
	}
	return sqrt(squares / (double)rows / (double)d);
}

void vae_parameters_start(const struct vae_parameters *p, uint64_t seed, size_t rows,
                          const float *x, float *block)
{
	for (size_t i = 0; i < VAE_NETWORKS * p->nlayers; i++) {
		const struct mlp_place *l = &p->layers[i / p->nlayers][i % p->nlayers];
		double bound = 1 / sqrt((double)l->in);
		struct rng rng;
		rng_init(&rng, seed, RNG_WEIGHTS, i);
		for (size_t k = l->weight; k < l->bias + l->out; k++)
			block[k] = (float)(bound * (2 * rng_uniform(&rng) - 1));
	}
	double deviation =
	    measure(rows, p->shape.d, x, block + p->layers[VAE_DECODER][p->nlayers - 1].bias);
	double sigma = p->shape.sigma > 0 ? p->shape.sigma : deviation + 1e-3;
	block[p->log_sigma] = (float)log(sigma);
	for (size_t k = p->prior_mean; k < p->n; k++)
		block[k] = 0;
}

/* A tensor of the state dict: weight and bias of each layer, then the vectors. */
struct place {
	char name[16 + VAE_NAME];
	unsigned rank;
	uint64_t shape[2];
	size_t offset, n;
};

static void place_layer(struct place *at, const struct vae_parameters *p, size_t i, char *name)
{
	enum vae_network network = i / 2 < p->nlayers ? VAE_ENCODER : VAE_DECODER;
	size_t layer = i / 2 % p->nlayers;
	const struct mlp_place *l = &p->layers[network][layer];
	bool weight = i % 2 == 0;
	vae_names_layer_name(name, network, layer, weight ? "weight" : "bias");
	at->rank = weight ? 2 : 1;
	at->shape[0] = l->out;
	at->shape[1] = l->in;
	at->offset = weight ? l->weight : l->bias;
	at->n = weight ? l->out * l->in : l->out;
}

static void place_vector(struct place *at, const struct vae_parameters *p, size_t i, char *name)
{
	static const char *const names[NVECTORS] = {VAE_NAMES_LOG_SIGMA, VAE_NAMES_PRIOR_MEAN,
	                                            VAE_NAMES_PRIOR_LOG_VARIANCE};
	const size_t offsets[NVECTORS] = {p->log_sigma, p->prior_mean, p->prior_log_variance};
	snprintf(name, VAE_NAME, "%s", names[i]);
	at->rank = 1;
	at->n = at->shape[0] = i == 0 ? 1 : p->shape.latent;
	at->offset = offsets[i];
}

static struct place place(const struct vae_parameters *p, size_t i, const char *prefix)
{
	size_t nparts = 2 * VAE_NETWORKS * p->nlayers;
	struct place at = {.rank = 1};
	char name[VAE_NAME];
	if (i < nparts)
		place_layer(&at, p, i, name);
	else
		place_vector(&at, p, i - nparts, name);
	snprintf(at.name, sizeof(at.name), "%.15s%s", prefix, name);
	return at;
}

enum status vae_parameters_to_tensors(const struct vae_parameters *p, const float *block,
                                      const char *prefix, struct tensors *t, struct error *e)
{
	for (size_t i = 0; i < vae_parameters_tensors(&p->shape); i++) {
		struct place at = place(p, i, prefix);
		if (tensors_add(t, at.name, TENSOR_F32, at.rank, at.shape,
		                (const unsigned char *)(block + at.offset), e) != STATUS_OK)
			break;
	}
	return e->status;
}

enum status vae_parameters_from_tensors(const struct vae_parameters *p, const struct tensors *t,
                                        const char *prefix, float *block, struct error *e)
{
	for (size_t i = 0; i < vae_parameters_tensors(&p->shape); i++) {
		struct place at = place(p, i, prefix);
		const struct tensor *found = tensors_find(t, at.name);
		if (!found || found->nelements != at.n || found->rank != at.rank ||
		    found->shape[0] != at.shape[0])
			return error_set(e, STATUS_MISMATCH,
			                 "tensor %s is missing or has the wrong shape", at.name);
		tensor_to_float(found, 0, at.n, block + at.offset);
	}
	return STATUS_OK;
}
