/*
 * The state dict of a NICE model: which tensors there must be, under which names, of which
 * shapes (docs: nicemodel(5)). coupling.I.in_block.0, coupling.I.mid_block.J.0 (J = 0 ..
 * hidden-2) and coupling.I.out_block, each with .weight (out, in) and .bias (out), and
 * scaling.scale (1, D).
 */
#ifndef STATEDICT_H
#define STATEDICT_H

#include "status.h"
#include "tensors.h"

#include <stddef.h>

struct statedict_layer {
	size_t in, out;
	const struct tensor *weight, *bias; /* of the struct tensors that was read */
};

struct statedict {
	size_t d;          /* elements of a record, even */
	size_t ncouplings; /* >= 1 */
	size_t nlayers;    /* of each conditioner: hidden + 1 */
	int mask_config;   /* 0 or 1: coupling i moves the even elements if (mask_config + i) % 2 */
	const struct tensors *tensors; /* that were read */
	const struct tensor *scale;
	struct statedict_layer *layers; /* (ncouplings, nlayers) */
};

/* Finds every tensor and checks every shape. The error lists all that is missing, unexpected or
 * of a wrong shape. The tensors must outlive the result. */
enum status statedict_read(struct statedict *s, const struct tensors *t, struct error *e);
void statedict_release(struct statedict *s);

/* Longest name that statedict_name makes, with its NUL. */
enum { STATEDICT_NAME = 80 };

/* The name of layer `layer` of `nlayers` in a coupling: "coupling.0.mid_block.2.0.weight". */
void statedict_name(char name[STATEDICT_NAME], size_t coupling, size_t layer, size_t nlayers,
                    const char *parameter);

#endif
