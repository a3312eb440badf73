/* Ranks among the numbers of a calibration. A p-value is kept as its integer rank until it is
 * printed or compared, so that Benjamini and Hochberg's criterion is rounded only once, and a
 * histogram of ranks replaces sorting. */
#include "verdict/conformal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* How many numbers of the sample are less than x, or less than or equal to it. */
static size_t count(const struct sample *s, double x, bool or_equal)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sample_compare(s->values[middle], x) < (or_equal ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t conformal_rank(const struct conformal *c, double x)
{
	const struct sample *s = &c->calibration;
	uint64_t lower = (uint64_t)count(s, x, true) + 1;
	if (!c->two_sided)
		return lower;
	uint64_t upper = (uint64_t)(s->n - count(s, x, false)) + 1;
	uint64_t twice = 2 * (lower < upper ? lower : upper);
	return twice < s->n + 1 ? twice : s->n + 1;
}

double conformal_p(const struct conformal *c, uint64_t rank)
{
	return (double)rank / ((double)c->calibration.n + 1);
}

uint64_t conformal_least_rank(const struct conformal *c)
{
	return c->two_sided && c->calibration.n > 0 ? 2 : 1;
}

uint64_t conformal_cut(const struct conformal *c, double alpha)
{
	assert(alpha >= 0 && alpha <= 1);
	uint64_t rank = (uint64_t)(alpha * ((double)c->calibration.n + 1)) + 1;
	while (rank > 0 && conformal_p(c, rank) > alpha)
		rank--;
	return rank;
}

/* The cut for a histogram of the ranks 0 .. n + 1 of m numbers. */
static uint64_t fdr_cut(const uint64_t *histogram, uint64_t n, size_t m, double q)
{
	uint64_t cut = 0, k = 0;
	for (uint64_t rank = 1; rank <= n + 1; rank++) {
		k += histogram[rank];
		if (histogram[rank] > 0 &&
		    (double)rank * (double)m / ((double)k * ((double)n + 1)) <= q)
			cut = rank;
	}
	return cut;
}

enum status conformal_fdr_cut(const struct conformal *c, const double *x, size_t m, double q,
                              uint64_t *cut, struct error *e)
{
	size_t n = c->calibration.n;
	uint64_t *histogram = calloc(n + 2, sizeof(*histogram));
	if (!histogram)
		return error_memory(e);
	for (size_t i = 0; i < m; i++)
		histogram[conformal_rank(c, x[i])]++;
	*cut = fdr_cut(histogram, n, m, q);
	free(histogram);
	return STATUS_OK;
}
