/* Knows what is gathered from numbers in one pass. */
#include "summary.h"

#include "num.h"

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

bool summary_merge(struct summary *s, const struct summary *other)
{
	uint64_t n;
	if (!num_add(s->sums.n, other->sums.n, &n))
		return false;
	exact_merge(&s->sums, &other->sums);
	s->min = fmin(s->min, other->min);
	s->max = fmax(s->max, other->max);
	return true;
}

bool summary_equal(const struct summary *s, const struct summary *other)
{
	return s->min == other->min && s->max == other->max && exact_equal(&s->sums, &other->sums);
}
