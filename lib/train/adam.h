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
	double *sums;   /* workspace */
};

/* The groups cover n parameters; a parameter outside all of them stays as it is. */
enum status adam_init(struct adam *a, const struct parameter_group *groups, size_t ngroups,
                      size_t n, const struct adam_options *o, struct error *e);
void adam_release(struct adam *a);

/* One step: changes block by the gradient, at the learning rate given. Returns the Euclidean norm
 * of the gradient as it came; if that is not finite, nothing has been changed. The same bits
 * whatever the number of threads. */
double adam_update(struct adam *a, double rate, float *block, const float *gradient);

/* The average, or without one the block itself: what is evaluated and written. */
const float *adam_average(const struct adam *a, const float *block);

#endif
