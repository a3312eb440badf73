/* Statistics of a stream of numbers: count, exact sums, extremes. */
#ifndef MOMENTS_H
#define MOMENTS_H

#include "stats/exact_sum.h"

#include <stdbool.h>
#include <stddef.h>

struct moments {
	double min, max; /* inf and -inf for an empty input; zero is +0 */
	struct exact_sum sums;
};

void moments_init(struct moments *s);

/* As exact_sum_add: stops at the first value that is NaN or infinite; returns how many were added.
 */
size_t moments_add(struct moments *s, const double *values, size_t n);

/* Adds the other numbers to *s; false, and *s untouched, if the count does not fit. */
bool moments_merge(struct moments *s, const struct moments *other);

/* Whether count, sums and extremes are equal. */
bool moments_equal(const struct moments *s, const struct moments *other);

#endif
