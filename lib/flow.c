/* Knows the NICE flow. Does not know where its parameters come from or how products are made. */
#include "flow.h"

#include "pages.h"
#include "parallel.h"
#include "prior.h"
#include "vector.h"

#include <math.h>
#include <stdbool.h>
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
	void *p = fits ? pages_zeroed(MATMUL_MAX_ROWS * width, size) : NULL;
	if (!p)
		error_memory(e);
	return p;
}

enum status flow_workspace_init(struct flow_workspace *w, const struct flow *f, struct error *e)
{
	size_t size = precision_bytes(f->precision);
	struct flow_workspace made = {0};
	for (int i = 0; i < 2; i++) {
		made.half[i] = workspace(f->d / 2, sizeof(double), e);
		made.work[i] = workspace(f->width, size, e);
	}
	made.input = workspace(f->d / 2, size, e);
	made.shift = workspace(f->d / 2, sizeof(float), e);
	made.z = workspace(f->d, sizeof(double), e);
	if (e->status == STATUS_OK)
		*w = made;
	else
		flow_workspace_release(&made);
	return e->status;
}

void flow_workspace_release(struct flow_workspace *w)
{
	for (int i = 0; i < 2; i++) {
		free(w->half[i]);
		free(w->work[i]);
	}
	free(w->input);
	free(w->shift);
	free(w->z);
	*w = (struct flow_workspace){0};
}

static enum status allocate(struct flow *f, struct error *e)
{
	f->conditioners = calloc(f->ncouplings, sizeof(*f->conditioners));
	f->scale = calloc(f->d, sizeof(double));
	f->factor[0] = calloc(f->d, sizeof(double));
	f->factor[1] = calloc(f->d, sizeof(double));
	if (!f->conditioners || !f->scale || !f->factor[0] || !f->factor[1])
		error_memory(e);
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
static enum status set_conditioner(struct flow *f, size_t coupling, const struct statedict *s,
                                   const struct matmul *matmul, float *buffer, struct error *e)
{
	struct mlp *m = &f->conditioners[coupling];
	if (mlp_init(m, matmul, f->precision, s->nlayers, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < s->nlayers && e->status == STATUS_OK; i++) {
		const struct statedict_layer *l = &s->layers[coupling * s->nlayers + i];
		const float *weight = tensor_floats(l->weight, buffer);
		const float *bias = tensor_floats(l->bias, buffer + l->weight->nelements);
		mlp_set_layer(m, i, l->in, l->out, weight, bias, e);
		tensors_forget(s->tensors, l->weight); /* the layer has a copy */
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
		set_conditioner(f, i, s, matmul, buffer, e);
	free(buffer);
	return e->status;
}

enum status flow_init(struct flow *f, const struct statedict *s, const struct matmul *matmul,
                      enum precision precision, struct error *e)
{
	struct flow made = {.d = s->d,
	                    .ncouplings = s->ncouplings,
	                    .mask_config = s->mask_config,
	                    .precision = precision,
	                    .width = widest(s)};
	if (allocate(&made, e) == STATUS_OK)
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
	free(f->factor[0]);
	free(f->factor[1]);
	*f = (struct flow){0};
}

/* ---- one batch of at most MATMUL_MAX_ROWS records, as two halves ---- */

/* One pass over a batch; not all of it is used by each. */
struct pass {
	const struct flow *f;
	struct flow_workspace *w;
	const double *factor; /* (D), or NULL for none */
	const double *from;   /* (rows, D) */
	double *to;           /* (rows, D) */
	double *ll;           /* (rows), or NULL */
	size_t on;            /* the half that a coupling moves */
	double sign;
};

enum { PIECE = 512, GRAIN = 8192 /* elements that are worth a thread */ };

static size_t grain_rows(const struct flow *f)
{
	return GRAIN / f->d + 1;
}

VECTORISED static void split(size_t n, const double *restrict x, double *restrict even,
                             double *restrict odd)
{
	for (size_t k = 0; k < n; k++) {
		even[k] = x[2 * k];
		odd[k] = x[2 * k + 1];
	}
}

VECTORISED static void join(size_t n, const double *restrict even, const double *restrict odd,
                            double *restrict x)
{
	for (size_t k = 0; k < n; k++) {
		x[2 * k] = even[k];
		x[2 * k + 1] = odd[k];
	}
}

VECTORISED static void multiply(size_t n, const double *restrict factor, double *restrict x)
{
	for (size_t k = 0; k < n; k++)
		x[k] *= factor[k];
}

VECTORISED static void add(size_t n, double sign, const float *restrict shift, double *restrict on)
{
	for (size_t k = 0; k < n; k++)
		on[k] += sign * (double)shift[k];
}

VECTORISED static void narrow(size_t n, const double *restrict from, float *restrict to)
{
	for (size_t k = 0; k < n; k++)
		to[k] = (float)from[k];
}

/* The elements begin .. end-1 of a half become a conditioner's input. */
static void make_input(const struct pass *p, const double *half, size_t begin, size_t end)
{
	enum precision precision = p->f->precision;
	float piece[PIECE];
	for (size_t k = begin, n; k < end; k += n) {
		n = end - k < PIECE ? end - k : PIECE;
		narrow(n, half + k, piece);
		precision_from_float(precision, n, piece,
		                     (char *)p->w->input + k * precision_bytes(precision));
	}
}

/* The records, scaled if there is a factor, into halves; the half that the first coupling reads
 * into its input. */
static void begin_rows(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	const struct flow *f = p->f;
	struct flow_workspace *w = p->w;
	size_t half = f->d / 2;
	for (size_t r = begin; r < end; r++) {
		const double *from = p->from + r * f->d;
		if (p->factor) {
			double *scaled = w->z + r * f->d;
			memcpy(scaled, from, f->d * sizeof(double));
			multiply(f->d, p->factor, scaled);
			from = scaled;
		}
		split(half, from, w->half[0] + r * half, w->half[1] + r * half);
	}
	make_input(p, w->half[1 - p->on], begin * half, end * half);
}

/* on <- on + sign shift; what was moved is what the next coupling reads. */
static void move_range(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	double *on = p->w->half[p->on];
	add(end - begin, p->sign, p->w->shift + begin, on + begin);
	make_input(p, on, begin, end);
}

/* The halves into records, scaled if there is a factor; and what these are worth under the prior. */
static void end_rows(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	const struct flow *f = p->f;
	struct flow_workspace *w = p->w;
	size_t half = f->d / 2;
	for (size_t r = begin; r < end; r++) {
		double *z = p->to + r * f->d;
		join(half, w->half[0] + r * half, w->half[1] + r * half, z);
		if (p->factor)
			multiply(f->d, p->factor, z);
		if (p->ll)
			p->ll[r] = prior_log_density(z, f->d) + f->log_det;
	}
}

/* Which half coupling i moves. */
static size_t moved_half(const struct flow *f, size_t i)
{
	return 1 - ((size_t)f->mask_config + i) % 2;
}

/* on <- on + sign MLP_i(off) */
static enum status couple(const struct flow *f, struct flow_workspace *w, size_t rows, size_t i,
                          double sign, struct error *e)
{
	struct pass p = {.f = f, .w = w, .on = moved_half(f, i), .sign = sign};
	if (mlp_forward(&f->conditioners[i], rows, w->input, w->work, w->shift, e) == STATUS_OK)
		parallel_for(rows * f->d / 2, GRAIN, move_range, &p);
	return e->status;
}

/* x to z, or if `inverse` z to x; ll, of the result, may be NULL. */
static enum status transform(const struct flow *f, struct flow_workspace *w, bool inverse,
                             size_t rows, const double *from, double *to, double *ll,
                             struct error *e)
{
	size_t n = f->ncouplings;
	struct pass first = {.f = f,
	                     .w = w,
	                     .factor = inverse ? f->factor[1] : NULL,
	                     .from = from,
	                     .on = moved_half(f, inverse ? n - 1 : 0)};
	struct pass last = {
	    .f = f, .w = w, .factor = inverse ? NULL : f->factor[0], .to = to, .ll = ll};
	parallel_for(rows, grain_rows(f), begin_rows, &first);
	for (size_t i = 0; i < n; i++) {
		if (couple(f, w, rows, inverse ? n - 1 - i : i, inverse ? -1 : 1, e) != STATUS_OK)
			return e->status;
	}
	parallel_for(rows, grain_rows(f), end_rows, &last);
	return STATUS_OK;
}

/* ---- any number of records ---- */

static size_t rows_of(size_t left)
{
	return left < MATMUL_MAX_ROWS ? left : MATMUL_MAX_ROWS;
}

static enum status transform_all(const struct flow *f, struct flow_workspace *w, bool inverse,
                                 size_t n, const double *from, double *to, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, from += rows * f->d, to += rows * f->d) {
		rows = rows_of(n);
		if (transform(f, w, inverse, rows, from, to, NULL, e) != STATUS_OK)
			break;
	}
	return e->status;
}

enum status flow_forward(const struct flow *f, struct flow_workspace *w, size_t n, const double *x,
                         double *z, struct error *e)
{
	return transform_all(f, w, false, n, x, z, e);
}

enum status flow_inverse(const struct flow *f, struct flow_workspace *w, size_t n, const double *z,
                         double *x, struct error *e)
{
	return transform_all(f, w, true, n, z, x, e);
}

enum status flow_log_likelihood(const struct flow *f, struct flow_workspace *w, size_t n,
                                const double *x, double *ll, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, x += rows * f->d, ll += rows) {
		rows = rows_of(n);
		if (transform(f, w, false, rows, x, w->z, ll, e) != STATUS_OK)
			break;
	}
	return e->status;
}
