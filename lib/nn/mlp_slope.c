/* The way back through a stack of linear layers, to its input. */
#include "nn/mlp_slope.h"

#include "system/hugepage.h"

#include <stdint.h>
#include <stdlib.h>

enum status mlp_slope_init(struct mlp_slope *s, const struct mlp *m, struct error *e)
{
	struct mlp_slope made = {.mlp = m,
	                         .transposed = calloc(m->nlayers, sizeof(struct linear *)),
	                         .outs = calloc(m->nlayers, sizeof(*made.outs))};
	if (!made.transposed || !made.outs) {
		mlp_slope_release(&made);
		return error_memory(e);
	}
	*s = made;
	return STATUS_OK;
}

void mlp_slope_release(struct mlp_slope *s)
{
	for (size_t i = 0; s->transposed && i < s->mlp->nlayers; i++)
		s->mlp->backend->free(s->transposed[i]);
	free(s->transposed);
	free(s->outs);
	*s = (struct mlp_slope){0};
}

enum status mlp_slope_set_layer(struct mlp_slope *s, size_t layer, size_t in, size_t out,
                                const float *weight, struct error *e)
{
	const struct mlp *m = s->mlp;
	struct linear_spec spec = {out, in, m->precision, .float_out = true};
	float *turned = hugepage_alloc(in * out, sizeof(float)), *none = calloc(in, sizeof(float));
	if (turned && none) {
		for (size_t i = 0; i < in; i++)
			for (size_t o = 0; o < out; o++)
				turned[i * out + o] = weight[o * in + i];
		m->backend->create(&spec, turned, none, &s->transposed[layer], e);
	} else {
		error_memory(e);
	}
	s->outs[layer] = out;
	if (layer + 1 < m->nlayers)
		s->nactive += out;
	free(turned);
	free(none);
	return e->status;
}

/* The bytes of a layer follow those of the layers before it. */
static void note_active(enum precision p, size_t n, const void *y, unsigned char *active)
{
	const float *floats = y;
	const uint16_t *halves = y;
	for (size_t k = 0; k < n; k++)
		active[k] = p == PRECISION_F32 ? floats[k] > 0 : (halves[k] & 0x7fff) != 0;
}

enum status mlp_slope_forward(const struct mlp_slope *s, size_t rows, const void *x, void *work[2],
                              float *y, unsigned char *active, struct error *e)
{
	const struct mlp *m = s->mlp;
	for (size_t i = 0; i + 1 < m->nlayers; i++) {
		void *to = work[i % 2];
		if (m->backend->forward(m->layers[i], rows, x, to, e) != STATUS_OK)
			return e->status;
		note_active(m->precision, rows * s->outs[i], to, active);
		active += rows * s->outs[i];
		x = to;
	}
	return m->backend->forward(m->layers[m->nlayers - 1], rows, x, y, e);
}

static void mask(size_t n, const unsigned char *active, float *d)
{
	for (size_t k = 0; k < n; k++)
		d[k] = active[k] ? d[k] : 0;
}

enum status mlp_slope_backward(const struct mlp_slope *s, size_t rows, const float *dy,
                               const unsigned char *active, float *delta[2], void *work, float *dx,
                               struct error *e)
{
	const struct mlp *m = s->mlp;
	active += rows * s->nactive;
	for (size_t i = m->nlayers; i-- > 0;) {
		float *to = i > 0 ? delta[i % 2] : dx;
		const void *from = dy;
		if (m->precision != PRECISION_F32) {
			precision_from_float(m->precision, rows * s->outs[i], dy, work);
			from = work;
		}
		if (m->backend->forward(s->transposed[i], rows, from, to, e) != STATUS_OK)
			break;
		if (i > 0) {
			active -= rows * s->outs[i - 1];
			mask(rows * s->outs[i - 1], active, to);
		}
		dy = to;
	}
	return e->status;
}
