/* Sorted runs of decreasing length: a new number is a run, and the last two are merged while they
 * are of similar length, so that there are few, and each number is moved a logarithm of n times. */
#include "drift/growing_sample.h"

#include <string.h>

void growing_sample_start(struct growing_sample *g, struct sample *s)
{
	sample_sort(s);
	*g = (struct growing_sample){.values = *s, .nruns = s->n > 0};
	*s = (struct sample){0};
}

const struct sample *growing_sample_sorted(struct growing_sample *g)
{
	sample_sort(&g->values);
	g->nruns = g->values.n > 0;
	g->begins[0] = 0;
	return &g->values;
}

void growing_sample_release(struct growing_sample *g)
{
	sample_release(&g->values);
	sample_release(&g->merged);
	*g = (struct growing_sample){0};
}

static size_t end_of(const struct growing_sample *g, size_t run)
{
	return run + 1 < g->nruns ? g->begins[run + 1] : g->values.n;
}

/* The last run goes into the one before it. */
static enum status merge(struct growing_sample *g, struct error *e)
{
	double *v = g->values.values;
	size_t a = g->begins[g->nruns - 2], b = g->begins[g->nruns - 1], middle = b, out;
	size_t end = g->values.n;
	g->merged.n = 0;
	if (sample_add(&g->merged, v + b, end - b, e) != STATUS_OK)
		return e->status;
	/* from the greatest down: what is overwritten has been moved or copied */
	for (b = g->merged.n, out = end; b > 0;) {
		if (middle > a && sample_compare(v[middle - 1], g->merged.values[b - 1]) > 0)
			v[--out] = v[--middle];
		else
			v[--out] = g->merged.values[--b];
	}
	g->nruns--;
	return STATUS_OK;
}

enum status growing_sample_add(struct growing_sample *g, double x, struct error *e)
{
	if (sample_add(&g->values, &x, 1, e) != STATUS_OK)
		return e->status;
	g->begins[g->nruns++] = g->values.n - 1;
	while (g->nruns > 1 && e->status == STATUS_OK) {
		size_t last = g->begins[g->nruns - 1];
		if (last - g->begins[g->nruns - 2] > g->values.n - last)
			break;
		merge(g, e);
	}
	return e->status;
}

/* How many of the sorted n are less than x, or less than or equal to it. */
static size_t count(const double *values, size_t n, double x, int or_equal)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (sample_compare(values[middle], x) < or_equal)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

double growing_sample_p(const struct growing_sample *g, double x, double u)
{
	size_t less = 0, not_greater = 0;
	for (size_t i = 0; i < g->nruns; i++) {
		const double *run = g->values.values + g->begins[i];
		size_t n = end_of(g, i) - g->begins[i];
		less += count(run, n, x, 0);
		not_greater += count(run, n, x, 1);
	}
	double p =
	    ((double)less + u * ((double)(not_greater - less) + 1)) / ((double)g->values.n + 1);
	return p < 1 ? p : 1;
}
