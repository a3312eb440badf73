/* Knows what is gathered from numbers in one pass. Does not know thresholds. */
#include "summary.h"

#include <math.h>

void summary_init(struct summary *s)
{
	exact_init(&s->sums);
	s->min = INFINITY;
	s->max = -INFINITY;
}

size_t summary_add(struct summary *s, const double *values, size_t n)
{
	size_t added = exact_add(&s->sums, values, n);
	double min = s->min, max = s->max;
	for (size_t i = 0; i < added; i++) {
		double value = values[i] + 0.0; /* -0 becomes +0: which came first must not show */
		min = value < min ? value : min;
		max = value > max ? value : max;
	}
	s->min = min;
	s->max = max;
	return added;
}
