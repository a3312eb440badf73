/*
 * Linear layers of float32, of tiles (linear/tile.h). Threads share a layer by its panels; nothing
 * of a sum depends on who computes it.
 */
#include "linear/linear.h"
#include "linear/panels.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A layer of fewer weights is not worth sharing. */
enum { SHARED_WEIGHTS = 1 << 17 };

struct linear {
	struct linear_spec spec;
	struct panels weight; /* W^T */
	float *bias;          /* zero behind the last one, for whole vectors */
};

static void packed_free(struct linear *l)
{
	if (!l)
		return;
	free(l->weight.data);
	free(l->bias);
	free(l);
}

static enum status packed_create(const struct linear_spec *spec, const float *weight,
                                 const float *bias, struct linear **layer, struct error *e)
{
	struct linear *l = calloc(1, sizeof(*l));
	if (!l)
		return error_memory(e);
	assert(spec->precision == PRECISION_F32);
	l->spec = *spec;
	l->weight = (struct panels){.kernel = tile_best(), .depth = spec->in, .columns = spec->out};
	size_t width = panels_width(&l->weight);
	l->weight.data = hugepage_alloc(width * spec->in, sizeof(float));
	l->bias = hugepage_zeroed(width, sizeof(float));
	if (!l->weight.data || !l->bias) {
		packed_free(l);
		return error_memory(e);
	}
	panels_fill_turned(&l->weight, weight);
	memcpy(l->bias, bias, spec->out * sizeof(float));
	*layer = l;
	return STATUS_OK;
}

/* A layer at work. */
struct product {
	const struct linear *layer;
	size_t rows;
	const float *x;
	float *y;
};

static void run_panels(void *context, size_t begin, size_t end)
{
	const struct product *p = context;
	const struct panels *w = &p->layer->weight;
	for (size_t i = begin; i < end; i++) {
		struct panel panel = panels_get(w, i);
		size_t width = tile_width(panel.kernel, panel.columns);
		panel.kernel->run(&(struct tile_product){
		    .rows = p->rows,
		    .depth = w->depth,
		    .columns = panel.columns,
		    .a = p->x,
		    .a_row = w->depth,
		    .panel = panel.data,
		    .bias = p->layer->bias + panel.first,
		    .relu = p->layer->spec.relu,
		    .c = p->y + panel.first,
		    .c_row = w->columns,
		    .ahead = panel.data + width * w->depth,
		    .ahead_step = width * sizeof(float),
		});
	}
}

static enum status packed_forward(struct linear *l, size_t rows, const void *x, void *y,
                                  struct error *e)
{
	struct product p = {l, rows, x, y};
	size_t npanels = panels_count(&l->weight);
	size_t grain = l->spec.in * l->spec.out >= SHARED_WEIGHTS ? 1 : npanels;
	assert(rows >= 1 && rows <= LINEAR_MAX_ROWS);
	threads_for(npanels, grain, run_panels, &p);
	return e->status;
}

const struct linear_backend linear_packed = {packed_create, packed_free, packed_forward};
