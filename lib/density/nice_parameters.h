/*
 * Parameters of a NICE model as one block of float32, for the optimiser and checkpoints, with the
 * offset of each tensor in it. The order is that of the state dict (density/nice_names.h).
 */
#ifndef NICE_PARAMETERS_H
#define NICE_PARAMETERS_H

#include "base/error.h"
#include "model/tensors.h"
#include "nn/mlp_training.h"

#include <stddef.h>
#include <stdint.h>

/* Models are trained as imported ones are: coupling 0 moves the even elements (density/halves.h).
 */
enum { NICE_MASK_CONFIG = 1 };

/* Sizes of a model: every conditioner has `hidden` layers of width `mid` before its last layer. */
struct nice_shape {
	size_t d;          /* elements of a record, >= 2 */
	size_t mid;        /* width of the hidden layers */
	size_t hidden;     /* >= 1 */
	size_t ncouplings; /* >= 1 */
};

struct nice_parameters {
	struct nice_shape shape;
	size_t nlayers;           /* per conditioner: hidden + 1 */
	struct mlp_place *layers; /* (ncouplings, nlayers) */
	size_t scale;             /* offset of s (D), after everything else */
	size_t n;                 /* floats in a block */
};

/* Tensors of a model: a weight and a bias for each layer, and the scales. */
size_t nice_parameters_tensors(const struct nice_shape *s);

/* STATUS_UNSUPPORTED for a d below 2, or more tensors than a file may have; STATUS_MEMORY for a
 * size past the machine's. */
enum status nice_parameters_check(const struct nice_shape *s, struct error *e);

/* Lays out a model, checked first. */
enum status nice_parameters_init(struct nice_parameters *p, const struct nice_shape *shape,
                                 struct error *e);
void nice_parameters_release(struct nice_parameters *p);

/* Initialises block (n) for training: weights and biases uniform in +-1/sqrt(in) (PyTorch's default
 * for linear layers), s = 0. Depends on the seed alone. */
void nice_parameters_start(const struct nice_parameters *p, uint64_t seed, float *block);

/* Appends the tensors of the block under their state dict names, each preceded by `prefix`. The
 * block is not copied and must outlive t. */
enum status nice_parameters_to_tensors(const struct nice_parameters *p, const float *block,
                                       const char *prefix, struct tensors *t, struct error *e);

/* The same as a model, without a prefix and with the notes that say what it is. */
enum status nice_parameters_to_model(const struct nice_parameters *p, const float *block,
                                     struct tensors *t, struct error *e);

/* Fills a block from tensors with these names; a tensor that is missing or has the wrong shape is
 * an error. */
enum status nice_parameters_from_tensors(const struct nice_parameters *p, const struct tensors *t,
                                         const char *prefix, float *block, struct error *e);

#endif
