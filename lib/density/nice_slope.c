/* The way back through the couplings, to the record. */
#include "density/nice_slope.h"

#include "density/halves.h"
#include "density/logistic.h"
#include "system/hugepage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- set-up ---- */

static size_t largest_weight(const struct nice_names *names)
{
	size_t largest = 0;
	for (size_t i = 0; i < names->ncouplings * names->nlayers; i++) {
		size_t n = names->layers[i].weight->nelements;
		largest = n > largest ? n : largest;
	}
	return largest;
}

static void set_network(struct mlp_slope *m, const struct nice_names *names, size_t coupling,
                        float *buffer, struct error *e)
{
	const struct nice_names_layer *l = &names->layers[coupling * names->nlayers];
	for (size_t i = 0; i < names->nlayers && e->status == STATUS_OK; i++) {
		mlp_slope_set_layer(m, i, l[i].in, l[i].out, tensor_floats(l[i].weight, buffer), e);
		tensors_forget(names->tensors, l[i].weight);
	}
}

enum status nice_slope_init(struct nice_slope *s, const struct nice *f,
                            const struct nice_names *names, struct error *e)
{
	struct nice_slope made = {.f = f,
	                          .networks = calloc(f->ncouplings, sizeof(struct mlp_slope))};
	float *buffer = hugepage_alloc(largest_weight(names), sizeof(float));
	if (!made.networks || !buffer)
		error_memory(e);
	for (size_t i = 0; i < f->ncouplings && e->status == STATUS_OK; i++) {
		if (mlp_slope_init(&made.networks[i], &f->conditioners[i], e) == STATUS_OK)
			set_network(&made.networks[i], names, i, buffer, e);
	}
	free(buffer);
	if (e->status == STATUS_OK)
		*s = made;
	else
		nice_slope_release(&made);
	return e->status;
}

void nice_slope_release(struct nice_slope *s)
{
	for (size_t i = 0; s->networks && i < s->f->ncouplings; i++)
		mlp_slope_release(&s->networks[i]);
	free(s->networks);
	*s = (struct nice_slope){0};
}

enum status nice_slope_workspace_init(struct nice_slope_workspace *w, const struct nice_slope *s,
                                      struct error *e)
{
	const struct nice *f = s->f;
	size_t half = halves_size(f->d, HALF_EVEN), widest = f->width > half ? f->width : half;
	struct nice_slope_workspace made = {.active = calloc(f->ncouplings, sizeof(*made.active)),
	                                    .ncouplings = f->ncouplings};
	if (!made.active)
		error_memory(e);
	for (size_t i = 0; i < f->ncouplings && e->status == STATUS_OK; i++)
		made.active[i] = linear_rows_alloc(f->rows, s->networks[i].nactive + 1, 1, e);
	for (size_t i = 0; i < 2; i++) {
		made.delta[i] = linear_rows_alloc(f->rows, widest, sizeof(float), e);
		made.dhalf[i] = linear_rows_alloc(f->rows, halves_size(f->d, i), sizeof(double), e);
	}
	made.don = linear_rows_alloc(f->rows, widest, sizeof(float), e);
	made.doff = linear_rows_alloc(f->rows, widest, sizeof(float), e);
	made.work = linear_rows_alloc(f->rows, widest, precision_bytes(f->precision), e);
	if (e->status == STATUS_OK)
		*w = made;
	else
		nice_slope_workspace_release(&made);
	return e->status;
}

void nice_slope_workspace_release(struct nice_slope_workspace *w)
{
	for (size_t i = 0; w->active && i < w->ncouplings; i++)
		free(w->active[i]);
	free(w->active);
	for (int i = 0; i < 2; i++) {
		free(w->delta[i]);
		free(w->dhalf[i]);
	}
	free(w->don);
	free(w->doff);
	free(w->work);
	*w = (struct nice_slope_workspace){0};
}

/* ---- at most s->f->rows records ---- */

/* d log p / dh, as halves. */
static void prior_back(const struct nice *f, struct nice_slope_workspace *own, size_t rows,
                       double *z)
{
	for (size_t r = 0; r < rows; r++, z += f->d) {
		for (size_t j = 0; j < f->d; j++)
			z[j] = -logistic_score(z[j]) * f->factor[0][j];
		halves_split(f->d, z, own->dhalf[HALF_EVEN] + r * halves_size(f->d, HALF_EVEN),
		             own->dhalf[HALF_ODD] + r * halves_size(f->d, HALF_ODD));
	}
}

/* doff <- doff + don J */
static enum status uncouple(const struct nice_slope *s, struct nice_slope_workspace *own,
                            size_t rows, size_t coupling, struct error *e)
{
	const struct nice *f = s->f;
	size_t on = halves_moved(f->mask_config, coupling), off = 1 - on;
	for (size_t k = 0; k < rows * halves_size(f->d, on); k++)
		own->don[k] = (float)own->dhalf[on][k];
	if (mlp_slope_backward(&s->networks[coupling], rows, own->don, own->active[coupling],
	                       own->delta, own->work, own->doff, e) == STATUS_OK)
		for (size_t k = 0; k < rows * halves_size(f->d, off); k++)
			own->dhalf[off][k] += (double)own->doff[k];
	return e->status;
}

static enum status compute_rows(const struct nice_slope *s, struct nice_workspace *w,
                                struct nice_slope_workspace *own, size_t rows, const double *x,
                                double *ll, double *dx, struct error *e)
{
	const struct nice *f = s->f;
	nice_begin(f, w, rows, x);
	for (size_t i = 0; i < f->ncouplings; i++) {
		if (mlp_slope_forward(&s->networks[i], rows, w->input, w->work, w->shift,
		                      own->active[i], e) != STATUS_OK)
			return e->status;
		nice_move(f, w, rows, i);
	}
	nice_end(f, w, rows, w->z, ll);
	prior_back(f, own, rows, w->z);
	for (size_t i = f->ncouplings; i-- > 0;) {
		if (uncouple(s, own, rows, i, e) != STATUS_OK)
			return e->status;
	}
	for (size_t r = 0; r < rows; r++, dx += f->d) {
		halves_join(f->d, own->dhalf[HALF_EVEN] + r * halves_size(f->d, HALF_EVEN),
		            own->dhalf[HALF_ODD] + r * halves_size(f->d, HALF_ODD), dx);
		for (size_t j = 0; f->stdev && j < f->d; j++)
			dx[j] /= f->stdev[j];
	}
	return STATUS_OK;
}

enum status nice_slope_compute(const struct nice_slope *s, struct nice_workspace *w,
                               struct nice_slope_workspace *own, size_t n, const double *x,
                               double *ll, double *dx, struct error *e)
{
	size_t d = s->f->d, most = s->f->rows;
	for (size_t rows; n > 0; n -= rows, x += rows * d, dx += rows * d, ll += rows) {
		rows = n < most ? n : most;
		if (compute_rows(s, w, own, rows, x, ll, dx, e) != STATUS_OK)
			break;
	}
	return e->status;
}
