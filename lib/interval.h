/* Confidence intervals of rates. */
#ifndef INTERVAL_H
#define INTERVAL_H

#include <stdint.h>

struct interval {
	double low, high;
};

/* The exact interval (Clopper, Pearson, Biometrika 26, 1934) of a rate of which k of n were seen,
 * k <= n <= 2^53: low is the rate at which k or more have probability (1 - confidence)/2, high
 * that at which k or fewer have it; 0 and 1 where there is none. It covers the true rate with at
 * least that confidence, 0 < confidence < 1. No data, n = 0, say nothing: 0 to 1. */
struct interval interval_clopper_pearson(uint64_t k, uint64_t n, double confidence);

#endif
