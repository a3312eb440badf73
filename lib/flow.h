/*
 * The NICE normalizing flow (Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components
 * Estimation", arXiv:1410.8516): additive couplings, a diagonal scaling, independent standard
 * logistic priors.
 *
 *     coupling i:  on <- on + MLP_i(off),  off unchanged
 *                  on = the even-indexed elements if (mask_config + i) % 2, else the odd-indexed
 *     z_j = exp(s_j) x_j,   log |det J| = sum_j s_j
 *     log p(x) = sum_j log p(z_j) + sum_j s_j,   log p(z) = -(|z| + 2 log(1 + exp(-|z|)))
 *
 * The conditioners MLP_i are computed in float32 or with bfloat16 products, everything else in
 * float64.
 */
#ifndef FLOW_H
#define FLOW_H

#include "matmul.h"
#include "mlp.h"
#include "statedict.h"
#include "status.h"

#include <stddef.h>

struct flow {
	size_t d;          /* elements of a record, even */
	size_t ncouplings;
	int mask_config;
	enum precision precision; /* of the conditioners' products */
	struct mlp *conditioners; /* ncouplings of D/2 -> D/2 */
	double *scale;            /* s, (D) */
	double log_det;           /* sum of s */
	double *factor[2];        /* exp(s) and exp(-s), (D) each */
	size_t width;             /* of the widest layer */
};

/* What a thread needs to work on up to MATMUL_MAX_ROWS records at a time; "T" is of the precision. */
struct flow_workspace {
	double *half[2]; /* even- and odd-indexed elements, (MATMUL_MAX_ROWS, D/2) each */
	double *z;       /* (MATMUL_MAX_ROWS, D) */
	void *input;     /* of a conditioner, (MATMUL_MAX_ROWS, D/2) T */
	float *shift;    /* its output, (MATMUL_MAX_ROWS, D/2) */
	void *work[2];   /* (MATMUL_MAX_ROWS, width) T */
};

/* Builds the flow with the products of `matmul`; the state dict may be released afterwards. */
enum status flow_init(struct flow *f, const struct statedict *s, const struct matmul *matmul,
                      enum precision precision, struct error *e);
void flow_release(struct flow *f);

enum status flow_workspace_init(struct flow_workspace *w, const struct flow *f, struct error *e);
void flow_workspace_release(struct flow_workspace *w);

/* x (n, D) to z (n, D) and back; in place is fine. Any n. A record's result does not depend on
 * the others. NaN and infinities in a record go through to its result. Several threads may use one
 * flow at once, each with a workspace of its own. */
enum status flow_forward(const struct flow *f, struct flow_workspace *w, size_t n, const double *x,
                         double *z, struct error *e);
enum status flow_inverse(const struct flow *f, struct flow_workspace *w, size_t n, const double *z,
                         double *x, struct error *e);

/* log p of n records (n, D), in nats: ll (n). NaN for a record with a NaN; -inf or NaN for one
 * with an infinity. ll may be x. */
enum status flow_log_likelihood(const struct flow *f, struct flow_workspace *w, size_t n,
                                const double *x, double *ll, struct error *e);

#endif
