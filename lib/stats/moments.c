/* Statistics gathered in one pass over a stream. */
#include "stats/moments.h"

#include "base/checked.h"

#include <math.h>

void moments_init(struct moments *s)
{
	exact_sum_init(&s->sums);
	s->min = INFINITY;
	s->max = -INFINITY;
}

size_t moments_add(struct moments *s, const double *values, size_t n)
{
	size_t added = exact_sum_add(&s->sums, values, n);
	double min = s->min, max = s->max;
	for (size_t i = 0; i < added; i++) {
		double value = values[i] + 0.0; /* -0 becomes +0: their order must not matter */
		min = value < min ? value : min;
		max = value > max ? value : max;
	}
	s->min = min;
	s->max = max;
	return added;
}

bool moments_merge(struct moments *s, const struct moments *other)
{
	uint64_t n;
	if (!checked_add(s->sums.n, other->sums.n, &n))
		return false;
	exact_sum_merge(&s->sums, &other->sums);
	s->min = fmin(s->min, other->min);
	s->max = fmax(s->max, other->max);
	return true;
}

bool moments_equal(const struct moments *s, const struct moments *other)
{
	return s->min == other->min && s->max == other->max &&
	       exact_sum_equal(&s->sums, &other->sums);
}
