/* Dequantisation of pixels, and the importance-weighted bound. */
#include "density/pixel_bound.h"

#include "base/rng.h"
#include "threads/threads.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct rows {
	const struct bound *bound;
	const unsigned char *v;
	uint64_t first, row;
	double *x;
};

/* x = (v + u)/256, exactly: v + u has 41 bits. */
static void dequantise(const struct rows *rows, size_t i)
{
	const struct bound *b = rows->bound;
	size_t d = b->density->d;
	uint64_t record = (rows->row + i) / b->k, k = (rows->row + i) % b->k;
	const unsigned char *v = rows->v + record * d;
	double *x = rows->x + i * d;
	struct rng rng;
	rng_init(&rng, b->seed, RNG_DEQUANTISATION, (rows->first + record) << 16 | k);
	for (size_t j = 0; j < d; j++) {
		double u = ((double)rng_u32(&rng) + 0.5) * 0x1p-32;
		x[j] = (v[j] + u) / 256;
	}
}

static void dequantise_range(void *context, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		dequantise(context, i);
}

enum status bound_log_weights(const struct bound *b, const struct density_workspace *w,
                              const unsigned char *v, uint64_t first, uint64_t row, size_t n,
                              double *x, double *log_weights, struct error *e)
{
	struct rows rows = {b, v, first, row, x};
	assert(b->k >= 1 && b->k <= BOUND_MAX_K && n > 0);
	assert(first + (row + n - 1) / b->k < BOUND_MAX_RECORDS);
	threads_for(n, 1, dequantise_range, &rows);
	if (density_log_density(b->density, w, n, x, log_weights, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n; i++)
		log_weights[i] -= (double)b->density->d * log(256);
	return STATUS_OK;
}

/* The sum is rescaled whenever the maximum grows; the squares are updated by Welford's method. */
void log_mean_exp_add(struct log_mean_exp *m, double value)
{
	if (value > m->max) {
		m->sum = m->sum * exp(m->max - value) + 1;
		m->max = value;
	} else if (value == m->max) { /* both may be -inf, whose difference is NaN */
		m->sum += 1;
	} else {
		m->sum += exp(value - m->max);
	}
	double from_mean = value - m->mean;
	m->mean += from_mean / (double)++m->n;
	m->squares += from_mean * (value - m->mean);
}

double log_mean_exp_value(const struct log_mean_exp *m)
{
	assert(m->n > 0);
	return m->max + log(m->sum / (double)m->n);
}

double log_mean_exp_stdev(const struct log_mean_exp *m)
{
	return m->n < 2 ? NAN : sqrt(m->squares / (double)(m->n - 1));
}
