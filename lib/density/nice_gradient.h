/*
 * The gradient of the likelihood with respect to every parameter of a NICE model: what training
 * needs. Products in float32 or bfloat16 (linear/linear.h), the rest in float32, likelihoods
 * in float64. density/nice.h is the same flow, for scoring.
 */
#ifndef NICE_GRADIENT_H
#define NICE_GRADIENT_H

#include "base/error.h"
#include "density/nice_parameters.h"
#include "nn/mlp_training.h"

#include <stdbool.h>
#include <stddef.h>

struct nice_gradient {
	const struct nice_parameters *parameters; /* the caller's */
	size_t rows;                              /* of every batch */
	enum precision precision;
	struct mlp_training
	    networks[2]; /* the conditioners that move each half; one for an even D */

	const float *block; /* the parameters in use, the caller's */
	void *weights;      /* the block as bfloat16; NULL with float32 */
	double *factor;     /* exp(s), (D) */
	double log_det;

	/* Whether each thread takes some of the rows all the way through, so that threads need not
	 * wait for each other in each layer; else they share each layer. */
	bool by_rows;

	/* Workspace; h is halves_size(D, half). */
	float *half[2];               /* the records' halves, (rows, h) */
	float *shift[2];              /* what the networks say of each half, (rows, h) */
	struct mlp_activations *kept; /* of each coupling */
	double *z;                    /* (rows, D); after the backward pass, ds of each record */
	float *dhalf[2];              /* derivatives, (rows, h) */
	struct mlp_derivatives *derivatives; /* of each coupling by rows, else of each network */
};

enum status nice_gradient_init(struct nice_gradient *g, const struct nice_parameters *p,
                               size_t rows, enum precision precision, struct error *e);
void nice_gradient_release(struct nice_gradient *g);

/* Uses this block of parameters from now on; to be called again after each change of it. */
void nice_gradient_set_block(struct nice_gradient *g, const float *block);

/* Log-likelihoods ll (rows) of the records x (rows, D), nats. g->z holds the latents. */
enum status nice_gradient_log_likelihood(struct nice_gradient *g, const float *x, double *ll,
                                         struct error *e);

/* The same, and the derivatives of the loss -(mean log-likelihood) / D into dblock (n), or, with
 * add, added to what is there. */
enum status nice_gradient_compute(struct nice_gradient *g, const float *x, double *ll,
                                  float *dblock, bool add, struct error *e);

#endif
