/* Adam with decoupled weight decay, clipping and an average of the parameters. */
#include "train/adam.h"

#include "base/vectorised.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <math.h>
#include <stdlib.h>

enum { UPDATED = 1 << 12 /* parameters that are worth a thread */ };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t greatest(size_t a, size_t b)
{
	return a > b ? a : b;
}

enum status adam_init(struct adam *a, const struct parameter_group *groups, size_t ngroups,
                      size_t n, const struct adam_options *o, struct error *e)
{
	a->groups = groups;
	a->ngroups = ngroups;
	a->n = n;
	a->options = *o;
	a->step = 0;
	a->m = hugepage_zeroed(n, sizeof(float));
	a->v = hugepage_zeroed(n, sizeof(float));
	a->average = o->ema > 0 ? hugepage_zeroed(n, sizeof(float)) : NULL;
	a->sums = calloc(adam_nsums(a), sizeof(double));
	if (a->m && a->v && a->sums && (a->average || o->ema <= 0))
		return STATUS_OK;
	adam_release(a);
	return error_memory(e);
}

void adam_release(struct adam *a)
{
	free(a->m);
	free(a->v);
	free(a->average);
	free(a->sums);
	*a = (struct adam){0};
}

struct norm {
	const float *gradient;
	double *sums; /* of each ADAM_GRAIN */
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
	for (size_t first = begin; first < end; first += ADAM_GRAIN) {
		size_t last = first + ADAM_GRAIN < end ? first + ADAM_GRAIN : end;
		c->sums[first / ADAM_GRAIN] = squares(c->gradient + first, last - first);
	}
}

size_t adam_nsums(const struct adam *a)
{
	return a->n / ADAM_GRAIN + 1;
}

void adam_squares(struct adam *a, const struct adam_slice *s)
{
	struct norm c = {s->gradient, a->sums + s->begin / ADAM_GRAIN};
	threads_for(s->end - s->begin, ADAM_GRAIN, norm_range, &c);
}

static double norm(const struct adam *a)
{
	double sum = 0;
	for (size_t i = 0; i < adam_nsums(a); i++)
		sum += a->sums[i];
	return sqrt(sum);
}

/* What one update does to each element of a range. */
struct step {
	float *block, *m, *v, *average;
	const float *gradient;
	float share; /* of the gradient, less what clipping takes */
	float keep1, new1, keep2, new2;
	float rate;            /* learning rate over the first moment's bias */
	float inverse_bias2;   /* 1 / sqrt(1 - beta2^t) */
	float epsilon, shrink; /* shrink: 1 - rate * decay */
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
static void step_pieces(const struct step *s, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i += 2048) {
		size_t n = end - i < 2048 ? end - i : 2048;
		step(s, n, s->block + i, s->m + i, s->v + i, s->gradient + i);
		if (s->average)
			blend(1 - s->keep_average, n, s->average + i, s->block + i);
	}
}

/* An update of a slice. */
struct update {
	const struct adam *adam;
	struct step step;   /* at the start of the slice, for no group in particular */
	size_t first;       /* parameter of the slice */
	double rate, decay; /* decay: shrink of the groups that decay */
};

/* Each group's part of the range. */
static void update_range(void *context, size_t begin, size_t end)
{
	const struct update *u = context;
	for (size_t i = 0; i < u->adam->ngroups; i++) {
		const struct parameter_group *group = &u->adam->groups[i];
		size_t from = greatest(group->begin, u->first + begin);
		size_t to = least(group->end, u->first + end);
		struct step s = u->step;
		s.rate = (float)(u->rate * group->rate_factor);
		s.shrink = group->decays ? (float)u->decay : 1;
		if (from < to)
			step_pieces(&s, from - u->first, to - u->first);
	}
}

double adam_update(struct adam *a, double rate, double share, const struct adam_slice *slice,
                   float *block)
{
	const struct adam_options *o = &a->options;
	double length = share * norm(a);
	if (!isfinite(length))
		return length;
	double t = (double)++a->step;
	/* The average forgets its start sooner than ema says: (1 + t) / (10 + t) at first. */
	double keep = fmin(o->ema, (1 + t) / (10 + t));
	struct step s = {
	    .block = block + slice->begin,
	    .m = a->m + slice->begin,
	    .v = a->v + slice->begin,
	    .average = a->average ? a->average + slice->begin : NULL,
	    .gradient = slice->gradient,
	    .share = (float)(o->clip > 0 && length > o->clip ? share * o->clip / length : share),
	    .keep1 = (float)o->beta1,
	    .new1 = (float)(1 - o->beta1),
	    .keep2 = (float)o->beta2,
	    .new2 = (float)(1 - o->beta2),
	    .inverse_bias2 = (float)(1 / sqrt(1 - pow(o->beta2, t))),
	    .epsilon = (float)o->epsilon,
	    .keep_average = (float)keep,
	};
	struct update u = {.adam = a,
	                   .step = s,
	                   .first = slice->begin,
	                   .rate = rate / (1 - pow(o->beta1, t)),
	                   .decay = 1 - rate * o->weight_decay};
	threads_for(slice->end - slice->begin, UPDATED, update_range, &u);
	return length;
}

const float *adam_average(const struct adam *a, const float *block)
{
	return a->average ? a->average : block;
}
