/* The gradient of NICE's log-likelihood by the record: which way each element pushes it.
 *
 *     d log p / dh_j = -tanh(z_j / 2) exp(s_j);  back through coupling i: doff <- doff + don J_i
 *
 * with h the record after the couplings and J_i the Jacobian of MLP_i. */
#ifndef NICE_SLOPE_H
#define NICE_SLOPE_H

#include "density/nice.h"
#include "nn/mlp_slope.h"

struct nice_slope {
	const struct nice *f;       /* the caller's */
	struct mlp_slope *networks; /* (ncouplings) */
};

/* What a thread needs besides a struct nice_workspace. */
struct nice_slope_workspace {
	unsigned char **active; /* (ncouplings), of mlp_slope_forward */
	float *delta[2];        /* (rows, widest) */
	float *don, *doff;      /* (rows, halves_size) */
	void *work;             /* (rows, widest) T */
	double *dhalf[2];       /* (rows, halves_size) */
	size_t ncouplings;
};

/* Of f, which must outlive it; names: those f was made of. */
enum status nice_slope_init(struct nice_slope *s, const struct nice *f,
                            const struct nice_names *names, struct error *e);
void nice_slope_release(struct nice_slope *s);

enum status nice_slope_workspace_init(struct nice_slope_workspace *w, const struct nice_slope *s,
                                      struct error *e);
void nice_slope_workspace_release(struct nice_slope_workspace *w);

/* For n records x (n, D): log p in nats into ll (n), the bits of nice_log_likelihood, and its
 * gradient into dx (n, D), which may be x. */
enum status nice_slope_compute(const struct nice_slope *s, struct nice_workspace *w,
                               struct nice_slope_workspace *own, size_t n, const double *x,
                               double *ll, double *dx, struct error *e);

#endif
