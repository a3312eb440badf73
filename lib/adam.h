/*
 * The optimiser: Adam (Kingma, Ba, arXiv:1412.6980) with decoupled weight decay (AdamW, Loshchilov,
 * Hutter, arXiv:1711.05101) and an exponential moving average of the parameters.
 */
#ifndef ADAM_H
#define ADAM_H

#include "parameters.h"
#include "status.h"

#include <stddef.h>
#include <stdint.h>

struct adam_options {
	double beta1, beta2, epsilon;
	double weight_decay; /* of weight matrices alone */
	double scale_rate;   /* the log-scales learn this many times faster */
	double clip;         /* greatest Euclidean norm of the gradient; 0: any */
	double ema;          /* share of the old average that is kept; 0: no average */
};

/* The optimiser's memory: blocks of p->n floats. */
struct adam {
	const struct parameters *p; /* the caller's */
	struct adam_options options;
	uint64_t step;     /* updates so far */
	float *m, *v;      /* first and second moments of the gradient */
	float *average;    /* of the parameters; NULL without */
};

enum status adam_init(struct adam *a, const struct parameters *p, const struct adam_options *o,
                      struct error *e);
void adam_release(struct adam *a);

/* One step: changes block by the gradient, at the learning rate given. Returns the Euclidean norm
 * of the gradient as it came; if that is not finite, nothing has been changed. The same bits
 * whatever the number of threads. */
double adam_update(struct adam *a, double rate, float *block, const float *gradient);

/* The average, or without one the block itself: what is evaluated and written. */
const float *adam_average(const struct adam *a, const float *block);

#endif
