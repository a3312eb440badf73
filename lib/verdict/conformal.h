/*
 * Conformal p-values: how anomalous a number is among those of a calibration, with a guarantee that
 * assumes no distribution: if all are exchangeable, P(p <= a) <= a for every a. Small numbers are
 * anomalous, and NaN is smaller than all others; two-sided, large numbers are anomalous, too.
 */
#ifndef CONFORMAL_H
#define CONFORMAL_H

#include "stats/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conformal {
	struct sample calibration; /* sorted */
	bool two_sided;
};

/* The rank r of x, of which the p-value is r / (n + 1): 1 + #{calibration <= x}. Two-sided,
 * twice the smaller of this and 1 + #{calibration >= x}, at most n + 1. */
uint64_t conformal_rank(const struct conformal *c, double x);
double conformal_p(const struct conformal *c, uint64_t rank);

/* The smallest rank that a number can have; with a cut below it, no number is an anomaly. */
uint64_t conformal_least_rank(const struct conformal *c);

/* The greatest rank whose p-value is at most alpha; 0 if there is none. */
uint64_t conformal_cut(const struct conformal *c, double alpha);

/* The procedure of Benjamini and Hochberg (Journal of the Royal Statistical Society B 57, 1995):
 * sets *cut to the greatest rank that is an anomaly among these m numbers, 0 if there is none. With
 * k(r) of them of rank r or less, that is their greatest r with p m / k(r) <= q. The expected
 * proportion of normal numbers among the anomalies is then at most q (Bates, Candes, Lei, Romano,
 * Sesia, The Annals of Statistics 51, 2023). */
enum status conformal_fdr_cut(const struct conformal *c, const double *x, size_t m, double q,
                              uint64_t *cut, struct error *e);

#endif
