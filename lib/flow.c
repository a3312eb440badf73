/* Knows the NICE flow. Does not know where its parameters come from or how products are made. */
#include "flow.h"

#include "pages.h"
#include "prior.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static enum status set_scale(struct flow *f, const struct tensor *scale, struct error *e)
{
	tensor_to_double(scale, 0, f->d, f->scale);
	for (size_t j = 0; j < f->d; j++) {
		f->log_det += f->scale[j];
		f->factor[0][j] = exp(f->scale[j]);
		f->factor[1][j] = exp(-f->scale[j]);
		if (!isfinite(f->factor[0][j]) || !isfinite(f->factor[1][j]))
			return error_set(e, STATUS_MALFORMED, "scaling.scale: element %zu is %g", j,
			                 f->scale[j]);
	}
	return STATUS_OK;
}

static size_t widest(const struct statedict *s)
{
	size_t width = 0;
	for (size_t i = 0; i < s->ncouplings * s->nlayers; i++) {
		if (s->layers[i].out > width)
			width = s->layers[i].out;
	}
	return width;
}

/* (MATMUL_MAX_ROWS, width), zero: rows without a record are computed, too. */
static void *workspace(size_t width, size_t size, struct error *e)
{
	bool fits = width <= SIZE_MAX / size / MATMUL_MAX_ROWS;
	void *p = fits ? pages_alloc(MATMUL_MAX_ROWS * width, size) : NULL;
	if (!p)
		error_memory(e);
	else
		memset(p, 0, MATMUL_MAX_ROWS * width * size);
	return p;
}

static enum status allocate(struct flow *f, size_t width, struct error *e)
{
	f->conditioners = calloc(f->ncouplings, sizeof(*f->conditioners));
	f->scale = calloc(f->d, sizeof(double));
	f->factor[0] = calloc(f->d, sizeof(double));
	f->factor[1] = calloc(f->d, sizeof(double));
	if (!f->conditioners || !f->scale || !f->factor[0] || !f->factor[1])
		return error_memory(e);
	for (int i = 0; i < 2; i++) {
		f->half[i] = workspace(f->d / 2, sizeof(double), e);
		f->work[i] = workspace(width, sizeof(float), e);
	}
	f->off = workspace(f->d / 2, sizeof(float), e);
	f->shift = workspace(f->d / 2, sizeof(float), e);
	return e->status;
}

/* Floats of the largest layer. */
static size_t largest_layer(const struct statedict *s)
{
	size_t largest = 0;
	for (size_t i = 0; i < s->ncouplings * s->nlayers; i++) {
		size_t n = s->layers[i].weight->nelements + s->layers[i].bias->nelements;
		largest = n > largest ? n : largest;
	}
	return largest;
}

/* buffer: room for the largest layer. */
static enum status set_conditioner(struct mlp *m, const struct statedict_layer *layers,
                                   size_t nlayers, const struct matmul *matmul, float *buffer,
                                   struct error *e)
{
	if (mlp_init(m, matmul, nlayers, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < nlayers && e->status == STATUS_OK; i++) {
		const struct statedict_layer *l = &layers[i];
		const float *weight = tensor_floats(l->weight, buffer);
		const float *bias = tensor_floats(l->bias, buffer + l->weight->nelements);
		mlp_set_layer(m, i, l->in, l->out, weight, bias, e);
	}
	return e->status;
}

/* Parameters that are no float32 in the file go into the layers by way of one buffer: a new one for
 * each layer would have to be mapped and cleared each time. */
static enum status set_conditioners(struct flow *f, const struct statedict *s,
                                    const struct matmul *matmul, struct error *e)
{
	float *buffer = pages_alloc(largest_layer(s), sizeof(float));
	if (!buffer)
		return error_memory(e);
	for (size_t i = 0; i < f->ncouplings && e->status == STATUS_OK; i++)
		set_conditioner(&f->conditioners[i], s->layers + i * s->nlayers, s->nlayers, matmul,
		                buffer, e);
	free(buffer);
	return e->status;
}

enum status flow_init(struct flow *f, const struct statedict *s, const struct matmul *matmul,
                      struct error *e)
{
	struct flow made = {.d = s->d, .ncouplings = s->ncouplings, .mask_config = s->mask_config};
	if (allocate(&made, widest(s), e) == STATUS_OK)
		set_scale(&made, s->scale, e);
	if (e->status == STATUS_OK)
		set_conditioners(&made, s, matmul, e);
	if (e->status == STATUS_OK)
		*f = made;
	else
		flow_release(&made);
	return e->status;
}

void flow_release(struct flow *f)
{
	for (size_t i = 0; f->conditioners && i < f->ncouplings; i++)
		mlp_release(&f->conditioners[i]);
	free(f->conditioners);
	free(f->scale);
	for (int i = 0; i < 2; i++) {
		free(f->factor[i]);
		free(f->half[i]);
		free(f->work[i]);
	}
	free(f->off);
	free(f->shift);
	*f = (struct flow){0};
}

/* ---- one batch of at most MATMUL_MAX_ROWS records, as two halves ---- */

static void split(struct flow *f, size_t rows, const double *x)
{
	for (size_t k = 0; k < rows * f->d / 2; k++) {
		f->half[0][k] = x[2 * k];
		f->half[1][k] = x[2 * k + 1];
	}
}

static void join(const struct flow *f, size_t rows, double *x)
{
	for (size_t k = 0; k < rows * f->d / 2; k++) {
		x[2 * k] = f->half[0][k];
		x[2 * k + 1] = f->half[1][k];
	}
}

/* on <- on + sign MLP_i(off) */
static enum status couple(struct flow *f, size_t rows, size_t i, double sign, struct error *e)
{
	size_t moves_even = ((size_t)f->mask_config + i) % 2;
	double *on = f->half[1 - moves_even];
	const double *off = f->half[moves_even];
	size_t n = rows * f->d / 2;
	for (size_t k = 0; k < n; k++)
		f->off[k] = (float)off[k];
	if (mlp_forward(&f->conditioners[i], rows, f->off, f->work, f->shift, e) != STATUS_OK)
		return e->status;
	for (size_t k = 0; k < n; k++)
		on[k] += sign * (double)f->shift[k];
	return STATUS_OK;
}

static enum status couple_all(struct flow *f, size_t rows, struct error *e)
{
	for (size_t i = 0; i < f->ncouplings; i++) {
		if (couple(f, rows, i, 1, e) != STATUS_OK)
			break;
	}
	return e->status;
}

static enum status uncouple_all(struct flow *f, size_t rows, struct error *e)
{
	for (size_t i = f->ncouplings; i-- > 0;) {
		if (couple(f, rows, i, -1, e) != STATUS_OK)
			break;
	}
	return e->status;
}

static void scale_rows(const double *factor, size_t rows, size_t d, const double *from, double *to)
{
	for (size_t r = 0; r < rows; r++) {
		for (size_t j = 0; j < d; j++)
			to[r * d + j] = from[r * d + j] * factor[j];
	}
}

/* ---- any number of records ---- */

static size_t rows_of(size_t left)
{
	return left < MATMUL_MAX_ROWS ? left : MATMUL_MAX_ROWS;
}

enum status flow_forward(struct flow *f, size_t n, const double *x, double *z, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, x += rows * f->d, z += rows * f->d) {
		rows = rows_of(n);
		split(f, rows, x);
		if (couple_all(f, rows, e) != STATUS_OK)
			break;
		join(f, rows, z);
		scale_rows(f->factor[0], rows, f->d, z, z);
	}
	return e->status;
}

enum status flow_inverse(struct flow *f, size_t n, const double *z, double *x, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, x += rows * f->d, z += rows * f->d) {
		rows = rows_of(n);
		scale_rows(f->factor[1], rows, f->d, z, x);
		split(f, rows, x);
		if (uncouple_all(f, rows, e) != STATUS_OK)
			break;
		join(f, rows, x);
	}
	return e->status;
}

enum status flow_log_likelihood(struct flow *f, size_t n, const double *x, double *ll,
                                struct error *e)
{
	double *z = malloc(MATMUL_MAX_ROWS * f->d * sizeof(double));
	if (!z)
		return error_memory(e);
	for (size_t rows; n > 0; n -= rows, x += rows * f->d, ll += rows) {
		rows = rows_of(n);
		if (flow_forward(f, rows, x, z, e) != STATUS_OK)
			break;
		for (size_t r = 0; r < rows; r++)
			ll[r] = prior_log_density(z + r * f->d, f->d) + f->log_det;
	}
	free(z);
	return e->status;
}
