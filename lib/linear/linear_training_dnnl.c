/* Linear layers that learn, on oneDNN. */
#include "linear/linear_training.h"

#include "base/vectorised.h"
#include "linear/column_sums.h"
#include "linear/onednn.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Blocks of these, whatever the number of threads; fewer multiplications are not worth a thread. */
enum {
	BLOCK_OUTPUTS = 128,
	BLOCK_ROWS = 256,
	SHARED_MULTIPLICATIONS = 1 << 20,
	SUMMED_ELEMENTS = 1 << 15 /* that are worth a thread */
};

/* A matrix in the caller's memory, in elements: (rows, columns), one after the other at `stride`,
 * or transposed. */
struct matrix {
	size_t rows, columns, stride;
	bool transposed;
	dnnl_data_type_t type;
};

enum { A, B, C, BIAS, NMATRICES };

/* A block of C = A B, or act(A B + bias). */
struct product {
	dnnl_primitive_t primitive;
	dnnl_stream_t stream;
	dnnl_exec_arg_t args[NMATRICES + 1]; /* the matrices, then oneDNN's workspace */
	int nargs;
	size_t offsets[NMATRICES]; /* of the block in the caller's matrix, bytes */
};

/* The blocks of a product of three matrices. */
struct products {
	struct matrix matrix[3]; /* A, B, C */
	bool bias, relu;
	struct product *all;
	size_t n, grain; /* grain: blocks that are worth a thread */
};

struct linear_training {
	struct linear_spec spec;
	size_t rows;
	struct products forward, backward_data, backward_weight;
	float *sum; /* (out, in): a gradient that is to be added */
};

static dnnl_status_t matrix_desc(const struct matrix *m, onednn_desc *d)
{
	dnnl_dim_t stride = (dnnl_dim_t)m->stride;
	dnnl_dims_t dims = {(dnnl_dim_t)m->rows, (dnnl_dim_t)m->columns};
	dnnl_dims_t strides = {m->transposed ? 1 : stride, m->transposed ? stride : 1};
	return onednn_desc_create_strided(d, 2, dims, m->type, strides);
}

/* Bytes before an element. */
static size_t matrix_offset(const struct matrix *m, size_t row, size_t column)
{
	return (m->transposed ? column * m->stride + row : row * m->stride + column) *
	       dnnl_data_type_size(m->type);
}

static dnnl_status_t matmul_create(dnnl_primitive_desc_t *pd, const onednn_desc *d, bool bias,
                                   bool relu)
{
	dnnl_primitive_attr_t attr = NULL;
	dnnl_status_t status = onednn_attr_create(&attr, relu);
	if (status == dnnl_success)
		status =
		    onednn_matmul_create(pd, ONEDNN_REF(d[A]), ONEDNN_REF(d[B]),
		                         bias ? ONEDNN_REF(d[BIAS]) : NULL, ONEDNN_REF(d[C]), attr);
	dnnl_primitive_attr_destroy(attr);
	return status;
}

static dnnl_status_t product_look(struct product *p, int name, onednn_desc_ref d, void *data)
{
	dnnl_exec_arg_t *a = &p->args[p->nargs];
	dnnl_status_t status = dnnl_memory_create(&a->memory, d, onednn_engine, data);
	if (status == dnnl_success) {
		a->arg = name;
		p->nargs++;
	}
	return status;
}

/* d: descriptions of the block's matrices. */
static dnnl_status_t product_init(struct product *p, const onednn_desc *d, bool bias, bool relu)
{
	static const int names[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS};
	dnnl_primitive_desc_t pd = NULL;
	dnnl_status_t status = matmul_create(&pd, d, bias, relu);
	if (status == dnnl_success)
		status = onednn_primitive_create(&p->primitive, pd);
	if (status == dnnl_success)
		status = dnnl_stream_create(&p->stream, onednn_engine, dnnl_stream_default_flags);
	for (int i = A; i < (bias ? NMATRICES : BIAS) && status == dnnl_success; i++)
		status = product_look(p, names[i], ONEDNN_REF(d[i]), DNNL_MEMORY_NONE);
	if (status == dnnl_success)
		status = product_look(p, DNNL_ARG_SCRATCHPAD,
		                      dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0),
		                      DNNL_MEMORY_ALLOCATE);
	dnnl_primitive_desc_destroy(pd);
	return status;
}

/* The block of C that begins at (row, column). */
static dnnl_status_t products_add(struct products *ps, size_t row, size_t column)
{
	struct product *p = &ps->all[ps->n++];
	struct matrix a = ps->matrix[A], b = ps->matrix[B], c = ps->matrix[C];
	p->offsets[A] = matrix_offset(&a, row, 0);
	p->offsets[B] = matrix_offset(&b, 0, column);
	p->offsets[C] = matrix_offset(&c, row, column);
	p->offsets[BIAS] = column * sizeof(float);
	a.rows = c.rows = least(BLOCK_ROWS, c.rows - row);
	b.columns = c.columns = least(BLOCK_OUTPUTS, c.columns - column);
	struct matrix bias = {1, c.columns, c.columns, false, dnnl_f32};
	const struct matrix *const blocks[] = {&a, &b, &c, &bias};
	onednn_desc d[NMATRICES];
	memset(d, 0, sizeof(d));
	dnnl_status_t status = dnnl_success;
	for (int i = A; i < NMATRICES && status == dnnl_success; i++)
		status = matrix_desc(blocks[i], &d[i]);
	if (status == dnnl_success)
		status = product_init(p, d, ps->bias, ps->relu);
	for (int i = A; i < NMATRICES; i++)
		onednn_desc_free(&d[i]);
	return status;
}

static dnnl_status_t products_init(struct products *ps)
{
	const struct matrix *c = &ps->matrix[C];
	size_t down = (c->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
	size_t across = (c->columns + BLOCK_OUTPUTS - 1) / BLOCK_OUTPUTS;
	size_t each =
	    least(BLOCK_ROWS, c->rows) * least(BLOCK_OUTPUTS, c->columns) * ps->matrix[A].columns;
	dnnl_status_t status = dnnl_success;
	ps->grain = 1 + SHARED_MULTIPLICATIONS / each;
	ps->all = calloc(down * across, sizeof(*ps->all));
	if (!ps->all)
		return dnnl_out_of_memory;
	for (size_t i = 0; i < down * across && status == dnnl_success; i++)
		status = products_add(ps, i / across * BLOCK_ROWS, i % across * BLOCK_OUTPUTS);
	return status;
}

static void products_release(struct products *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		dnnl_primitive_destroy(ps->all[i].primitive);
		dnnl_stream_destroy(ps->all[i].stream);
		for (int k = 0; k < ps->all[i].nargs; k++)
			dnnl_memory_destroy(ps->all[i].args[k].memory);
	}
	free(ps->all);
}

/* A product of whole matrices, at work. */
struct running {
	const struct products *products;
	const void *data[NMATRICES];
	atomic_int status; /* a failure, if there was one */
};

static dnnl_status_t product_run(const struct product *p, const void *const *data)
{
	dnnl_status_t status = dnnl_success;
	for (int i = A; i + 1 < p->nargs && status == dnnl_success; i++)
		status = dnnl_memory_set_data_handle(p->args[i].memory,
		                                     (char *)(uintptr_t)data[i] + p->offsets[i]);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(p->primitive, p->stream, p->nargs, p->args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(p->stream);
	return status;
}

static void products_range(void *context, size_t begin, size_t end)
{
	struct running *r = context;
	onednn_compute_alone();
	for (size_t i = begin; i < end; i++) {
		dnnl_status_t status = product_run(&r->products->all[i], r->data);
		if (status != dnnl_success)
			r->status = (int)status;
	}
}

static enum status products_run(const struct products *ps, const void *a, const void *b,
                                const void *c, const void *bias, struct error *e)
{
	struct running r = {.products = ps, .data = {a, b, c, bias}};
	threads_for(ps->n, ps->grain, products_range, &r);
	onednn_failed((dnnl_status_t)r.status, e);
	return e->status;
}

static struct matrix transposed(struct matrix m)
{
	return (struct matrix){m.columns, m.rows, m.stride, !m.transposed, m.type};
}

static void training_free(struct linear_training *l)
{
	if (!l)
		return;
	products_release(&l->forward);
	products_release(&l->backward_data);
	products_release(&l->backward_weight);
	free(l->sum);
	free(l);
}

static enum status training_create(const struct linear_spec *spec, size_t rows,
                                   struct linear_training **out, struct error *e)
{
	size_t nin = spec->in, nout = spec->out;
	dnnl_data_type_t type = onednn_type(spec->precision);
	struct matrix x = {rows, nin, nin, false, type}, w = {nout, nin, nin, false, type};
	struct matrix y = {rows, nout, nout, false, onednn_type(linear_precision_out(spec))};
	struct matrix dy = {rows, nout, nout, false, type}, dw = {nout, nin, nin, false, dnnl_f32};
	if (onednn_start(e) != STATUS_OK)
		return e->status;
	struct linear_training *l = malloc(sizeof(*l));
	if (!l)
		return error_memory(e);
	*l = (struct linear_training){
	    .spec = *spec,
	    .rows = rows,
	    .forward = {{x, transposed(w), y}, .bias = true, .relu = spec->relu},
	    .backward_data = {{dy, w, x}, .bias = false},
	    .backward_weight = {{transposed(dy), x, dw}, .bias = false},
	    .sum = hugepage_alloc(nin * nout, sizeof(float)),
	};
	if (!l->sum)
		error_memory(e);
	if (e->status != STATUS_OK || onednn_failed(products_init(&l->forward), e) ||
	    onednn_failed(products_init(&l->backward_data), e) ||
	    onednn_failed(products_init(&l->backward_weight), e))
		training_free(l);
	else
		*out = l;
	return e->status;
}

static enum status training_forward(struct linear_training *l, size_t rows, const void *x,
                                    const void *weight, const float *bias, void *y, struct error *e)
{
	assert(rows == l->rows);
	return products_run(&l->forward, x, weight, y, bias, e);
}

static enum status training_backward_data(struct linear_training *l, size_t rows, const void *dy,
                                          const void *weight, void *dx, struct error *e)
{
	assert(rows == l->rows);
	return products_run(&l->backward_data, dy, weight, dx, NULL, e);
}

VECTORISED static void add_floats(size_t n, const float *restrict x, float *restrict sum)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += x[i];
}

struct addition {
	const float *from;
	float *to;
};

static void add_range(void *context, size_t begin, size_t end)
{
	const struct addition *a = context;
	add_floats(end - begin, a->from + begin, a->to + begin);
}

static void add_to(size_t n, const float *from, float *to)
{
	threads_for(n, SUMMED_ELEMENTS, add_range, &(struct addition){from, to});
}

/* What is added is summed up first, by itself: the sum has the same bits wherever its terms were
 * computed. */
static enum status training_backward_weight(struct linear_training *l, struct linear_part part,
                                            const void *x, const void *dy, float *dweight,
                                            float *dbias, bool add, struct error *e)
{
	assert(part.count == 1);
	(void)part;
	const struct linear_spec *s = &l->spec;
	column_sums(s->precision, l->rows, s->out, dy, add, dbias);
	if (!add)
		return products_run(&l->backward_weight, dy, x, dweight, NULL, e);
	if (products_run(&l->backward_weight, dy, x, l->sum, NULL, e) == STATUS_OK)
		add_to(s->in * s->out, l->sum, dweight);
	return e->status;
}

const struct linear_training_backend linear_training_dnnl = {
    false,
    training_create,
    training_free,
    training_forward,
    training_backward_data,
    training_backward_weight,
};
