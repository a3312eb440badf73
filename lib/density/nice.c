/* The NICE flow for scoring: likelihoods, latents, inverses. */
#include "density/nice.h"

#include "base/vectorised.h"
#include "density/halves.h"
#include "density/logistic.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static enum status set_scale(struct nice *f, const struct tensor *scale, struct error *e)
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

static enum status set_records(struct nice *f, const struct nice_names *s, struct error *e)
{
	if (!s->mean)
		return e->status;
	f->mean = calloc(f->d, sizeof(double));
	f->stdev = calloc(f->d, sizeof(double));
	if (!f->mean || !f->stdev)
		return error_memory(e);
	tensor_to_double(s->mean, 0, f->d, f->mean);
	tensor_to_double(s->stdev, 0, f->d, f->stdev);
	for (size_t j = 0; j < f->d; j++) {
		if (!isfinite(f->mean[j]))
			return error_set(e, STATUS_MALFORMED, "%s: element %zu is %g",
			                 s->mean->name, j, f->mean[j]);
		if (!isnormal(f->stdev[j]) || f->stdev[j] < 0)
			return error_set(e, STATUS_MALFORMED, "%s: element %zu is %g",
			                 s->stdev->name, j, f->stdev[j]);
		f->log_det -= log(f->stdev[j]);
	}
	return STATUS_OK;
}

static size_t widest(const struct nice_names *s)
{
	size_t width = 0;
	for (size_t i = 0; i < s->ncouplings * s->nlayers; i++) {
		if (s->layers[i].out > width)
			width = s->layers[i].out;
	}
	return width;
}

enum status nice_workspace_init(struct nice_workspace *w, const struct nice *f, struct error *e)
{
	size_t size = precision_bytes(f->precision), largest = halves_size(f->d, HALF_EVEN);
	struct nice_workspace made = {0};
	for (size_t i = 0; i < 2; i++) {
		made.half[i] = linear_rows_alloc(f->rows, halves_size(f->d, i), sizeof(double), e);
		made.work[i] = linear_rows_alloc(f->rows, f->width, size, e);
	}
	made.input = linear_rows_alloc(f->rows, largest, size, e);
	made.shift = linear_rows_alloc(f->rows, largest, sizeof(float), e);
	made.z = linear_rows_alloc(f->rows, f->d, sizeof(double), e);
	if (e->status == STATUS_OK)
		*w = made;
	else
		nice_workspace_release(&made);
	return e->status;
}

void nice_workspace_release(struct nice_workspace *w)
{
	for (int i = 0; i < 2; i++) {
		free(w->half[i]);
		free(w->work[i]);
	}
	free(w->input);
	free(w->shift);
	free(w->z);
	*w = (struct nice_workspace){0};
}

static enum status allocate(struct nice *f, struct error *e)
{
	f->conditioners = calloc(f->ncouplings, sizeof(*f->conditioners));
	f->scale = calloc(f->d, sizeof(double));
	f->factor[0] = calloc(f->d, sizeof(double));
	f->factor[1] = calloc(f->d, sizeof(double));
	if (!f->conditioners || !f->scale || !f->factor[0] || !f->factor[1])
		error_memory(e);
	return e->status;
}

/* Parameters that are worth a thread when layers are prepared. */
enum { SHARED_FLOATS = 1 << 20 };

/* Floats of the largest layer. */
static size_t largest_layer(const struct nice_names *s)
{
	size_t largest = 0;
	for (size_t i = 0; i < s->ncouplings * s->nlayers; i++) {
		size_t n = s->layers[i].weight->nelements + s->layers[i].bias->nelements;
		largest = n > largest ? n : largest;
	}
	return largest;
}

/* buffer: room for the largest layer. */
static enum status set_conditioner(struct nice *f, size_t coupling, const struct nice_names *s,
                                   const struct linear_backend *backend, float *buffer,
                                   struct error *e)
{
	struct mlp *m = &f->conditioners[coupling];
	if (mlp_init(m, backend, f->precision, s->nlayers, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < s->nlayers && e->status == STATUS_OK; i++) {
		const struct nice_names_layer *l = &s->layers[coupling * s->nlayers + i];
		const float *weight = tensor_floats(l->weight, buffer);
		const float *bias = tensor_floats(l->bias, buffer + l->weight->nelements);
		mlp_set_layer(m, i, l->in, l->out, weight, bias, e);
		tensors_forget(s->tensors, l->weight); /* the layer has a copy */
	}
	return e->status;
}

/* Conditioners, as each thread takes some. */
struct setting {
	struct nice *f;
	const struct nice_names *names;
	const struct linear_backend *backend;
	struct error *errors; /* of each coupling */
};

/* Parameters that are no float32 in the file go into the layers by way of one buffer: a new one for
 * each layer would have to be mapped and cleared each time. */
static void set_range(void *context, size_t begin, size_t end)
{
	const struct setting *c = context;
	float *buffer = hugepage_alloc(largest_layer(c->names), sizeof(float));
	for (size_t i = begin; i < end && buffer; i++)
		set_conditioner(c->f, i, c->names, c->backend, buffer, &c->errors[i]);
	if (!buffer)
		error_memory(&c->errors[begin]);
	free(buffer);
}

/* Of what has failed, the first coupling is reported, whatever the threads. */
static enum status set_conditioners(struct nice *f, const struct nice_names *s,
                                    const struct linear_backend *backend, struct error *e)
{
	struct setting c = {f, s, backend, calloc(f->ncouplings, sizeof(*c.errors))};
	if (!c.errors)
		return error_memory(e);
	size_t floats = largest_layer(s) * s->nlayers; /* of a conditioner, at most */
	threads_for(f->ncouplings, 1 + SHARED_FLOATS / floats, set_range, &c);
	for (size_t i = 0; i < f->ncouplings && e->status == STATUS_OK; i++)
		*e = c.errors[i];
	free(c.errors);
	return e->status;
}

enum status nice_init(struct nice *f, const struct nice_names *s,
                      const struct linear_backend *backend, enum precision precision,
                      struct error *e)
{
	struct nice made = {.d = s->d,
	                    .ncouplings = s->ncouplings,
	                    .mask_config = s->mask_config,
	                    .precision = precision,
	                    .width = widest(s)};
	made.rows = linear_rows(made.width > made.d ? made.width : made.d);
	if (allocate(&made, e) == STATUS_OK)
		set_scale(&made, s->scale, e);
	if (e->status == STATUS_OK)
		set_records(&made, s, e);
	if (e->status == STATUS_OK)
		set_conditioners(&made, s, backend, e);
	if (e->status == STATUS_OK)
		*f = made;
	else
		nice_release(&made);
	return e->status;
}

void nice_release(struct nice *f)
{
	for (size_t i = 0; f->conditioners && i < f->ncouplings; i++)
		mlp_release(&f->conditioners[i]);
	free(f->conditioners);
	free(f->scale);
	free(f->mean);
	free(f->stdev);
	free(f->factor[0]);
	free(f->factor[1]);
	*f = (struct nice){0};
}

/* ---- one batch of at most f->rows records, as two halves ---- */

/* One pass over a batch; not all of it is used by each. */
struct pass {
	const struct nice *f;
	struct nice_workspace *w;
	const double *factor; /* (D), or NULL for none */
	bool records;       /* the records are centered and scaled at this end, if the model does */
	const double *from; /* (rows, D) */
	double *to;         /* (rows, D) */
	double *ll;         /* (rows), or NULL */
	size_t on;          /* the half that a coupling moves */
	double sign;
};

enum { PIECE = 512, GRAIN = 8192 /* elements that are worth a thread */ };

static size_t grain_rows(const struct nice *f)
{
	return GRAIN / f->d + 1;
}

VECTORISED static void multiply(size_t n, const double *restrict factor, double *restrict x)
{
	for (size_t k = 0; k < n; k++)
		x[k] *= factor[k];
}

VECTORISED static void center(size_t n, const double *restrict mean, const double *restrict stdev,
                              double *restrict x)
{
	for (size_t k = 0; k < n; k++)
		x[k] = (x[k] - mean[k]) / stdev[k];
}

VECTORISED static void uncenter(size_t n, const double *restrict mean, const double *restrict stdev,
                                double *restrict x)
{
	for (size_t k = 0; k < n; k++)
		x[k] = x[k] * stdev[k] + mean[k];
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

/* Record r of a half. */
static double *half_of(const struct pass *p, size_t half, size_t r)
{
	return p->w->half[half] + r * halves_size(p->f->d, half);
}

/* The records, scaled if there is a factor, into halves; the half that the first coupling reads
 * into its input. */
static void begin_rows(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	const struct nice *f = p->f;
	struct nice_workspace *w = p->w;
	size_t off = 1 - p->on, off_size = halves_size(f->d, off);
	for (size_t r = begin; r < end; r++) {
		const double *from = p->from + r * f->d;
		if (p->factor || p->records) {
			double *scaled = w->z + r * f->d;
			memcpy(scaled, from, f->d * sizeof(double));
			if (p->factor)
				multiply(f->d, p->factor, scaled);
			if (p->records)
				center(f->d, f->mean, f->stdev, scaled);
			from = scaled;
		}
		halves_split(f->d, from, half_of(p, HALF_EVEN, r), half_of(p, HALF_ODD, r));
	}
	make_input(p, w->half[off], begin * off_size, end * off_size);
}

/* on <- on + sign shift; what was moved is what the next coupling reads. */
static void move_range(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	double *on = p->w->half[p->on];
	add(end - begin, p->sign, p->w->shift + begin, on + begin);
	make_input(p, on, begin, end);
}

/* The halves into records, scaled if there is a factor; and what these are worth under the prior.
 */
static void end_rows(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	const struct nice *f = p->f;
	for (size_t r = begin; r < end; r++) {
		double *z = p->to + r * f->d;
		halves_join(f->d, half_of(p, HALF_EVEN, r), half_of(p, HALF_ODD, r), z);
		if (p->factor)
			multiply(f->d, p->factor, z);
		if (p->records)
			uncenter(f->d, f->mean, f->stdev, z);
		if (p->ll)
			p->ll[r] = logistic_log_density(z, f->d) + f->log_det;
	}
}

/* ---- a pass, in steps ---- */

void nice_begin(const struct nice *f, struct nice_workspace *w, size_t rows, const double *x)
{
	struct pass p = {.f = f,
	                 .w = w,
	                 .records = f->mean != NULL,
	                 .from = x,
	                 .on = halves_moved(f->mask_config, 0)};
	threads_for(rows, grain_rows(f), begin_rows, &p);
}

static void move(const struct nice *f, struct nice_workspace *w, size_t rows, size_t i, double sign)
{
	struct pass p = {.f = f, .w = w, .on = halves_moved(f->mask_config, i), .sign = sign};
	threads_for(rows * halves_size(f->d, p.on), GRAIN, move_range, &p);
}

void nice_move(const struct nice *f, struct nice_workspace *w, size_t rows, size_t coupling)
{
	move(f, w, rows, coupling, 1);
}

void nice_end(const struct nice *f, struct nice_workspace *w, size_t rows, double *z, double *ll)
{
	struct pass p = {.f = f, .w = w, .factor = f->factor[0], .to = z, .ll = ll};
	threads_for(rows, grain_rows(f), end_rows, &p);
}

/* Which output of the first conditioner each row gets: a row whose input is that of one of the two
 * before it shares theirs, so that records that differ in one element each (attribution by
 * replacement) are computed once where they do not. Moves the inputs together; returns how many
 * there are. */
static size_t share_inputs(size_t rows, size_t bytes, char *input, unsigned short *from)
{
	size_t n = 0;
	for (size_t r = 0; r < rows; r++) {
		const char *own = input + r * bytes;
		size_t back = 1;
		while (back <= 2 && back <= r &&
		       memcmp(own, input + from[r - back] * bytes, bytes) != 0)
			back++;
		if (back <= 2 && back <= r) {
			from[r] = from[r - back];
			continue;
		}
		if (n < r)
			memcpy(input + n * bytes, own, bytes);
		from[r] = (unsigned short)n++;
	}
	return n;
}

/* The outputs back to their rows, the last first: from[r] <= r. */
static void spread_outputs(size_t rows, size_t width, const unsigned short *from, float *shift)
{
	for (size_t r = rows; r-- > 0;) {
		if (from[r] < r)
			memcpy(shift + r * width, shift + from[r] * width, width * sizeof(float));
	}
}

/* The first conditioner of a pass, on distinct inputs. */
static enum status condition(const struct nice *f, struct nice_workspace *w, size_t rows, size_t i,
                             struct error *e)
{
	unsigned short from[LINEAR_MAX_ROWS];
	size_t on = halves_moved(f->mask_config, i);
	size_t n = share_inputs(rows, halves_size(f->d, 1 - on) * precision_bytes(f->precision),
	                        w->input, from);
	if (mlp_forward(&f->conditioners[i], n, w->input, w->work, w->shift, e) == STATUS_OK &&
	    n < rows)
		spread_outputs(rows, halves_size(f->d, on), from, w->shift);
	return e->status;
}

/* x to z; ll may be NULL. */
static enum status transform(const struct nice *f, struct nice_workspace *w, size_t rows,
                             const double *x, double *z, double *ll, struct error *e)
{
	nice_begin(f, w, rows, x);
	if (condition(f, w, rows, 0, e) != STATUS_OK)
		return e->status;
	move(f, w, rows, 0, 1);
	for (size_t i = 1; i < f->ncouplings; i++) {
		if (mlp_forward(&f->conditioners[i], rows, w->input, w->work, w->shift, e) !=
		    STATUS_OK)
			return e->status;
		move(f, w, rows, i, 1);
	}
	nice_end(f, w, rows, z, ll);
	return STATUS_OK;
}

static enum status invert(const struct nice *f, struct nice_workspace *w, size_t rows,
                          const double *z, double *x, struct error *e)
{
	struct pass first = {.f = f,
	                     .w = w,
	                     .factor = f->factor[1],
	                     .from = z,
	                     .on = halves_moved(f->mask_config, f->ncouplings - 1)};
	struct pass last = {.f = f, .w = w, .records = f->mean != NULL, .to = x};
	threads_for(rows, grain_rows(f), begin_rows, &first);
	for (size_t i = f->ncouplings; i-- > 0;) {
		if (mlp_forward(&f->conditioners[i], rows, w->input, w->work, w->shift, e) !=
		    STATUS_OK)
			return e->status;
		move(f, w, rows, i, -1);
	}
	threads_for(rows, grain_rows(f), end_rows, &last);
	return STATUS_OK;
}

/* ---- any number of records ---- */

static size_t rows_of(const struct nice *f, size_t left)
{
	return left < f->rows ? left : f->rows;
}

static enum status transform_all(const struct nice *f, struct nice_workspace *w, bool inverse,
                                 size_t n, const double *from, double *to, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, from += rows * f->d, to += rows * f->d) {
		rows = rows_of(f, n);
		if ((inverse ? invert(f, w, rows, from, to, e)
		             : transform(f, w, rows, from, to, NULL, e)) != STATUS_OK)
			break;
	}
	return e->status;
}

enum status nice_forward(const struct nice *f, struct nice_workspace *w, size_t n, const double *x,
                         double *z, struct error *e)
{
	return transform_all(f, w, false, n, x, z, e);
}

enum status nice_inverse(const struct nice *f, struct nice_workspace *w, size_t n, const double *z,
                         double *x, struct error *e)
{
	return transform_all(f, w, true, n, z, x, e);
}

enum status nice_log_likelihood(const struct nice *f, struct nice_workspace *w, size_t n,
                                const double *x, double *ll, struct error *e)
{
	for (size_t rows; n > 0; n -= rows, x += rows * f->d, ll += rows) {
		rows = rows_of(f, n);
		if (transform(f, w, rows, x, w->z, ll, e) != STATUS_OK)
			break;
	}
	return e->status;
}
