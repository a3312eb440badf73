/* What is said of numbers beside their threshold. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include "sample.h"
#include "status.h"
#include "summary.h"

#include <stdint.h>

struct description {
	uint64_t n;
	double mean, stdev, min, max;
	double mean_stderr; /* stdev / sqrt(n) */

	/* By description_of_sample. With m(r) the mean of (x - mean)^r over n, the skewness is
	 * m(3) / m(2)^1.5 and the excess kurtosis m(4) / m(2)^2 - 3 (g1 and g2 of Joanes, Gill, The
	 * Statistician 47, 1998); NaN if all numbers are equal. */
	double skewness, kurtosis;
	double median; /* the mean of the middle two of an even number */
	double mad;    /* the median of |x - median|, in double arithmetic */
};

/* The first six, of at least two numbers; fails if there are fewer, or if their stdev is beyond the
 * range of a double. */
enum status description_of_summary(struct description *d, const struct summary *s, struct error *e);

/* The others, from the same numbers, sorted. They do not depend on the order in which the numbers
 * came. */
void description_of_sample(struct description *d, const struct sample *sorted);

#endif
