/* Forward and backward pass of a stack of linear layers. */
#include "nn/mlp_training.h"

#include "base/vectorised.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { FIRST, MIDDLE, LAST, GRAIN = 16384 /* elements that are worth a thread */ };

/* ---- elementwise, by all threads ---- */

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

void mlp_training_convert(enum precision precision, size_t n, const float *from, void *to)
{
	struct convert c = {from, to, precision};
	threads_for(n, GRAIN, convert_range, &c);
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
		                   (const char *)a->from + i * precision_bytes(a->precision),
		                   piece);
		add_floats(n, piece, a->to + i);
	}
}

void mlp_training_add(enum precision precision, size_t n, const void *from, float *to)
{
	struct add a = {from, to, precision};
	threads_for(n, GRAIN, add_range, &a);
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

static void *rows_of(const struct mlp_training *m, size_t width, struct error *e)
{
	void *p = e->status == STATUS_OK
	              ? hugepage_alloc(m->rows * width, precision_bytes(m->precision))
	              : NULL;
	if (!p)
		error_memory(e);
	return p;
}

static enum status create_products(struct mlp_training *m, struct error *e)
{
	const struct mlp_shape *s = &m->shape;
	struct linear_spec specs[] = {
	    [FIRST] = {s->in, s->mid, m->precision, .relu = true},
	    [MIDDLE] = {s->mid, s->mid, m->precision, .relu = true},
	    [LAST] = {s->nlayers > 1 ? s->mid : s->in, s->out, m->precision, .float_out = true},
	};
	const bool used[] = {s->nlayers > 1, s->nlayers > 2, true};
	for (int i = FIRST; i <= LAST && e->status == STATUS_OK; i++) {
		if (used[i])
			linear_training_create(&specs[i], m->rows, &m->products[i], e);
	}
	return e->status;
}

/* Weights and biases of the largest layer. */
static size_t widest_layer(const struct mlp_shape *s)
{
	size_t in = s->nlayers > 1 && s->mid > s->in ? s->mid : s->in;
	size_t out = s->nlayers > 1 && s->mid > s->out ? s->mid : s->out;
	return (in + 1) * out;
}

enum status mlp_training_init(struct mlp_training *m, const struct mlp_shape *shape, size_t rows,
                              enum precision precision, struct error *e)
{
	struct mlp_training made = {.shape = *shape, .rows = rows, .precision = precision};
	size_t widest = shape->in > shape->out ? shape->in : shape->out;
	widest = shape->mid > widest ? shape->mid : widest;
	for (int i = 0; i < 2; i++)
		made.derivatives[i] = rows_of(&made, widest, e);
	made.layer = hugepage_alloc(widest_layer(shape), sizeof(float));
	if (!made.layer)
		error_memory(e);
	if (e->status == STATUS_OK && create_products(&made, e) == STATUS_OK)
		*m = made;
	else
		mlp_training_release(&made);
	return e->status;
}

void mlp_training_release(struct mlp_training *m)
{
	for (int i = FIRST; i <= LAST; i++)
		linear_training_free(m->products[i]);
	free(m->layer);
	free(m->derivatives[0]);
	free(m->derivatives[1]);
	*m = (struct mlp_training){0};
}

enum status mlp_activations_init(struct mlp_activations *a, const struct mlp_training *m,
                                 struct error *e)
{
	struct mlp_activations made = {calloc(m->shape.nlayers, sizeof(void *)), m->shape.nlayers};
	if (!made.inputs)
		return error_memory(e);
	for (size_t i = 0; i < made.nlayers; i++)
		made.inputs[i] = rows_of(m, i == 0 ? m->shape.in : m->shape.mid, e);
	if (e->status == STATUS_OK)
		*a = made;
	else
		mlp_activations_release(&made);
	return e->status;
}

void mlp_activations_release(struct mlp_activations *a)
{
	for (size_t i = 0; a->inputs && i < a->nlayers; i++)
		free(a->inputs[i]);
	free(a->inputs);
	*a = (struct mlp_activations){0};
}

/* ---- forward and backward ---- */

static struct linear_training *product_of(const struct mlp_training *m, size_t layer)
{
	size_t last = m->shape.nlayers - 1;
	return m->products[layer == last ? LAST : layer == 0 ? FIRST : MIDDLE];
}

static const void *weight_of(const struct mlp_training *m, const struct mlp_parameters *p,
                             size_t layer)
{
	return (const char *)p->weights + p->places[layer].weight * precision_bytes(m->precision);
}

enum status mlp_training_forward(struct mlp_training *m, const struct mlp_parameters *p,
                                 struct mlp_activations *a, const float *x, float *y,
                                 struct error *e)
{
	size_t nlayers = m->shape.nlayers;
	mlp_training_convert(m->precision, m->rows * m->shape.in, x, a->inputs[0]);
	for (size_t i = 0; i < nlayers && e->status == STATUS_OK; i++) {
		void *to = i + 1 < nlayers ? a->inputs[i + 1] : (void *)y;
		linear_training_forward(product_of(m, i), a->inputs[i], weight_of(m, p, i),
		                        p->block + p->places[i].bias, to, e);
	}
	return e->status;
}

/* The gradient of one layer, of dy and of its inputs x, at its place. What is added is summed up
 * first, by itself: the sum has the same bits wherever its terms were computed. */
static enum status backward_layer(struct mlp_training *m, struct linear_training *product,
                                  const struct mlp_place *l, const void *x, const void *dy,
                                  float *dblock, bool add, struct error *e)
{
	size_t nweights = l->in * l->out;
	if (!add)
		return linear_training_backward_weight(product, x, dy, dblock + l->weight,
		                                       dblock + l->bias, e);
	linear_training_backward_weight(product, x, dy, m->layer, m->layer + nweights, e);
	mlp_training_add(PRECISION_F32, nweights, m->layer, dblock + l->weight);
	mlp_training_add(PRECISION_F32, l->out, m->layer + nweights, dblock + l->bias);
	return e->status;
}

enum status mlp_training_backward(struct mlp_training *m, const struct mlp_parameters *p,
                                  const struct mlp_activations *a, const float *dy, float *dblock,
                                  bool add, float *dx, struct error *e)
{
	void *from = m->derivatives[0], *to = m->derivatives[1];
	mlp_training_convert(m->precision, m->rows * m->shape.out, dy, from);
	for (size_t i = m->shape.nlayers; i-- > 0 && e->status == STATUS_OK;) {
		const struct mlp_place *l = &p->places[i];
		backward_layer(m, product_of(m, i), l, a->inputs[i], from, dblock, add, e);
		if (i > 0 || dx)
			linear_training_backward_data(product_of(m, i), from, weight_of(m, p, i),
			                              to, e);
		struct mask mask = {a->inputs[i], to, m->precision};
		if (i > 0)
			threads_for(m->rows * l->in, GRAIN, mask_range, &mask);
		void *swap = from;
		from = to;
		to = swap;
	}
	if (dx && e->status == STATUS_OK)
		mlp_training_add(m->precision, m->rows * m->shape.in, from, dx);
	return e->status;
}
