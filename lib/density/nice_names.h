/*
 * State dict of a NICE model, nicemodel(5): the names and shapes of its tensors. These are
 * coupling.I.in_block.0, coupling.I.mid_block.J.0 (J = 0 .. hidden-2) and coupling.I.out_block,
 * each with .weight (out, in) and .bias (out), and scaling.scale (1, D); and perhaps records.mean
 * and records.stdev (D), by which a record x becomes (x - mean) / stdev before the first coupling.
 */
#ifndef NICE_NAMES_H
#define NICE_NAMES_H

#include "base/error.h"
#include "model/tensors.h"

#include <stddef.h>

struct nice_names_layer {
	size_t in, out;
	const struct tensor *weight, *bias; /* in the struct tensors that was read */
};

struct nice_names {
	size_t d;                      /* elements of a record, >= 2 */
	size_t ncouplings;             /* >= 1 */
	size_t nlayers;                /* per conditioner: hidden + 1 */
	int mask_config;               /* 0 or 1: see density/halves.h */
	const struct tensors *tensors; /* as read */
	const struct tensor *scale;
	const struct tensor *mean, *stdev; /* both or, for records as they come, neither */
	struct nice_names_layer *layers;   /* (ncouplings, nlayers) */
};

/* Finds every tensor and checks its shape. The error lists all tensors that are missing, unexpected
 * or of the wrong shape. The tensors must outlive the result. */
enum status nice_names_read(struct nice_names *s, const struct tensors *t, struct error *e);
void nice_names_release(struct nice_names *s);

#define NICE_NAMES_MEAN     "records.mean"
#define NICE_NAMES_STDEV    "records.stdev"
#define NICE_NAMES_BASELINE "baseline" /* does not affect likelihoods */

/* Size of the longest name that nice_names_name can return, with its NUL. */
enum { NICE_NAME = 80 };

/* The name of layer `layer` of `nlayers` in a coupling: "coupling.0.mid_block.2.0.weight". */
void nice_names_name(char name[NICE_NAME], size_t coupling, size_t layer, size_t nlayers,
                     const char *parameter);

#endif
