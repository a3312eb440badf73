/*
 * Linear layers of float32 that learn, of tiles (linear/tile.h). Weights change with every step:
 * each panel of them is made in a thread's own memory, which stays in its cache, and is used for
 * all rows at once; what the kernel asks for ahead is what the next panel will be made of. Nothing
 * of a sum depends on who computes it, and each is one over k = 0, 1, .. in float32.
 */
#include "linear/linear_training.h"

#include "linear/column_sums.h"
#include "linear/panels.h"
#include "system/scratch.h"
#include "threads/threads.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHARED_MULTIPLICATIONS = 1 << 20, /* fewer are not worth a thread */
	SHARES_PER_THREAD = 4,
	WIDEST = 48,       /* floats of a row of a panel */
	TURNED_ROWS = 128, /* 128 x 1000 floats are 512 KB, which stay in a core's cache */
	TURNED_OUTPUTS = 48
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

struct linear_training {
	struct linear_spec spec;
	size_t rows;
};

static void tile_free(struct linear_training *l)
{
	free(l);
}

static enum status tile_create(const struct linear_spec *spec, size_t rows,
                               struct linear_training **out, struct error *e)
{
	struct linear_training *l = malloc(sizeof(*l));
	if (!l)
		return error_memory(e);
	assert(spec->precision == PRECISION_F32);
	*l = (struct linear_training){*spec, rows};
	*out = l;
	return STATUS_OK;
}

/* C = A B, or what else the product says, whose panel is missing: those of B are made one by one.
 */
struct job {
	struct tile_product product; /* of the first column */
	const float *b;              /* in C order, or turned: (columns, depth) */
	size_t b_row;
	bool b_turned;
	size_t columns;

	/* As many panels for each thread, of as many vectors as can be. */
	const struct tile_kernel *kernel;
	size_t nvectors, npanels;
	size_t begin, end; /* the panels that are asked for, which are made in so many shares */
	size_t nshares;
	atomic_bool failed; /* out of memory */
};

static void divide(struct job *j, struct linear_part part)
{
	const struct tile_kernel *k = tile_best();
	size_t nthreads = threads_count();
	j->kernel = k->narrow && j->columns <= k->narrow->width ? k->narrow : k;
	j->nvectors = (j->columns + j->kernel->width - 1) / j->kernel->width;
	j->npanels = (j->columns + j->kernel->columns - 1) / j->kernel->columns;
	j->nshares = 1;
	if (j->product.rows * j->product.depth * j->columns >= SHARED_MULTIPLICATIONS) {
		if (j->npanels > nthreads)
			j->npanels = (j->npanels + nthreads - 1) / nthreads * nthreads;
		j->nshares = least(SHARES_PER_THREAD * nthreads, j->npanels);
	}
	j->begin = part.index * j->npanels / part.count;
	j->end = (part.index + 1) * j->npanels / part.count;
}

static struct panel panel_at(const struct job *j, size_t i)
{
	size_t first = i * j->nvectors / j->npanels * j->kernel->width;
	size_t end = (i + 1) * j->nvectors / j->npanels * j->kernel->width;
	return (struct panel){j->kernel, first, least(end, j->columns) - first, NULL};
}

/* Where column `first` of B begins. */
static const float *columns_from(const struct job *j, size_t first)
{
	return j->b + first * (j->b_turned ? j->b_row : 1);
}

static void run_panel(const struct job *j, struct panel *panel)
{
	struct tile_product p = j->product;
	_Alignas(64) float bias[WIDEST] = {0};
	const float *b = columns_from(j, panel->first);
	if (j->b_turned)
		panel_fill_turned(panel, p.depth, b);
	else
		panel_fill(panel, p.depth, b, j->b_row);
	if (p.bias) {
		memcpy(bias, p.bias + panel->first, panel->columns * sizeof(float));
		p.bias = bias;
	}
	p.columns = panel->columns;
	p.panel = panel->data;
	p.c += panel->first;
	p.ahead = columns_from(j, panel->first + panel->columns);
	p.ahead_step = (j->b_turned ? panel->columns : j->b_row) * sizeof(float);
	panel->kernel->run(&p);
}

static void run_shares(void *context, size_t begin, size_t end)
{
	struct job *j = context;
	float *memory = scratch_get(WIDEST * j->product.depth * sizeof(float));
	size_t npanels = j->end - j->begin, last = j->begin + end * npanels / j->nshares;
	for (size_t i = j->begin + begin * npanels / j->nshares; i < last && memory; i++) {
		struct panel panel = panel_at(j, i);
		panel.data = memory;
		run_panel(j, &panel);
	}
	if (!memory)
		j->failed = true;
}

static enum status run(struct job *j, struct linear_part part, struct error *e)
{
	divide(j, part);
	assert(j->kernel->columns <= WIDEST);
	threads_for(j->nshares, 1, run_shares, j);
	return j->failed ? error_memory(e) : e->status;
}

static const struct linear_part whole = {0, 1};

/* Some rows of y, at most TURNED_ROWS, by y^T = W x^T: x is turned in place of W. */
static void forward_turned(const struct linear_spec *s, size_t rows, const float *x,
                           const float *weight, const float *bias, float *y, float *memory)
{
	struct panels turned = {tile_best(), s->in, rows, memory};
	size_t npanels = panels_count(&turned), share = TURNED_OUTPUTS * s->in / npanels;
	float *part = memory + panels_width(&turned) * s->in; /* of y^T */
	panels_fill_turned(&turned, x);
	for (size_t o = 0; o < s->out; o += TURNED_OUTPUTS) {
		size_t n = least(TURNED_OUTPUTS, s->out - o);
		for (size_t i = 0; i < npanels; i++) {
			struct panel panel = panels_get(&turned, i);
			panel.kernel->run(&(struct tile_product){
			    .rows = n,
			    .depth = s->in,
			    .columns = panel.columns,
			    .a = weight + o * s->in,
			    .a_row = s->in,
			    .panel = panel.data,
			    .row_bias = bias + o,
			    .relu = s->relu,
			    .c = part + panel.first,
			    .c_row = rows,
			    .ahead = weight + (o + TURNED_OUTPUTS) * s->in + i * share,
			    .ahead_step = TILE_LINE,
			});
		}
		panels_turn(rows, n, part, rows, y + o, s->out);
	}
}

/* For a thread that is alone with a layer, where there are fewer inputs and outputs than weights:
 * what is turned would be turned for these rows alone. */
static enum status forward_rows(const struct linear_spec *s, size_t rows, const float *x,
                                const float *weight, const float *bias, float *y, struct error *e)
{
	size_t most = least(rows, TURNED_ROWS);
	float *memory = scratch_get((s->in + TURNED_OUTPUTS) * (most + WIDEST) * sizeof(float));
	if (!memory)
		return error_memory(e);
	for (size_t r = 0; r < rows; r += most)
		forward_turned(s, least(most, rows - r), x + r * s->in, weight, bias,
		               y + r * s->out, memory);
	return STATUS_OK;
}

static enum status tile_forward(struct linear_training *l, size_t rows, const void *x,
                                const void *weight, const float *bias, void *y, struct error *e)
{
	const struct linear_spec *s = &l->spec;
	if (threads_count() == 1 && rows * (s->in + s->out) < s->in * s->out)
		return forward_rows(s, rows, x, weight, bias, y, e);
	return run(&(struct job){.product = {.rows = rows,
	                                     .depth = s->in,
	                                     .a = x,
	                                     .a_row = s->in,
	                                     .bias = bias,
	                                     .relu = s->relu,
	                                     .c = y,
	                                     .c_row = s->out},
	                         .b = weight,
	                         .b_row = s->in,
	                         .b_turned = true,
	                         .columns = s->out},
	           whole, e);
}

static enum status tile_backward_data(struct linear_training *l, size_t rows, const void *dy,
                                      const void *weight, void *dx, struct error *e)
{
	const struct linear_spec *s = &l->spec;
	return run(&(struct job){.product = {.rows = rows,
	                                     .depth = s->out,
	                                     .a = dy,
	                                     .a_row = s->out,
	                                     .c = dx,
	                                     .c_row = s->in},
	                         .b = weight,
	                         .b_row = s->in,
	                         .columns = s->in},
	           whole, e);
}

/* The column sums are with the first part. */
static enum status tile_backward_weight(struct linear_training *l, struct linear_part part,
                                        const void *x, const void *dy, float *dweight, float *dbias,
                                        bool add, struct error *e)
{
	const struct linear_spec *s = &l->spec;
	if (part.index == 0)
		column_sums(PRECISION_F32, l->rows, s->out, dy, add, dbias);
	return run(&(struct job){.product = {.rows = s->out,
	                                     .depth = l->rows,
	                                     .a = dy,
	                                     .a_row = s->out,
	                                     .turned = true,
	                                     .add = add,
	                                     .c = dweight,
	                                     .c_row = s->in},
	                         .b = x,
	                         .b_row = s->in,
	                         .columns = s->in},
	           part, e);
}

const struct linear_training_backend linear_training_tile = {
    true, tile_create, tile_free, tile_forward, tile_backward_data, tile_backward_weight};
