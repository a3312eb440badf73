/* Descriptive statistics: mean, standard deviation, skewness, kurtosis, median and MAD. */
#ifndef DESCRIPTIVES_H
#define DESCRIPTIVES_H

#include "base/error.h"
#include "stats/moments.h"
#include "stats/sample.h"

#include <stdint.h>

struct descriptives {
	uint64_t n;
	double mean, stdev, min, max;
	double mean_stderr; /* stdev / sqrt(n) */

	/* By descriptives_of_sample. With m(r) the mean of (x - mean)^r over n, the skewness is
	 * m(3) / m(2)^1.5 and the excess kurtosis m(4) / m(2)^2 - 3 (g1 and g2 of Joanes, Gill, The
	 * Statistician 47, 1998); NaN if all numbers are equal. */
	double skewness, kurtosis;
	double median; /* the mean of the middle two of an even number */
	double mad;    /* the median of |x - median|, in double arithmetic */
};

/* Computes the first six from at least two numbers; fails if there are fewer, or if the stdev
 * overflows. */
enum status descriptives_of_moments(struct descriptives *d, const struct moments *s,
                                    struct error *e);

/* Computes the others from the same numbers, sorted; the original order does not matter. */
void descriptives_of_sample(struct descriptives *d, const struct sample *sorted);

#endif
