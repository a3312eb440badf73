/* Confidence intervals for rates. */
#ifndef INTERVAL_H
#define INTERVAL_H

#include <stdint.h>

struct interval {
	double low, high;
};

/* The exact interval (Clopper, Pearson, Biometrika 26, 1934) for a rate after k successes in n
 * trials, k <= n <= 2^53: low is the rate at which k or more successes have probability
 * (1 - confidence)/2, high that at which k or fewer have it; low is 0 if k = 0, high is 1 if k = n,
 * so that without data the interval is 0 to 1.
 * The interval covers the true rate with at least the given confidence, 0 < confidence < 1. */
struct interval interval_clopper_pearson(uint64_t k, uint64_t n, double confidence);

#endif
