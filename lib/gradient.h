/*
 * The gradient of the likelihood with respect to every parameter of a NICE model: what training
 * needs of the flow. Products in float32 or bfloat16 (matmul.h), the rest in float32, likelihoods
 * in float64. flow.h is the same flow, for scoring.
 */
#ifndef GRADIENT_H
#define GRADIENT_H

#include "matmul.h"
#include "parameters.h"
#include "status.h"

#include <stddef.h>

struct gradient {
	const struct parameters *parameters; /* the caller's */
	size_t rows;                         /* of every batch */
	enum precision precision;
	struct learner *learners[3]; /* the first, the middle and the last layer of a conditioner */

	const float *block; /* the parameters in use, the caller's */
	void *weights;      /* the block as bfloat16; NULL with float32 */
	double *factor;     /* exp(s), (D) */
	double log_det;

	/* Workspace. T is float or bfloat16, h = D/2. */
	float *half[2];     /* even- and odd-indexed elements, (rows, h) */
	float *shift;       /* (rows, h) */
	void **inputs;      /* of each layer of each coupling, (rows, in) T; kept for the way back */
	double *z;          /* (rows, D) */
	float *dhalf[2];    /* derivatives, (rows, h) */
	void *dactive[2];   /* (rows, widest) T */
};

enum status gradient_init(struct gradient *g, const struct parameters *p, size_t rows,
                          enum precision precision, struct error *e);
void gradient_release(struct gradient *g);

/* Uses this block of parameters from now on; to be called again after each change of it. */
void gradient_set_block(struct gradient *g, const float *block);

/* Log-likelihoods ll (rows) of the records x (rows, D), nats. g->z holds the latents. */
enum status gradient_log_likelihood(struct gradient *g, const float *x, double *ll,
                                    struct error *e);

/* The same, and the derivatives of the loss -(mean log-likelihood) / D into dblock (n). */
enum status gradient_compute(struct gradient *g, const float *x, double *ll, float *dblock,
                             struct error *e);

#endif
