/* Knows the way forth and back through the couplings. Does not know how parameters are changed. */
#include "gradient.h"

#include "pages.h"
#include "parallel.h"
#include "prior.h"
#include "vector.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST, MIDDLE, LAST, GRAIN = 16384 };

struct convert {
	const float *from;
	void *to;
	enum precision precision;
};

static void convert_range(void *context, size_t begin, size_t end)
{
	const struct convert *c = context;
	precision_from_float(c->precision, end - begin, c->from + begin,
	                     (char *)c->to + begin * precision_bytes(c->precision));
}

/* to (n) T */
static void convert(const struct gradient *g, size_t n, const float *from, void *to)
{
	struct convert c = {from, to, g->precision};
	parallel_for(n, GRAIN, convert_range, &c);
}

struct add {
	const void *from;
	float *to;
	enum precision precision;
};

VECTORISED static void add_floats(size_t n, const float *restrict from, float *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

static void add_range(void *context, size_t begin, size_t end)
{
	const struct add *a = context;
	float piece[512];
	for (size_t i = begin, n; i < end; i += n) {
		n = end - i < 512 ? end - i : 512;
		precision_to_float(a->precision, n,
		                   (const char *)a->from + i * precision_bytes(a->precision), piece);
		add_floats(n, piece, a->to + i);
	}
}

struct mask {
	const void *active;
	void *d;
	enum precision precision;
};

VECTORISED static void mask_floats(size_t n, const float *restrict active, float *restrict d)
{
	for (size_t i = 0; i < n; i++)
		d[i] = active[i] > 0 ? d[i] : 0;
}

VECTORISED static void mask_bf16(size_t n, const uint16_t *restrict active, uint16_t *restrict d)
{
	for (size_t i = 0; i < n; i++)
		d[i] = active[i] & 0x7fff ? d[i] : 0;
}

/* The derivative of ReLU: 0 where its output is 0. */
static void mask_range(void *context, size_t begin, size_t end)
{
	const struct mask *m = context;
	size_t n = end - begin;
	if (m->precision == PRECISION_F32)
		mask_floats(n, (const float *)m->active + begin, (float *)m->d + begin);
	else
		mask_bf16(n, (const uint16_t *)m->active + begin, (uint16_t *)m->d + begin);
}

/* ---- set-up ---- */

static enum status create_learners(struct gradient *g, struct error *e)
{
	const struct shape *s = &g->parameters->shape;
	struct linear_spec specs[] = {
	    [FIRST] = {s->d / 2, s->mid, g->precision, .relu = true},
	    [MIDDLE] = {s->mid, s->mid, g->precision, .relu = true},
	    [LAST] = {s->mid, s->d / 2, g->precision, .float_out = true},
	};
	for (int i = FIRST; i <= LAST; i++) {
		if (i == MIDDLE && s->hidden == 1)
			continue;
		if (learner_create(&specs[i], g->rows, &g->learners[i], e) != STATUS_OK)
			break;
	}
	return e->status;
}

static void *rows_of(struct gradient *g, size_t width, size_t size, struct error *e)
{
	void *p = e->status == STATUS_OK ? pages_alloc(g->rows * width, size) : NULL;
	if (!p)
		error_memory(e);
	return p;
}

static enum status allocate(struct gradient *g, struct error *e)
{
	const struct parameters *p = g->parameters;
	size_t half = p->shape.d / 2, t = precision_bytes(g->precision);
	size_t widest = half > p->shape.mid ? half : p->shape.mid;
	g->factor = calloc(p->shape.d, sizeof(double));
	g->inputs = calloc(p->shape.ncouplings * p->nlayers, sizeof(void *));
	if (g->precision == PRECISION_BF16)
		g->weights = pages_alloc(p->n, t);
	if (!g->factor || !g->inputs || (g->precision == PRECISION_BF16 && !g->weights))
		return error_memory(e);
	for (size_t i = 0; i < p->shape.ncouplings * p->nlayers; i++)
		g->inputs[i] = rows_of(g, p->layers[i].in, t, e);
	for (int i = 0; i < 2; i++) {
		g->half[i] = rows_of(g, half, sizeof(float), e);
		g->dhalf[i] = rows_of(g, half, sizeof(float), e);
		g->dactive[i] = rows_of(g, widest, t, e);
	}
	g->shift = rows_of(g, half, sizeof(float), e);
	g->z = rows_of(g, p->shape.d, sizeof(double), e);
	return e->status;
}

enum status gradient_init(struct gradient *g, const struct parameters *p, size_t rows,
                          enum precision precision, struct error *e)
{
	struct gradient made = {.parameters = p, .rows = rows, .precision = precision};
	if (rows == 0 || rows > SIZE_MAX / 8 / (p->shape.d + p->shape.mid))
		return error_set(e, STATUS_UNSUPPORTED, "a batch of %zu records", rows);
	if (allocate(&made, e) == STATUS_OK && create_learners(&made, e) == STATUS_OK)
		*g = made;
	else
		gradient_release(&made);
	return e->status;
}

void gradient_release(struct gradient *g)
{
	for (int i = FIRST; i <= LAST; i++)
		learner_free(g->learners[i]);
	if (g->inputs) {
		for (size_t i = 0; i < g->parameters->shape.ncouplings * g->parameters->nlayers; i++)
			free(g->inputs[i]);
	}
	free(g->inputs);
	for (int i = 0; i < 2; i++) {
		free(g->half[i]);
		free(g->dhalf[i]);
		free(g->dactive[i]);
	}
	free(g->weights);
	free(g->factor);
	free(g->shift);
	free(g->z);
	*g = (struct gradient){0};
}

void gradient_set_block(struct gradient *g, const float *block)
{
	const struct parameters *p = g->parameters;
	g->block = block;
	if (g->weights)
		convert(g, p->scale, block, g->weights);
	g->log_det = 0;
	for (size_t j = 0; j < p->shape.d; j++) {
		g->log_det += (double)block[p->scale + j];
		g->factor[j] = exp((double)block[p->scale + j]);
	}
}

/* ---- forth ---- */

static struct learner *learner_of(const struct gradient *g, size_t layer)
{
	size_t last = g->parameters->nlayers - 1;
	return g->learners[layer == 0 ? FIRST : layer < last ? MIDDLE : LAST];
}

static const void *weight_of(const struct gradient *g, const struct layer_place *l)
{
	return g->weights ? (const void *)((const uint16_t *)g->weights + l->weight)
	                  : (const void *)(g->block + l->weight);
}

/* NICE as imported models have it, mask_config 1: coupling 0 moves the even elements. */
static int moved_half(size_t coupling)
{
	return coupling % 2 == 0 ? 0 : 1;
}

static enum status couple(struct gradient *g, size_t coupling, struct error *e)
{
	const struct parameters *p = g->parameters;
	size_t n = g->rows * p->shape.d / 2, first = coupling * p->nlayers;
	int on = moved_half(coupling);
	convert(g, n, g->half[1 - on], g->inputs[first]);
	for (size_t i = 0; i < p->nlayers && e->status == STATUS_OK; i++) {
		const struct layer_place *l = &p->layers[first + i];
		void *y = i + 1 < p->nlayers ? g->inputs[first + i + 1] : (void *)g->shift;
		learner_forward(learner_of(g, i), g->inputs[first + i], weight_of(g, l),
		                g->block + l->bias, y, e);
	}
	struct add add = {g->shift, g->half[on], PRECISION_F32};
	if (e->status == STATUS_OK)
		parallel_for(n, GRAIN, add_range, &add);
	return e->status;
}

struct likelihood {
	struct gradient *g;
	double *ll;
};

static void likelihood_rows(void *context, size_t begin, size_t end)
{
	const struct likelihood *c = context;
	const struct gradient *g = c->g;
	size_t half = g->parameters->shape.d / 2;
	for (size_t r = begin; r < end; r++) {
		double *z = g->z + 2 * half * r;
		for (size_t k = 0; k < half; k++) {
			z[2 * k] = (double)g->half[0][r * half + k] * g->factor[2 * k];
			z[2 * k + 1] = (double)g->half[1][r * half + k] * g->factor[2 * k + 1];
		}
		c->ll[r] = prior_log_density(z, 2 * half) + g->log_det;
	}
}

enum status gradient_log_likelihood(struct gradient *g, const float *x, double *ll,
                                    struct error *e)
{
	const struct shape *s = &g->parameters->shape;
	for (size_t k = 0; k < g->rows * s->d / 2; k++) {
		g->half[0][k] = x[2 * k];
		g->half[1][k] = x[2 * k + 1];
	}
	for (size_t i = 0; i < s->ncouplings; i++) {
		if (couple(g, i, e) != STATUS_OK)
			return e->status;
	}
	struct likelihood c = {g, ll};
	parallel_for(g->rows, 1, likelihood_rows, &c);
	return STATUS_OK;
}

/* ---- and back ---- */

struct prior_back {
	struct gradient *g;
	float *dscale;
};

/* d loss / dh of the rows: tanh(z/2) exp(s) / (rows D). */
static void prior_back_rows(void *context, size_t begin, size_t end)
{
	const struct prior_back *c = context;
	const struct gradient *g = c->g;
	size_t d = g->parameters->shape.d;
	double share = 1 / ((double)g->rows * (double)d);
	for (size_t k = begin * d; k < end * d; k++)
		g->dhalf[k % 2][k / 2] = (float)(share * prior_score(g->z[k]) * g->factor[k % d]);
}

/* d loss / ds of the columns: (mean over the rows of tanh(z/2) z - 1) / D. */
static void scale_back_columns(void *context, size_t begin, size_t end)
{
	const struct prior_back *c = context;
	const struct gradient *g = c->g;
	size_t d = g->parameters->shape.d;
	for (size_t j = begin; j < end; j++) {
		double sum = 0; /* dh h = (d loss / dz) z */
		for (size_t r = 0; r < g->rows; r++) {
			size_t k = r * (d / 2) + j / 2;
			sum += (double)g->dhalf[j % 2][k] * (double)g->half[j % 2][k];
		}
		c->dscale[j] = (float)(sum - 1 / (double)d);
	}
}

static enum status uncouple(struct gradient *g, size_t coupling, float *dblock, struct error *e)
{
	const struct parameters *p = g->parameters;
	size_t n = g->rows * p->shape.d / 2, first = coupling * p->nlayers;
	int on = moved_half(coupling), side = 0;
	convert(g, n, g->dhalf[on], g->dactive[0]);
	for (size_t i = p->nlayers; i-- > 0 && e->status == STATUS_OK; side = 1 - side) {
		const struct layer_place *l = &p->layers[first + i];
		void *dy = g->dactive[side], *dx = g->dactive[1 - side];
		learner_backward_weight(learner_of(g, i), g->inputs[first + i], dy,
		                        dblock + l->weight, dblock + l->bias, e);
		if (coupling > 0 || i > 0) /* nobody asks for d loss / dx */
			learner_backward_data(learner_of(g, i), dy, weight_of(g, l), dx, e);
		struct mask mask = {g->inputs[first + i], dx, g->precision};
		if (i > 0)
			parallel_for(g->rows * l->in, GRAIN, mask_range, &mask);
	}
	struct add add = {g->dactive[side], g->dhalf[1 - on], g->precision};
	if (e->status == STATUS_OK && coupling > 0)
		parallel_for(n, GRAIN, add_range, &add);
	return e->status;
}

enum status gradient_compute(struct gradient *g, const float *x, double *ll, float *dblock,
                             struct error *e)
{
	struct prior_back prior = {g, dblock + g->parameters->scale};
	if (gradient_log_likelihood(g, x, ll, e) != STATUS_OK)
		return e->status;
	parallel_for(g->rows, 1, prior_back_rows, &prior);
	parallel_for(g->parameters->shape.d, 16, scale_back_columns, &prior);
	for (size_t i = g->parameters->shape.ncouplings; i-- > 0;) {
		if (uncouple(g, i, dblock, e) != STATUS_OK)
			break;
	}
	return e->status;
}
