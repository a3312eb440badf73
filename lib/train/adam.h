/*
 * The optimiser: Adam (Kingma, Ba, arXiv:1412.6980) with decoupled weight decay (AdamW, Loshchilov,
 * Hutter, arXiv:1711.05101) and an exponential moving average of the parameters.
 */
#ifndef ADAM_H
#define ADAM_H

#include "base/error.h"
#include "train/optimiser.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct adam_options {
	double beta1, beta2, epsilon;
	double weight_decay; /* of the groups that decay */
	double scale_rate;   /* rate factor of the log-scales' group */
	double clip;         /* greatest Euclidean norm of the gradient; 0: any */
	double ema;          /* share of the old average that is kept; 0: no average */
};

/* The optimiser's memory: arrays of n floats. */
struct adam {
	const struct parameter_group *groups; /* (ngroups), the caller's */
	size_t ngroups, n;
	struct adam_options options;
	uint64_t step;  /* updates so far */
	float *m, *v;   /* first and second moments of the gradient */
	float *average; /* of the parameters; NULL without */
	double *sums;   /* of squares: (adam_nsums) */
};

/* The groups cover n parameters; a parameter outside all of them stays as it is. */
enum status adam_init(struct adam *a, const struct parameter_group *groups, size_t ngroups,
                      size_t n, const struct adam_options *o, struct error *e);
void adam_release(struct adam *a);

/* Parameters begin .. end-1, which the calling process updates, and the derivatives by them: begin,
 * and end unless it is n, are multiples of ADAM_GRAIN. */
struct adam_slice {
	size_t begin, end;
	const float *gradient; /* (end - begin) */
};

enum { ADAM_GRAIN = 1 << 14 };

/* The first half of a step: a->sums gets the sums of squares of a slice, one for each ADAM_GRAIN
 * parameters. */
void adam_squares(struct adam *a, const struct adam_slice *s);

/* The second, when the sums of all slices are there: changes the slice of block at the learning
 * rate given, by share times the gradient. Returns the Euclidean norm of that for all parameters;
 * if it is not finite, nothing has been changed. The same bits whatever the number of threads, and
 * of slices. */
double adam_update(struct adam *a, double rate, double share, const struct adam_slice *s,
                   float *block);

size_t adam_nsums(const struct adam *a);

/* The average, or without one the block itself: what is evaluated and written. */
const float *adam_average(const struct adam *a, const float *block);

#endif
