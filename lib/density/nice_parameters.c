/* Layout and initial values of the parameters of a NICE model. */
#include "density/nice_parameters.h"

#include "base/checked.h"
#include "base/rng.h"
#include "density/halves.h"
#include "density/nice_names.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

size_t nice_parameters_tensors(const struct nice_shape *s)
{
	return 2 * s->ncouplings * (s->hidden + 1) + 1;
}

/* d and mid are at most 2^20, hidden and ncouplings at most 1000, so that 16 times the product of
 * any two of them does not overflow. */
enum status nice_parameters_check(const struct nice_shape *s, struct error *e)
{
	const size_t limit = 1 << 20;
	uint64_t weights;
	if (s->d < 2)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "records of %zu elements: the flow takes 2 or more", s->d);
	if (s->d > limit || s->mid == 0 || s->mid > limit || s->hidden == 0 || s->hidden > 1000 ||
	    s->ncouplings == 0 || s->ncouplings > 1000)
		return error_set(e, STATUS_UNSUPPORTED, "a model of this size is not supported");
	if (nice_parameters_tensors(s) > TENSORS_MAX)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the model would have %zu tensors, but a file can have at most %d",
		                 nice_parameters_tensors(s), TENSORS_MAX);
	if (!checked_mul(s->mid * (s->mid + s->d), s->hidden * s->ncouplings, &weights) ||
	    weights > SIZE_MAX / 64)
		return error_set(e, STATUS_MEMORY, "a model of this size does not fit in memory");
	return STATUS_OK;
}

enum status nice_parameters_init(struct nice_parameters *p, const struct nice_shape *shape,
                                 struct error *e)
{
	struct nice_parameters made = {.shape = *shape, .nlayers = shape->hidden + 1};
	if (nice_parameters_check(shape, e) != STATUS_OK)
		return e->status;
	made.layers = calloc(shape->ncouplings * made.nlayers, sizeof(*made.layers));
	if (!made.layers)
		return error_memory(e);
	for (size_t i = 0; i < shape->ncouplings * made.nlayers; i++) {
		struct mlp_place *l = &made.layers[i];
		size_t on = halves_moved(NICE_MASK_CONFIG, i / made.nlayers);
		l->in = i % made.nlayers == 0 ? halves_size(shape->d, 1 - on) : shape->mid;
		l->out = i % made.nlayers == shape->hidden ? halves_size(shape->d, on) : shape->mid;
		l->weight = made.n;
		l->bias = l->weight + l->out * l->in;
		made.n = l->bias + l->out;
	}
	made.scale = made.n;
	made.n += shape->d;
	*p = made;
	return STATUS_OK;
}

void nice_parameters_release(struct nice_parameters *p)
{
	free(p->layers);
	*p = (struct nice_parameters){0};
}

void nice_parameters_start(const struct nice_parameters *p, uint64_t seed, float *block)
{
	for (size_t i = 0; i < p->shape.ncouplings * p->nlayers; i++) {
		const struct mlp_place *l = &p->layers[i];
		double bound = 1 / sqrt((double)l->in);
		struct rng rng;
		rng_init(&rng, seed, RNG_WEIGHTS, i);
		for (size_t k = l->weight; k < l->bias + l->out; k++)
			block[k] = (float)(bound * (2 * rng_uniform(&rng) - 1));
	}
	for (size_t j = 0; j < p->shape.d; j++)
		block[p->scale + j] = 0;
}

/* A tensor of the state dict; the order is weight and bias of each layer, then the scale. */
struct place {
	char name[NICE_NAME];
	unsigned rank;
	uint64_t shape[2];
	size_t offset, n;
};

static size_t count(const struct nice_parameters *p)
{
	return nice_parameters_tensors(&p->shape);
}

static struct place place(const struct nice_parameters *p, size_t i, const char *prefix)
{
	struct place at = {
	    .rank = 2, .shape = {1, p->shape.d}, .offset = p->scale, .n = p->shape.d};
	char name[NICE_NAME] = "scaling.scale";
	if (i + 1 < count(p)) {
		const struct mlp_place *l = &p->layers[i / 2];
		bool weight = i % 2 == 0;
		nice_names_name(name, i / 2 / p->nlayers, i / 2 % p->nlayers, p->nlayers,
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

enum status nice_parameters_to_tensors(const struct nice_parameters *p, const float *block,
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

enum status nice_parameters_to_model(const struct nice_parameters *p, const float *block,
                                     struct tensors *t, struct error *e)
{
	nice_parameters_to_tensors(p, block, "", t, e);
	tensors_note(t, "kind", "nice", e);
	tensors_note(t, "mask_config", NICE_MASK_CONFIG ? "1" : "0", e);
	return e->status;
}

enum status nice_parameters_from_tensors(const struct nice_parameters *p, const struct tensors *t,
                                         const char *prefix, float *block, struct error *e)
{
	for (size_t i = 0; i < count(p); i++) {
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
