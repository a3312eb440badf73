/* Attributions by replacement, gradient and path: the records that are to be computed. */
#include "attribution/attribution.h"

#include <assert.h>
#include <math.h>
#include <string.h>

size_t attribution_items(const struct attribution *a)
{
	switch (a->method) {
	case ATTRIBUTION_REPLACE:
		return a->density->d + 1;
	case ATTRIBUTION_PATH:
		return a->steps + a->remainder;
	default:
		return 1;
	}
}

const double *attribution_result(const struct attribution *a, const double *x, size_t i)
{
	return a->method == ATTRIBUTION_REPLACE ? x + i : x + i * a->density->d;
}

/* The record of item i, as it is. */
static void read_record(const struct attribution *a, const unsigned char *raw, uint64_t i,
                        double *x)
{
	size_t d = a->density->d;
	uint64_t record = i / attribution_items(a);
	element_to_double(a->type, raw + record * d * element_bytes(a->type), d, x);
}

/* Item 0 is the record itself; item j + 1 has element j replaced, and nothing to compute if that is
 * the baseline's already: then the result is +inf, which no log-likelihood is. */
static enum status replace(const struct attribution *a, const struct density_workspace *w,
                           const unsigned char *raw, uint64_t first, size_t n, double *x,
                           struct error *e)
{
	size_t d = a->density->d, nrows = 0, rows[LINEAR_MAX_ROWS];
	double ll[LINEAR_MAX_ROWS];
	for (size_t i = 0; i < n; i++) {
		double *row = x + nrows * d;
		size_t item = (size_t)((first + i) % (d + 1));
		read_record(a, raw, first + i, row);
		rows[i] = n;
		if (item > 0 && row[item - 1] == a->baseline[item - 1])
			continue;
		if (item > 0)
			row[item - 1] = a->baseline[item - 1];
		rows[i] = nrows++;
	}
	if (nrows == 0 || density_log_density(a->density, w, nrows, x, ll, e) == STATUS_OK)
		for (size_t i = 0; i < n; i++)
			x[i] = rows[i] < n ? ll[rows[i]] : INFINITY;
	return e->status;
}

/* A point between the baseline and the record; after the last, the record, for its likelihood. */
static void read_point(const struct attribution *a, const unsigned char *raw, uint64_t i, double *x)
{
	size_t d = a->density->d, k = (size_t)(i % attribution_items(a));
	double t = ((double)k + 0.5) / (double)a->steps;
	read_record(a, raw, i, x);
	for (size_t j = 0; j < d && k < a->steps; j++)
		x[j] = a->baseline[j] + t * (x[j] - a->baseline[j]);
}

static enum status differentiate(const struct attribution *a, const struct density_workspace *w,
                                 const unsigned char *raw, uint64_t first, size_t n, double *x,
                                 struct error *e)
{
	size_t d = a->density->d, nitems = attribution_items(a);
	double ll[LINEAR_MAX_ROWS];
	for (size_t i = 0; i < n; i++) {
		if (a->method == ATTRIBUTION_PATH)
			read_point(a, raw, first + i, x + i * d);
		else
			read_record(a, raw, first + i, x + i * d);
	}
	density_gradient(a->density, w, n, x, ll, x, e);
	for (size_t i = 0; i < n && a->method == ATTRIBUTION_PATH; i++)
		if ((first + i) % nitems == a->steps)
			x[i * d] = ll[i];
	return e->status;
}

enum status attribution_compute(const struct attribution *a, const struct density_workspace *w,
                                const unsigned char *raw, uint64_t first, size_t n, double *x,
                                struct error *e)
{
	assert(n >= 1 && n <= LINEAR_MAX_ROWS);
	if (a->method == ATTRIBUTION_REPLACE)
		return replace(a, w, raw, first, n, x, e);
	return differentiate(a, w, raw, first, n, x, e);
}
