/* Knows how a gradient changes the parameters. Does not know where it comes from. */
#include "adam.h"

#include "pages.h"
#include "parallel.h"
#include "vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 14 }; /* floats whose squares are summed by one thread, in order */

enum status adam_init(struct adam *a, const struct parameters *p, const struct adam_options *o,
                      struct error *e)
{
	a->p = p;
	a->options = *o;
	a->step = 0;
	a->m = pages_zeroed(p->n, sizeof(float));
	a->v = pages_zeroed(p->n, sizeof(float));
	a->average = o->ema > 0 ? pages_zeroed(p->n, sizeof(float)) : NULL;
	if (a->m && a->v && (a->average || o->ema <= 0))
		return STATUS_OK;
	adam_release(a);
	return error_memory(e);
}

void adam_release(struct adam *a)
{
	free(a->m);
	free(a->v);
	free(a->average);
	*a = (struct adam){0};
}

struct norm {
	const float *gradient;
	double *sums; /* of each BLOCK */
};

/* Sixteen chains, so that additions need not wait for each other. */
VECTORISED static double squares(const float *restrict x, size_t n)
{
	double chains[16] = {0}, sum = 0;
	size_t whole = n / 16 * 16;
	for (size_t i = 0; i < whole; i += 16) {
		for (size_t k = 0; k < 16; k++)
			chains[k] += (double)x[i + k] * (double)x[i + k];
	}
	for (size_t k = 0; k < 16; k++)
		sum += chains[k];
	for (size_t i = whole; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return sum;
}

static void norm_range(void *context, size_t begin, size_t end)
{
	const struct norm *c = context;
	for (size_t first = begin; first < end; first += BLOCK) {
		size_t last = first + BLOCK < end ? first + BLOCK : end;
		c->sums[first / BLOCK] = squares(c->gradient + first, last - first);
	}
}

/* NaN if memory is short: then the step is refused, as for any gradient that is not finite. */
static double norm(const float *gradient, size_t n)
{
	struct norm c = {gradient, calloc(n / BLOCK + 1, sizeof(double))};
	double sum = 0;
	if (!c.sums)
		return NAN;
	parallel_for(n, BLOCK, norm_range, &c);
	for (size_t i = 0; i < n / BLOCK + 1; i++)
		sum += c.sums[i];
	free(c.sums);
	return sqrt(sum);
}

/* What one update does to each element of a range. */
struct step {
	float *block, *m, *v, *average;
	const float *gradient;
	float share;                 /* of the gradient that clipping leaves */
	float keep1, new1, keep2, new2;
	float rate;                  /* learning rate over the first moment's bias */
	float inverse_bias2;         /* 1 / sqrt(1 - beta2^t) */
	float epsilon, shrink;       /* shrink: 1 - rate * decay */
	float keep_average;
};

VECTORISED static void step(const struct step *s, size_t n, float *restrict block,
                            float *restrict m, float *restrict v, const float *restrict gradient)
{
	for (size_t i = 0; i < n; i++) {
		float g = s->share * gradient[i];
		m[i] = s->keep1 * m[i] + s->new1 * g;
		v[i] = s->keep2 * v[i] + s->new2 * (g * g);
		block[i] = s->shrink * block[i] -
		           s->rate * m[i] / (sqrtf(v[i]) * s->inverse_bias2 + s->epsilon);
	}
}

VECTORISED static void blend(float share, size_t n, float *restrict average,
                             const float *restrict block)
{
	for (size_t i = 0; i < n; i++)
		average[i] += share * (block[i] - average[i]);
}

/* Pieces that stay in the cache between the two loops. */
static void step_range(void *context, size_t begin, size_t end)
{
	const struct step *s = context;
	for (size_t i = begin; i < end; i += 2048) {
		size_t n = end - i < 2048 ? end - i : 2048;
		step(s, n, s->block + i, s->m + i, s->v + i, s->gradient + i);
		if (s->average)
			blend(1 - s->keep_average, n, s->average + i, s->block + i);
	}
}

static void update_range(const struct step *base, size_t first, size_t n,
                         double rate_factor, double shrink)
{
	struct step s = *base;
	s.block += first;
	s.gradient += first;
	s.m += first;
	s.v += first;
	if (s.average)
		s.average += first;
	s.rate = (float)((double)s.rate * rate_factor);
	s.shrink = (float)shrink;
	parallel_for(n, 1024, step_range, &s);
}

double adam_update(struct adam *a, double rate, float *block, const float *gradient)
{
	const struct adam_options *o = &a->options;
	const struct parameters *p = a->p;
	double length = norm(gradient, p->n);
	if (!isfinite(length))
		return length;
	double t = (double)++a->step;
	/* The average forgets its start sooner than ema says: (1 + t) / (10 + t) at first. */
	double keep = fmin(o->ema, (1 + t) / (10 + t));
	struct step s = {
	    .block = block,
	    .m = a->m,
	    .v = a->v,
	    .average = a->average,
	    .gradient = gradient,
	    .share = (float)(o->clip > 0 && length > o->clip ? o->clip / length : 1),
	    .keep1 = (float)o->beta1,
	    .new1 = (float)(1 - o->beta1),
	    .keep2 = (float)o->beta2,
	    .new2 = (float)(1 - o->beta2),
	    .rate = (float)(rate / (1 - pow(o->beta1, t))),
	    .inverse_bias2 = (float)(1 / sqrt(1 - pow(o->beta2, t))),
	    .epsilon = (float)o->epsilon,
	    .keep_average = (float)keep,
	};
	for (size_t i = 0; i < p->shape.ncouplings * p->nlayers; i++) {
		const struct layer_place *l = &p->layers[i];
		update_range(&s, l->weight, l->out * l->in, 1, 1 - rate * o->weight_decay);
		update_range(&s, l->bias, l->out, 1, 1);
	}
	update_range(&s, p->scale, p->shape.d, o->scale_rate, 1);
	return length;
}

const float *adam_average(const struct adam *a, const float *block)
{
	return a->average ? a->average : block;
}
