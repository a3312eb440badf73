/*
 * Linear layers on oneDNN, for inference. Threads share a layer by blocks that depend on its size
 * alone.
 *
 * The same bits for a row whatever the batch: oneDNN's batch-reduced kernels for AVX-512 ("brgemm")
 * compute a row in the same order wherever it stands and however many there are. Its other kernels
 * change the order with the number of rows, and are not used. A layer is prepared for a ladder of
 * row counts; a batch runs on the narrowest rung it fits.
 */
#include "linear/linear.h"

#include "linear/onednn.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const size_t rungs[] = {
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, LINEAR_MAX_ROWS};
enum { NRUNGS = sizeof(rungs) / sizeof(*rungs) };

enum { X, WEIGHT, BIAS, Y, SCRATCH, NARGS };

/* What oneDNN wants to be told to run a kernel on some weights: it takes longer to make than a
 * small layer takes to compute, and so is kept. For one thread at a time. */
struct call {
	struct call *next;
	size_t number; /* of the part whose weights they are; 0 for the whole */
	dnnl_stream_t stream;
	dnnl_exec_arg_t args[NARGS];
};

struct rung {
	bool refused;               /* its kernel does not keep the bits: use a wider rung */
	dnnl_primitive_t primitive; /* NULL until it is needed, or if refused */
	struct call *idle;          /* calls that no thread is using; under `calling` */
};

/* An array, and oneDNN's view of it. */
struct array {
	void *data;
	dnnl_memory_t memory;
};

/* A layer, or as many outputs of it as a thread takes: how it is computed. */
struct kernel {
	struct linear_spec spec;
	dnnl_memory_t weight; /* the layer's, or the first of its outputs */
	struct rung rungs[NRUNGS];
};

/* What is behind the last output is zero as far as the last part reaches. */
struct linear {
	struct array weight, bias; /* weight in the order that oneDNN prefers */
	struct kernel whole, part;
	size_t nparts;     /* 0: it is not worth sharing, or cannot be */
	size_t part_bytes; /* of weights */
};

/* Rungs are prepared by one thread at a time. */
static pthread_mutex_t preparing = PTHREAD_MUTEX_INITIALIZER;

/* Held while a call changes hands. */
static pthread_mutex_t calling = PTHREAD_MUTEX_INITIALIZER;

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The description of the product for a number of rows; w describes the weights (their order may
 * be dnnl_format_tag_any). */
static dnnl_status_t product_create(const struct linear_spec *s, size_t rows, onednn_desc_ref w,
                                    dnnl_primitive_desc_t *pd)
{
	dnnl_dims_t x_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)s->in};
	dnnl_dims_t y_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)s->out};
	dnnl_dims_t b_dims = {(dnnl_dim_t)s->out};
	onednn_desc x, b, y;
	dnnl_primitive_attr_t attr = NULL;
	memset(&x, 0, sizeof(x)), memset(&b, 0, sizeof(b)), memset(&y, 0, sizeof(y));
	dnnl_status_t status =
	    onednn_desc_create(&x, 2, x_dims, onednn_type(s->precision), dnnl_ab);
	if (status == dnnl_success)
		status = onednn_desc_create_f32(&b, 1, b_dims, dnnl_a);
	if (status == dnnl_success)
		status = onednn_desc_create(&y, 2, y_dims, onednn_type(linear_precision_out(s)),
		                            dnnl_ab);
	if (status == dnnl_success)
		status = onednn_attr_create(&attr, s->relu);
	if (status == dnnl_success)
		status = onednn_inner_product_create(pd, dnnl_forward_inference, ONEDNN_REF(x), w,
		                                     ONEDNN_REF(b), ONEDNN_REF(y), attr);
	dnnl_primitive_attr_destroy(attr);
	onednn_desc_free(&y);
	onednn_desc_free(&b);
	onednn_desc_free(&x);
	return status;
}

/* By the name that oneDNN gives its kernels; brgemm of AVX2, which oneDNN 3 has, does not keep the
 * bits. */
static bool keeps_bits(const_dnnl_primitive_desc_t pd)
{
	const char *name = "";
	dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
	return strncmp(name, "brgemm", 6) == 0 && strstr(name, "avx512") != NULL;
}

/* A product whose kernel keeps the bits; dnnl_unimplemented if there is none. */
static dnnl_status_t steady_create(const struct linear_spec *s, size_t rows, onednn_desc_ref w,
                                   dnnl_primitive_desc_t *pd)
{
	dnnl_status_t status = product_create(s, rows, w, pd);
	return status == dnnl_success && !keeps_bits(*pd) ? dnnl_unimplemented : status;
}

static dnnl_status_t copy_reordered(dnnl_memory_t from, dnnl_memory_t to, onednn_desc_ref from_desc,
                                    onednn_desc_ref to_desc)
{
	dnnl_primitive_desc_t pd = NULL;
	dnnl_primitive_t reorder = NULL;
	dnnl_stream_t own = NULL; /* a stream is not for two threads at once */
	dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
	dnnl_status_t status = dnnl_reorder_primitive_desc_create(&pd, from_desc, onednn_engine,
	                                                          to_desc, onednn_engine, NULL);
	if (status == dnnl_success)
		status = onednn_primitive_create(&reorder, pd);
	if (status == dnnl_success)
		status = dnnl_stream_create(&own, onednn_engine, dnnl_stream_default_flags);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(reorder, own, 2, args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(own);
	dnnl_stream_destroy(own);
	dnnl_primitive_destroy(reorder);
	dnnl_primitive_desc_destroy(pd);
	return status;
}

static void array_free(struct array *a)
{
	dnnl_memory_destroy(a->memory);
	free(a->data);
}

/* Allocates an array of the description `to`, of at least `room` bytes, and fills it from plain
 * C-order data. */
static dnnl_status_t upload(const float *data, onednn_desc_ref plain, onednn_desc_ref to,
                            size_t room, struct array *out)
{
	dnnl_memory_t from = NULL;
	void *handle = (void *)(uintptr_t)data; /* only read */
	size_t size = dnnl_memory_desc_get_size(to);
	out->data = hugepage_alloc(size > room ? size : room, 1);
	dnnl_status_t status = out->data ? dnnl_memory_create(&from, plain, onednn_engine, handle)
	                                 : dnnl_out_of_memory;
	if (status == dnnl_success && room > size)
		memset((char *)out->data + size, 0, room - size);
	if (status == dnnl_success)
		status = dnnl_memory_create(&out->memory, to, onednn_engine, out->data);
	if (status == dnnl_success)
		status = copy_reordered(from, out->memory, plain, to);
	dnnl_memory_destroy(from);
	return status;
}

/* Outputs of a part: a multiple of PART_STEP, so that no block of weights is cut. A layer of fewer
 * weights is not worth sharing. */
enum { PART_OUTPUTS = 256, PART_STEP = 64, SHARED_WEIGHTS = 1 << 17 };

/* Whether a layer can be cut into parts whose weights, described by `part`, follow each other in
 * those of the whole, and whose kernels keep the bits. */
static bool parts_fit(const struct linear *l, onednn_desc_ref whole, onednn_desc_ref part)
{
	size_t bytes = dnnl_memory_desc_get_size(part);
	dnnl_primitive_desc_t pd = NULL;
	bool fit =
	    bytes * l->whole.spec.out <= dnnl_memory_desc_get_size(whole) * l->part.spec.out &&
	    steady_create(&l->part.spec, LINEAR_MAX_ROWS, part, &pd) == dnnl_success;
	dnnl_primitive_desc_destroy(pd);
	return fit;
}

/* Decides on the parts of a layer whose weights will be described by `whole`. */
static void cut(struct linear *l, onednn_desc_ref whole, onednn_desc *part)
{
	const struct linear_spec *s = &l->whole.spec;
	size_t nparts = (s->out + PART_OUTPUTS - 1) / PART_OUTPUTS;
	l->part.spec = *s;
	l->part.spec.out = (s->out + nparts * PART_STEP - 1) / (nparts * PART_STEP) * PART_STEP;
	dnnl_dims_t dims = {(dnnl_dim_t)l->part.spec.out, (dnnl_dim_t)s->in};
	if (nparts > 1 && s->in * s->out >= SHARED_WEIGHTS &&
	    onednn_desc_create_part(part, whole, dims) == dnnl_success &&
	    parts_fit(l, whole, ONEDNN_REF(*part))) {
		l->nparts = nparts;
		l->part_bytes = dnnl_memory_desc_get_size(ONEDNN_REF(*part));
	}
}

/* Into the order `to`, with parts if there are any. */
static dnnl_status_t upload_ordered(struct linear *l, const float *weight, onednn_desc_ref plain,
                                    onednn_desc_ref to)
{
	onednn_desc part;
	memset(&part, 0, sizeof(part));
	cut(l, to, &part);
	dnnl_status_t status = upload(weight, plain, to, l->nparts * l->part_bytes, &l->weight);
	if (status == dnnl_success)
		status = dnnl_memory_create(&l->whole.weight, to, onednn_engine, l->weight.data);
	if (status == dnnl_success && l->nparts > 0)
		status = dnnl_memory_create(&l->part.weight, ONEDNN_REF(part), onednn_engine,
		                            l->weight.data);
	onednn_desc_free(&part);
	return status;
}

/* The weights go into the order that the widest rung prefers; the others must take that. */
static dnnl_status_t upload_weight(struct linear *l, const float *weight)
{
	const struct linear_spec *s = &l->whole.spec;
	dnnl_dims_t dims = {(dnnl_dim_t)s->out, (dnnl_dim_t)s->in};
	onednn_desc any, plain;
	dnnl_primitive_desc_t pd = NULL;
	memset(&any, 0, sizeof(any)), memset(&plain, 0, sizeof(plain));
	dnnl_status_t status =
	    onednn_desc_create(&any, 2, dims, onednn_type(s->precision), dnnl_format_tag_any);
	if (status == dnnl_success)
		status = onednn_desc_create_f32(&plain, 2, dims, dnnl_ab);
	if (status == dnnl_success)
		status = steady_create(s, LINEAR_MAX_ROWS, ONEDNN_REF(any), &pd);
	if (status == dnnl_success)
		status = upload_ordered(l, weight, ONEDNN_REF(plain),
		                        dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0));
	dnnl_primitive_desc_destroy(pd);
	onednn_desc_free(&plain);
	onednn_desc_free(&any);
	return status;
}

static dnnl_status_t upload_bias(struct linear *l, const float *bias)
{
	dnnl_dims_t dims = {(dnnl_dim_t)l->whole.spec.out};
	onednn_desc plain;
	memset(&plain, 0, sizeof(plain));
	dnnl_status_t status = onednn_desc_create_f32(&plain, 1, dims, dnnl_a);
	if (status == dnnl_success)
		status = upload(bias, ONEDNN_REF(plain), ONEDNN_REF(plain),
		                l->nparts * l->part.spec.out * sizeof(float), &l->bias);
	onednn_desc_free(&plain);
	return status;
}

static void call_free(struct call *c)
{
	dnnl_stream_destroy(c->stream);
	for (size_t i = 0; i < NARGS; i++)
		dnnl_memory_destroy(c->args[i].memory);
	free(c);
}

static void rung_release(struct rung *r)
{
	for (struct call *c = r->idle, *next; c; c = next) {
		next = c->next;
		call_free(c);
	}
	dnnl_primitive_destroy(r->primitive);
}

static void kernel_release(struct kernel *k)
{
	for (size_t i = 0; i < NRUNGS; i++)
		rung_release(&k->rungs[i]);
	dnnl_memory_destroy(k->weight);
}

static void linear_free(struct linear *l)
{
	if (!l)
		return;
	kernel_release(&l->whole);
	kernel_release(&l->part);
	array_free(&l->weight);
	array_free(&l->bias);
	free(l);
}

static enum status linear_create(const struct linear_spec *spec, const float *weight,
                                 const float *bias, struct linear **layer, struct error *e)
{
	if (onednn_start(e) != STATUS_OK)
		return e->status;
	struct linear *l = calloc(1, sizeof(*l));
	if (!l)
		return error_memory(e);
	l->whole.spec = *spec;
	if (onednn_failed(upload_weight(l, weight), e) || onednn_failed(upload_bias(l, bias), e))
		linear_free(l);
	else
		*layer = l;
	return e->status;
}

/* oneDNN's view of an argument; data may be DNNL_MEMORY_ALLOCATE, or DNNL_MEMORY_NONE for later. */
static dnnl_status_t view(const_dnnl_primitive_desc_t pd, dnnl_query_t argument, int index,
                          const void *data, dnnl_memory_t *out)
{
	return dnnl_memory_create(out, dnnl_primitive_desc_query_md(pd, argument, index),
	                          onednn_engine, (void *)(uintptr_t)data);
}

/* Views of all arguments; those of the results and of what they come from are for later. */
static dnnl_status_t call_look(const struct linear *l, const struct kernel *k, const struct rung *r,
                               struct call *c)
{
	const char *weight = (const char *)l->weight.data + c->number * l->part_bytes;
	const float *bias = (const float *)l->bias.data + c->number * k->spec.out;
	const struct {
		int name;
		dnnl_query_t query;
		int index;
		const void *data;
	} views[NARGS] = {
	    [X] = {DNNL_ARG_SRC, dnnl_query_src_md, 0, DNNL_MEMORY_NONE},
	    [WEIGHT] = {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, weight},
	    [BIAS] = {DNNL_ARG_BIAS, dnnl_query_weights_md, 1, bias},
	    [Y] = {DNNL_ARG_DST, dnnl_query_dst_md, 0, DNNL_MEMORY_NONE},
	    [SCRATCH] = {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0, DNNL_MEMORY_ALLOCATE},
	};
	const_dnnl_primitive_desc_t pd = NULL;
	dnnl_status_t status = dnnl_primitive_get_primitive_desc(r->primitive, &pd);
	for (size_t i = 0; i < NARGS && status == dnnl_success; i++) {
		c->args[i].arg = views[i].name;
		status =
		    view(pd, views[i].query, views[i].index, views[i].data, &c->args[i].memory);
	}
	return status;
}

static dnnl_status_t call_create(const struct linear *l, const struct kernel *k, size_t number,
                                 const struct rung *r, struct call **out)
{
	struct call *c = calloc(1, sizeof(*c));
	if (!c)
		return dnnl_out_of_memory;
	c->number = number;
	dnnl_status_t status = call_look(l, k, r, c);
	if (status == dnnl_success)
		status = dnnl_stream_create(&c->stream, onednn_engine, dnnl_stream_default_flags);
	if (status == dnnl_success)
		*out = c;
	else
		call_free(c);
	return status;
}

/* NULL if all are in use. */
static struct call *call_take(struct rung *r, size_t number)
{
	pthread_mutex_lock(&calling);
	struct call **at = &r->idle, *c;
	while (*at && (*at)->number != number)
		at = &(*at)->next;
	c = *at;
	if (c)
		*at = c->next;
	pthread_mutex_unlock(&calling);
	return c;
}

static void call_give(struct rung *r, struct call *c)
{
	pthread_mutex_lock(&calling);
	c->next = r->idle;
	r->idle = c;
	pthread_mutex_unlock(&calling);
}

static dnnl_status_t call_execute(struct call *c, const struct rung *r, const void *x, void *y)
{
	dnnl_status_t status = dnnl_memory_set_data_handle(c->args[X].memory, (void *)(uintptr_t)x);
	if (status == dnnl_success)
		status = dnnl_memory_set_data_handle(c->args[Y].memory, y);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(r->primitive, c->stream, NARGS, c->args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(c->stream);
	return status;
}

/* Parts are numbered; the whole is 0. */
static dnnl_status_t run(const struct linear *l, const struct kernel *k, size_t number,
                         struct rung *r, const void *x, void *y)
{
	struct call *c = call_take(r, number);
	onednn_compute_alone();
	dnnl_status_t status = c ? dnnl_success : call_create(l, k, number, r, &c);
	if (status == dnnl_success)
		status = call_execute(c, r, x, y);
	if (c)
		call_give(r, c);
	return status;
}

/* Prepares a rung on first use. */
static dnnl_status_t rung_prepare(const struct kernel *k, size_t rows, struct rung *r)
{
	dnnl_primitive_desc_t pd = NULL;
	onednn_desc_ref weight;
	if (r->refused)
		return dnnl_unimplemented;
	if (r->primitive)
		return dnnl_success;
	dnnl_status_t status = dnnl_memory_get_memory_desc(k->weight, &weight);
	if (status == dnnl_success)
		status = steady_create(&k->spec, rows, weight, &pd);
	r->refused = status == dnnl_unimplemented;
	if (status == dnnl_success)
		status = onednn_primitive_create(&r->primitive, pd);
	dnnl_primitive_desc_destroy(pd);
	return status;
}

/* Bytes of a row. */
static size_t y_bytes(const struct linear_spec *s)
{
	return s->out * precision_bytes(linear_precision_out(s));
}

/* Finds the narrowest rung that takes the rows. */
static dnnl_status_t rung_for(struct kernel *k, size_t rows, size_t *index)
{
	size_t i = 0;
	while (rungs[i] < rows)
		i++;
	pthread_mutex_lock(&preparing);
	onednn_compute_alone();
	dnnl_status_t status = rung_prepare(k, rungs[i], &k->rungs[i]);
	while (status == dnnl_unimplemented && i + 1 < NRUNGS)
		i++, status = rung_prepare(k, rungs[i], &k->rungs[i]);
	pthread_mutex_unlock(&preparing);
	*index = i;
	return status;
}

static dnnl_status_t forward_alone(struct linear *l, size_t rows, const void *x, void *y)
{
	size_t rung;
	dnnl_status_t status = rung_for(&l->whole, rows, &rung);
	if (status == dnnl_success)
		status = run(l, &l->whole, 0, &l->whole.rungs[rung], x, y);
	return status;
}

/* A layer's product, shared by its parts. */
struct sharing {
	struct linear *layer;
	size_t rows;
	const void *x;
	void *y;
	atomic_int status; /* a failure, if there was one */
};

/* oneDNN wants the results of a part together: they are put where they belong afterwards, unless
 * the part has one row. The last part may go on behind that; there is room for more rows. */
static dnnl_status_t forward_part(const struct sharing *s, size_t number)
{
	struct linear *l = s->layer;
	struct kernel *k = &l->part;
	size_t first = number * k->spec.out, bytes = y_bytes(&k->spec),
	       stride = y_bytes(&l->whole.spec), rung;
	size_t wanted = bytes / k->spec.out * least(k->spec.out, l->whole.spec.out - first);
	char *y = (char *)s->y + bytes * number;
	dnnl_status_t status = rung_for(k, s->rows, &rung);
	if (status != dnnl_success)
		return status;
	if (rungs[rung] == 1)
		return run(l, k, number, &k->rungs[rung], s->x, y);
	char *together = malloc(rungs[rung] * bytes);
	status = together ? run(l, k, number, &k->rungs[rung], s->x, together) : dnnl_out_of_memory;
	for (size_t r = 0; r < s->rows && status == dnnl_success; r++)
		memcpy(y + r * stride, together + r * bytes, wanted);
	free(together);
	return status;
}

static void forward_parts(void *context, size_t begin, size_t end)
{
	struct sharing *s = context;
	for (size_t i = begin; i < end; i++) {
		dnnl_status_t status = forward_part(s, i);
		if (status != dnnl_success)
			s->status = (int)status;
	}
}

static enum status linear_forward(struct linear *l, size_t rows, const void *x, void *y,
                                  struct error *e)
{
	struct sharing s = {.layer = l, .rows = rows, .x = x, .y = y};
	assert(rows >= 1 && rows <= LINEAR_MAX_ROWS);
	if (l->nparts > 0 && threads_count() > 1)
		threads_for(l->nparts, 1, forward_parts, &s);
	else
		s.status = (int)forward_alone(l, rows, x, y);
	onednn_failed((dnnl_status_t)s.status, e);
	return e->status;
}

const struct linear_backend linear_dnnl = {linear_create, linear_free, linear_forward};

bool linear_has_bf16(void)
{
	return onednn_has(dnnl_cpu_isa_avx512_core_bf16);
}
