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
			m->backend->create(&specs[i], m->rows, &m->products[i], e);
	}
	return e->status;
}

enum status mlp_training_init(struct mlp_training *m, const struct mlp_shape *shape, size_t rows,
                              enum precision precision, struct error *e)
{
	struct mlp_training made = {.shape = *shape,
	                            .rows = rows,
	                            .precision = precision,
	                            .backend = linear_training_for(precision)};
	made.dx = rows_of(&made, shape->in, e);
	if (e->status == STATUS_OK && create_products(&made, e) == STATUS_OK)
		*m = made;
	else
		mlp_training_release(&made);
	return e->status;
}

void mlp_training_release(struct mlp_training *m)
{
	for (int i = FIRST; i <= LAST && m->backend; i++)
		m->backend->free(m->products[i]);
	free(m->dx);
	*m = (struct mlp_training){0};
}

static void release_layers(void **arrays, size_t n)
{
	for (size_t i = 0; arrays && i < n; i++)
		free(arrays[i]);
	free(arrays);
}

/* An array of rows for each layer: (rows, mid), but for one of them. */
static void **create_layers(const struct mlp_training *m, size_t odd, size_t width, struct error *e)
{
	size_t n = m->shape.nlayers;
	void **arrays = calloc(n, sizeof(void *));
	if (!arrays)
		error_memory(e);
	for (size_t i = 0; i < n && e->status == STATUS_OK; i++)
		arrays[i] = rows_of(m, i == odd ? width : m->shape.mid, e);
	if (e->status == STATUS_OK)
		return arrays;
	release_layers(arrays, n);
	return NULL;
}

enum status mlp_activations_init(struct mlp_activations *a, const struct mlp_training *m,
                                 struct error *e)
{
	a->inputs = create_layers(m, 0, m->shape.in, e);
	a->nlayers = m->shape.nlayers;
	return e->status;
}

void mlp_activations_release(struct mlp_activations *a)
{
	release_layers(a->inputs, a->nlayers);
	*a = (struct mlp_activations){0};
}

enum status mlp_derivatives_init(struct mlp_derivatives *d, const struct mlp_training *m,
                                 struct error *e)
{
	d->outputs = create_layers(m, m->shape.nlayers - 1, m->shape.out, e);
	d->nlayers = m->shape.nlayers;
	return e->status;
}

void mlp_derivatives_release(struct mlp_derivatives *d)
{
	release_layers(d->outputs, d->nlayers);
	*d = (struct mlp_derivatives){0};
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

/* Where row `first` of (rows, width) T begins. */
static void *row_of(const struct mlp_training *m, void *rows, size_t width, size_t first)
{
	return (char *)rows + first * width * precision_bytes(m->precision);
}

enum status mlp_training_forward(struct mlp_training *m, const struct mlp_parameters *p,
                                 struct mlp_activations *a, struct mlp_rows rows, const float *x,
                                 float *y, struct error *e)
{
	size_t in = m->shape.in, nlayers = m->shape.nlayers;
	mlp_training_convert(m->precision, rows.n * in, x + rows.first * in,
	                     row_of(m, a->inputs[0], in, rows.first));
	for (size_t i = 0; i < nlayers && e->status == STATUS_OK; i++) {
		const struct mlp_place *l = &p->places[i];
		void *to = y + rows.first * l->out;
		if (i + 1 < nlayers)
			to = row_of(m, a->inputs[i + 1], l->out, rows.first);
		m->backend->forward(product_of(m, i), rows.n,
		                    row_of(m, a->inputs[i], l->in, rows.first), weight_of(m, p, i),
		                    p->block + l->bias, to, e);
	}
	return e->status;
}

enum status mlp_training_backward(struct mlp_training *m, const struct mlp_parameters *p,
                                  const struct mlp_activations *a, struct mlp_derivatives *d,
                                  struct mlp_rows rows, const float *dy, float *dx, struct error *e)
{
	size_t out = m->shape.out, in = m->shape.in, last = m->shape.nlayers - 1;
	mlp_training_convert(m->precision, rows.n * out, dy + rows.first * out,
	                     row_of(m, d->outputs[last], out, rows.first));
	for (size_t i = last + 1; i-- > (dx ? 0 : 1) && e->status == STATUS_OK;) {
		const struct mlp_place *l = &p->places[i];
		void *to = row_of(m, i > 0 ? d->outputs[i - 1] : m->dx, l->in, rows.first);
		struct mask mask = {row_of(m, a->inputs[i], l->in, rows.first), to, m->precision};
		m->backend->backward_data(product_of(m, i), rows.n,
		                          row_of(m, d->outputs[i], l->out, rows.first),
		                          weight_of(m, p, i), to, e);
		if (i > 0)
			threads_for(rows.n * l->in, GRAIN, mask_range, &mask);
	}
	if (dx && e->status == STATUS_OK)
		mlp_training_add(m->precision, rows.n * in, row_of(m, m->dx, in, rows.first),
		                 dx + rows.first * in);
	return e->status;
}

enum status mlp_training_gradient(struct mlp_training *m, const struct mlp_parameters *p,
                                  const struct mlp_activations *a, const struct mlp_derivatives *d,
                                  size_t layer, struct linear_part part, float *dblock, bool add,
                                  struct error *e)
{
	const struct mlp_place *l = &p->places[layer];
	return m->backend->backward_weight(product_of(m, layer), part, a->inputs[layer],
	                                   d->outputs[layer], dblock + l->weight, dblock + l->bias,
	                                   add, e);
}
