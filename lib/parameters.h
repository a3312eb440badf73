/*
 * The parameters of a NICE model as one block of float32, the shape the optimiser and a checkpoint
 * want, with the places of each tensor in it. The order is that of the state dict (statedict.h).
 */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "status.h"
#include "tensors.h"

#include <stddef.h>
#include <stdint.h>

/* Sizes of a model: every conditioner has `hidden` layers of width `mid` before its last. */
struct shape {
	size_t d;          /* elements of a record, even */
	size_t mid;        /* width of the hidden layers */
	size_t hidden;     /* >= 1 */
	size_t ncouplings; /* >= 1 */
};

struct layer_place {
	size_t in, out;
	size_t weight, bias; /* offsets into the block: (out, in), (out) */
};

struct parameters {
	struct shape shape;
	size_t nlayers;             /* of a conditioner: hidden + 1 */
	struct layer_place *layers; /* (ncouplings, nlayers) */
	size_t scale;               /* offset of s (D), behind everything else */
	size_t n;                   /* floats in a block */
};

/* Lays out a model; STATUS_UNSUPPORTED for an odd d or a size past the machine's. */
enum status parameters_init(struct parameters *p, const struct shape *shape, struct error *e);
void parameters_release(struct parameters *p);

/* The start of training: weights and biases uniform in +-1/sqrt(in) (PyTorch's default for
 * linear layers), s = 0. block (n). Depends on the seed alone. */
void parameters_start(const struct parameters *p, uint64_t seed, float *block);

/* Appends the block's tensors under their state-dict names, each with `prefix` in front. The
 * block is pointed to, not copied. */
enum status parameters_to_tensors(const struct parameters *p, const float *block,
                                  const char *prefix, struct tensors *t, struct error *e);

/* Fills a block from tensors named so; a missing one or one of another shape is an error. */
enum status parameters_from_tensors(const struct parameters *p, const struct tensors *t,
                                    const char *prefix, float *block, struct error *e);

#endif
