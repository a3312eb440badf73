/*
 * The NICE normalizing flow (Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components
 * Estimation", arXiv:1410.8516): additive couplings, a diagonal scaling, independent standard
 * logistic priors.
 *
 *     coupling i:  on <- on + MLP_i(off),  off unchanged
 *                  on, off: the halves of the record (density/halves.h)
 *     z_j = exp(s_j) x_j,   log |det J| = sum_j s_j
 *     log p(x) = sum_j log p(z_j) + log |det J|,   log p(z) = -(|z| + 2 log(1 + exp(-|z|)))
 *
 * A model may center and scale its records first, x_j to (x_j - mean_j) / stdev_j: then
 * log |det J| = sum_j s_j - sum_j log stdev_j.
 *
 * The conditioners MLP_i are computed in float32 or with bfloat16 products, everything else in
 * float64.
 */
#ifndef NICE_H
#define NICE_H

#include "base/error.h"
#include "density/nice_names.h"
#include "linear/linear.h"
#include "nn/mlp.h"

#include <stddef.h>

struct nice {
	size_t d; /* elements of a record, >= 2 */
	size_t ncouplings;
	int mask_config;
	enum precision precision; /* of the conditioners' products */
	struct mlp
	    *conditioners;    /* ncouplings, from the half that stays to the one that is moved */
	double *scale;        /* s, (D) */
	double log_det;       /* sum of s, less that of log stdev */
	double *mean, *stdev; /* of the records, (D) each; NULL: these are taken as they come */
	double *factor[2];    /* exp(s) and exp(-s), (D) each */
	size_t width;         /* of the widest layer */
	size_t rows;          /* at a time: linear_rows of that, or of D */
};

/* What a thread needs to work on up to nice.rows records at a time; "T" is of the precision. */
struct nice_workspace {
	double *half[2]; /* (rows, halves_size) each */
	double *z;       /* (rows, D) */
	void *input;     /* of a conditioner, (rows, halves_size) T */
	float *shift;    /* its output, (rows, halves_size) */
	void *work[2];   /* (rows, width) T */
};

/* Builds the flow with the products of `backend`; the state dict may be released afterwards. */
enum status nice_init(struct nice *f, const struct nice_names *s,
                      const struct linear_backend *backend, enum precision precision,
                      struct error *e);
void nice_release(struct nice *f);

enum status nice_workspace_init(struct nice_workspace *w, const struct nice *f, struct error *e);
void nice_workspace_release(struct nice_workspace *w);

/* x (n, D) to z (n, D) and back; in place is fine. Any n. A record's result does not depend on
 * the others. NaN and infinities in a record go through to its result. Several threads may use one
 * flow at once, each with a workspace of its own. */
enum status nice_forward(const struct nice *f, struct nice_workspace *w, size_t n, const double *x,
                         double *z, struct error *e);
enum status nice_inverse(const struct nice *f, struct nice_workspace *w, size_t n, const double *z,
                         double *x, struct error *e);

/* log p of n records (n, D), in nats: ll (n). NaN for a record with a NaN; -inf or NaN for one
 * with an infinity. ll may be x. */
enum status nice_log_likelihood(const struct nice *f, struct nice_workspace *w, size_t n,
                                const double *x, double *ll, struct error *e);

/* The pass from x to z of up to nice.rows records in steps, for density/nice_slope.h: x
 * (rows, D) becomes halves, and what conditioner 0 reads, w->input; a coupling's half is moved by
 * w->shift, its conditioner's output, and becomes w->input of the next; the halves become z
 * (rows, D) and, unless it is NULL, ll (rows). */
void nice_begin(const struct nice *f, struct nice_workspace *w, size_t rows, const double *x);
void nice_move(const struct nice *f, struct nice_workspace *w, size_t rows, size_t coupling);
void nice_end(const struct nice *f, struct nice_workspace *w, size_t rows, double *z, double *ll);

#endif
