/*
 * What each element of a record contributes to its log-likelihood LL(x), against a baseline b.
 *
 *     replace   A_j = LL(x with b_j in place of x_j) - LL(x); if LL(x) is not finite, infinity
 * where the first is, else 0 gradient  A_j = d LL / d x_j path      A_j = (x_j - b_j) (1/m) sum_k d
 * LL / d x_j at b + (k + 1/2)/m (x - b), k = 0 .. m-1: integrated gradients (Sundararajan, Taly,
 * Yan, arXiv:1703.01365) by the midpoint rule. Their sum is LL(x) - LL(b) but for a remainder, the
 * error of the rule.
 *
 * A record is several items of work, which threads may share: attribution_compute makes a result
 * for each of any items, and a struct attribution_sum (attribution_sum.h) takes them in order.
 */
#ifndef ATTRIBUTION_H
#define ATTRIBUTION_H

#include "base/element.h"
#include "base/error.h"
#include "density/density.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attribution_method { ATTRIBUTION_REPLACE, ATTRIBUTION_GRADIENT, ATTRIBUTION_PATH };

enum { ATTRIBUTION_MAX_STEPS = 65536 };

struct attribution {
	const struct density *density; /* with gradients, but for replace */
	enum attribution_method method;
	const double *baseline; /* (D); of gradient, not read */
	size_t steps;           /* m, of path */
	bool remainder;         /* path: also find what the sum lacks */
	enum element type;      /* of the records */
};

/* Items of a record. */
size_t attribution_items(const struct attribution *a);

/* The items first .. first+n-1 of the records raw, n at most LINEAR_MAX_ROWS; item i is number i
 * mod attribution_items of record i / attribution_items. x (n, D) receives the results. Those of an
 * item depend on it and its record alone. */
enum status attribution_compute(const struct attribution *a, const struct density_workspace *w,
                                const unsigned char *raw, uint64_t first, size_t n, double *x,
                                struct error *e);

/* Result i of attribution_compute, in x. */
const double *attribution_result(const struct attribution *a, const double *x, size_t i);

#endif
