/* What nicestat knows of a stream of numbers: count, exact sums, extremes. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "exact.h"

#include <stdbool.h>
#include <stddef.h>

struct summary {
	double min, max; /* of no numbers: inf, -inf; a zero is +0 */
	struct exact sums;
};

void summary_init(struct summary *s);

/* As exact_add: stops at the first value that is NaN or infinite; returns how many were added. */
size_t summary_add(struct summary *s, const double *values, size_t n);

/* A summary of both sets of numbers; false, and *s untouched, if their count does not fit. */
bool summary_merge(struct summary *s, const struct summary *other);

/* Whether they are of the same count, sums and extremes. */
bool summary_equal(const struct summary *s, const struct summary *other);

#endif
