/* Knows where each tensor lies in the block, and how training begins. */
#include "parameters.h"

#include "num.h"
#include "rng.h"
#include "statedict.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* d, mid, hidden, ncouplings below 2^20 each, so that no product of two of them and 16 wraps. */
static enum status check_shape(const struct shape *s, struct error *e)
{
	const size_t limit = 1 << 20;
	uint64_t weights;
	if (s->d == 0 || s->d % 2 != 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "records of %zu elements: the flow takes an even number", s->d);
	if (s->d > limit || s->mid == 0 || s->mid > limit || s->hidden == 0 || s->hidden > 1000 ||
	    s->ncouplings == 0 || s->ncouplings > 1000)
		return error_set(e, STATUS_UNSUPPORTED, "a model of that size is not supported");
	if (!num_mul(s->mid * (s->mid + s->d), s->hidden * s->ncouplings, &weights) ||
	    weights > SIZE_MAX / 64)
		return error_set(e, STATUS_MEMORY, "a model of that size does not fit the memory");
	return STATUS_OK;
}

enum status parameters_init(struct parameters *p, const struct shape *shape, struct error *e)
{
	struct parameters made = {.shape = *shape, .nlayers = shape->hidden + 1};
	if (check_shape(shape, e) != STATUS_OK)
		return e->status;
	made.layers = calloc(shape->ncouplings * made.nlayers, sizeof(*made.layers));
	if (!made.layers)
		return error_memory(e);
	for (size_t i = 0; i < shape->ncouplings * made.nlayers; i++) {
		struct layer_place *l = &made.layers[i];
		l->in = i % made.nlayers == 0 ? shape->d / 2 : shape->mid;
		l->out = i % made.nlayers == shape->hidden ? shape->d / 2 : shape->mid;
		l->weight = made.n;
		l->bias = l->weight + l->out * l->in;
		made.n = l->bias + l->out;
	}
	made.scale = made.n;
	made.n += shape->d;
	*p = made;
	return STATUS_OK;
}

void parameters_release(struct parameters *p)
{
	free(p->layers);
	*p = (struct parameters){0};
}

void parameters_start(const struct parameters *p, uint64_t seed, float *block)
{
	for (size_t i = 0; i < p->shape.ncouplings * p->nlayers; i++) {
		const struct layer_place *l = &p->layers[i];
		double bound = 1 / sqrt((double)l->in);
		struct rng rng;
		rng_init(&rng, seed, RNG_WEIGHTS, i);
		for (size_t k = l->weight; k < l->bias + l->out; k++)
			block[k] = (float)(bound * (2 * rng_uniform(&rng) - 1));
	}
	for (size_t j = 0; j < p->shape.d; j++)
		block[p->scale + j] = 0;
}

/* Tensor number i of the state dict: weight and bias of each layer, then the scale. */
struct place {
	char name[STATEDICT_NAME];
	unsigned rank;
	uint64_t shape[2];
	size_t offset, n;
};

static size_t count(const struct parameters *p)
{
	return 2 * p->shape.ncouplings * p->nlayers + 1;
}

static struct place place(const struct parameters *p, size_t i, const char *prefix)
{
	struct place at = {.rank = 2, .shape = {1, p->shape.d}, .offset = p->scale, .n = p->shape.d};
	char name[STATEDICT_NAME] = "scaling.scale";
	if (i + 1 < count(p)) {
		const struct layer_place *l = &p->layers[i / 2];
		bool weight = i % 2 == 0;
		statedict_name(name, i / 2 / p->nlayers, i / 2 % p->nlayers, p->nlayers,
		               weight ? "weight" : "bias");
		at.rank = weight ? 2 : 1;
		at.shape[0] = l->out;
		at.shape[1] = l->in;
		at.offset = weight ? l->weight : l->bias;
		at.n = weight ? l->out * l->in : l->out;
	}
	snprintf(at.name, sizeof(at.name), "%.15s%.60s", prefix, name);
	return at;
}

enum status parameters_to_tensors(const struct parameters *p, const float *block,
                                  const char *prefix, struct tensors *t, struct error *e)
{
	for (size_t i = 0; i < count(p); i++) {
		struct place at = place(p, i, prefix);
		if (tensors_add(t, at.name, TENSOR_F32, at.rank, at.shape,
		                (const unsigned char *)(block + at.offset), e) != STATUS_OK)
			break;
	}
	return e->status;
}

enum status parameters_from_tensors(const struct parameters *p, const struct tensors *t,
                                    const char *prefix, float *block, struct error *e)
{
	for (size_t i = 0; i < count(p); i++) {
		struct place at = place(p, i, prefix);
		const struct tensor *found = tensors_find(t, at.name);
		if (!found || found->nelements != at.n || found->rank != at.rank ||
		    found->shape[0] != at.shape[0])
			return error_set(e, STATUS_MISMATCH, "tensor %s is missing or of another shape",
			                 at.name);
		tensor_to_float(found, 0, at.n, block + at.offset);
	}
	return STATUS_OK;
}
