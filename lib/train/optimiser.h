/*
 * What an optimiser knows of a model: its parameters are one array of float, the gradient another
 * one, element by element, and some parameters are treated otherwise than others.
 *
 * The gradient array is all that is between a backward pass and an update: a sum over processes, or
 * a mean over several batches, is one over its elements.
 */
#ifndef OPTIMISER_H
#define OPTIMISER_H

#include <stdbool.h>
#include <stddef.h>

/* The parameters begin .. end-1. */
struct parameter_group {
	size_t begin, end;
	double rate_factor; /* times the learning rate */
	bool decays;        /* by the optimiser's weight decay */
};

#endif
