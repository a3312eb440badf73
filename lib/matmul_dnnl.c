/*
 * Knows oneDNN, its C interface of versions 2 and 3, and is the only file that does.
 *
 * The same bits for a row whatever the batch: oneDNN's batch-reduced kernels for AVX-512 ("brgemm")
 * compute a row in the same order wherever it stands, however many there are and whoever computes
 * it. Its other kernels change the order with the number of rows and of threads. So a layer is
 * prepared for a ladder of row counts, and a batch runs on the narrowest rung it fits. With those
 * other kernels it runs on one thread, and a rung is used only if it has been seen to give the
 * same bits as the widest. tests/matmul.bats holds the promise on every instruction set that the
 * machine can be told to use.
 */
#include "matmul.h"

#include "pages.h"
#include "parallel.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>

static const size_t rungs[] = {1,  2,  3,  4,  6,  8,   12,  16,  24,
                               32, 48, 64, 96, 128, 192, 256, MATMUL_MAX_ROWS};
enum { NRUNGS = sizeof(rungs) / sizeof(*rungs), WARY_MAX_ROWS = 192 };

struct rung {
	bool refused; /* its kernel does not keep the bits: use a wider rung */
	dnnl_primitive_t primitive; /* NULL until it is needed, or if refused */
};

/* An array, and oneDNN's view of it. */
struct array {
	void *data;
	dnnl_memory_t memory;
};

struct linear {
	struct linear_spec spec;
	bool steady; /* its kernels keep the bits, all of them */
	struct array weight, bias; /* weight in the order that oneDNN prefers */
	struct rung rungs[2][NRUNGS]; /* for one thread, and for all */
};

/* One engine for the process: oneDNN's CPU engine has no state of ours. The stream is for what one
 * thread does: preparing layers, and learning. */
static dnnl_engine_t engine;
static dnnl_stream_t stream;

/* Rungs are prepared by one thread at a time. */
static pthread_mutex_t preparing = PTHREAD_MUTEX_INITIALIZER;

static bool failed(dnnl_status_t status, struct error *e)
{
	if (status == dnnl_out_of_memory)
		error_memory(e);
	else if (status != dnnl_success)
		error_set(e, STATUS_SYSTEM, "oneDNN: failure %d", (int)status);
	return status != dnnl_success;
}

/* ---- what differs between oneDNN 2 and 3 ---- */

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t desc;
typedef const_dnnl_memory_desc_t desc_ref;
#define REF(d) (d)
#else
typedef dnnl_memory_desc_t desc;
typedef const dnnl_memory_desc_t *desc_ref;
#define REF(d) (&(d))
#endif

static dnnl_status_t desc_create_typed(desc *d, int rank, const dnnl_dims_t dims,
                                       dnnl_data_type_t type, dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_memory_desc_create_with_tag(d, rank, dims, type, tag);
#else
	return dnnl_memory_desc_init_by_tag(d, rank, dims, type, tag);
#endif
}

static void desc_free(desc *d)
{
#if DNNL_VERSION_MAJOR >= 3
	dnnl_memory_desc_destroy(*d);
#else
	(void)d;
#endif
}

static dnnl_status_t append_relu(dnnl_post_ops_t ops)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, 0, 0);
#else
	return dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_relu, 0, 0);
#endif
}

static dnnl_status_t inner_product_create(dnnl_primitive_desc_t *pd, dnnl_prop_kind_t kind,
                                          desc_ref x, desc_ref w, desc_ref b, desc_ref y,
                                          dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_inner_product_forward_primitive_desc_create(pd, engine, kind, x, w, b, y, attr);
#else
	dnnl_inner_product_desc_t op;
	dnnl_status_t status = dnnl_inner_product_forward_desc_init(&op, kind, x, w, b, y);
	return status != dnnl_success ? status
	                              : dnnl_primitive_desc_create(pd, &op, attr, engine, NULL);
#endif
}

static dnnl_status_t backward_data_create(dnnl_primitive_desc_t *pd, desc_ref dx, desc_ref w,
                                          desc_ref dy, dnnl_primitive_desc_t hint)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_inner_product_backward_data_primitive_desc_create(pd, engine, dx, w, dy, hint,
	                                                              NULL);
#else
	dnnl_inner_product_desc_t op;
	dnnl_status_t status = dnnl_inner_product_backward_data_desc_init(&op, dx, w, dy);
	return status != dnnl_success ? status
	                              : dnnl_primitive_desc_create(pd, &op, NULL, engine, hint);
#endif
}

static dnnl_status_t backward_weight_create(dnnl_primitive_desc_t *pd, desc_ref x, desc_ref dw,
                                            desc_ref db, desc_ref dy, dnnl_primitive_desc_t hint)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_inner_product_backward_weights_primitive_desc_create(pd, engine, x, dw, db, dy,
	                                                                 hint, NULL);
#else
	dnnl_inner_product_desc_t op;
	dnnl_status_t status = dnnl_inner_product_backward_weights_desc_init(&op, x, dw, db, dy);
	return status != dnnl_success ? status
	                              : dnnl_primitive_desc_create(pd, &op, NULL, engine, hint);
#endif
}

/* ---- from here on one version ---- */

static dnnl_status_t desc_create(desc *d, int rank, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	return desc_create_typed(d, rank, dims, dnnl_f32, tag);
}

static dnnl_data_type_t type_of(enum precision p)
{
	return p == PRECISION_F32 ? dnnl_f32 : dnnl_bf16;
}

static enum precision precision_out(const struct linear_spec *s)
{
	return s->float_out ? PRECISION_F32 : s->precision;
}

static enum status start_engine(struct error *e)
{
	if (!engine && failed(dnnl_engine_create(&engine, dnnl_cpu, 0), e))
		return e->status;
	if (!stream)
		failed(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags), e);
	return e->status;
}

/* float32 stays float32, whatever the environment says about faster approximations. With a scratchpad
 * that is the caller's (dnnl_scratchpad_mode_user) several threads can make a product at once. */
static dnnl_status_t attr_create(dnnl_primitive_attr_t *attr, bool relu,
                                 dnnl_scratchpad_mode_t scratchpad)
{
	dnnl_post_ops_t ops = NULL;
	dnnl_status_t status = dnnl_primitive_attr_create(attr);
	if (status == dnnl_success)
		status = dnnl_primitive_attr_set_fpmath_mode(*attr, dnnl_fpmath_mode_strict);
	if (status == dnnl_success)
		status = dnnl_primitive_attr_set_scratchpad_mode(*attr, scratchpad);
	if (status == dnnl_success && relu) {
		status = dnnl_post_ops_create(&ops);
		if (status == dnnl_success)
			status = append_relu(ops);
		if (status == dnnl_success)
			status = dnnl_primitive_attr_set_post_ops(*attr, ops);
		dnnl_post_ops_destroy(ops);
	}
	return status;
}

/* The description of the product for a number of rows; w describes the weights (their order may
 * be dnnl_format_tag_any). */
static dnnl_status_t product_create(const struct linear_spec *s, size_t rows, desc_ref w,
                                    dnnl_primitive_desc_t *pd)
{
	dnnl_dims_t x_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)s->in};
	dnnl_dims_t y_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)s->out};
	dnnl_dims_t b_dims = {(dnnl_dim_t)s->out};
	desc x, b, y;
	dnnl_primitive_attr_t attr = NULL;
	memset(&x, 0, sizeof(x)), memset(&b, 0, sizeof(b)), memset(&y, 0, sizeof(y));
	dnnl_status_t status = desc_create_typed(&x, 2, x_dims, type_of(s->precision), dnnl_ab);
	if (status == dnnl_success)
		status = desc_create(&b, 1, b_dims, dnnl_a);
	if (status == dnnl_success)
		status = desc_create_typed(&y, 2, y_dims, type_of(precision_out(s)), dnnl_ab);
	if (status == dnnl_success)
		status = attr_create(&attr, s->relu, dnnl_scratchpad_mode_user);
	if (status == dnnl_success)
		status = inner_product_create(pd, dnnl_forward_inference, REF(x), w, REF(b), REF(y),
		                              attr);
	dnnl_primitive_attr_destroy(attr);
	desc_free(&y);
	desc_free(&b);
	desc_free(&x);
	return status;
}

/* brgemm of AVX-512 and above, by the name that oneDNN gives its kernels; that of AVX2, which
 * oneDNN 3 has, does not keep the bits. */
static bool is_steady(dnnl_primitive_desc_t pd)
{
	const char *name = "";
	dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
	return strncmp(name, "brgemm", 6) == 0 && strstr(name, "avx512") != NULL;
}

static dnnl_status_t copy_reordered(dnnl_memory_t from, dnnl_memory_t to, desc_ref from_desc,
                                    desc_ref to_desc)
{
	dnnl_primitive_desc_t pd = NULL;
	dnnl_primitive_t reorder = NULL;
	dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
	dnnl_status_t status =
	    dnnl_reorder_primitive_desc_create(&pd, from_desc, engine, to_desc, engine, NULL);
	if (status == dnnl_success)
		status = dnnl_primitive_create(&reorder, pd);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(reorder, stream, 2, args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(stream);
	dnnl_primitive_destroy(reorder);
	dnnl_primitive_desc_destroy(pd);
	return status;
}

static void array_free(struct array *a)
{
	dnnl_memory_destroy(a->memory);
	free(a->data);
}

/* Allocates an array of the description `to` and fills it from plain C-order data. */
static dnnl_status_t upload(const float *data, desc_ref plain, desc_ref to, struct array *out)
{
	dnnl_memory_t from = NULL;
	void *handle = (void *)(uintptr_t)data; /* only read */
	out->data = pages_alloc(dnnl_memory_desc_get_size(to), 1);
	dnnl_status_t status =
	    out->data ? dnnl_memory_create(&from, plain, engine, handle) : dnnl_out_of_memory;
	if (status == dnnl_success)
		status = dnnl_memory_create(&out->memory, to, engine, out->data);
	if (status == dnnl_success)
		status = copy_reordered(from, out->memory, plain, to);
	dnnl_memory_destroy(from);
	return status;
}

/* The weights go into the order that the widest rung prefers; the others must take that. */
static dnnl_status_t upload_weight(struct linear *l, const float *weight)
{
	dnnl_dims_t dims = {(dnnl_dim_t)l->spec.out, (dnnl_dim_t)l->spec.in};
	desc any, plain;
	dnnl_primitive_desc_t pd = NULL;
	memset(&any, 0, sizeof(any)), memset(&plain, 0, sizeof(plain));
	dnnl_status_t status =
	    desc_create_typed(&any, 2, dims, type_of(l->spec.precision), dnnl_format_tag_any);
	if (status == dnnl_success)
		status = desc_create(&plain, 2, dims, dnnl_ab);
	if (status == dnnl_success)
		status = product_create(&l->spec, MATMUL_MAX_ROWS, REF(any), &pd);
	if (status == dnnl_success) {
		desc_ref to = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
		l->steady = is_steady(pd);
		status = upload(weight, REF(plain), to, &l->weight);
	}
	dnnl_primitive_desc_destroy(pd);
	desc_free(&plain);
	desc_free(&any);
	return status;
}

static dnnl_status_t upload_bias(struct linear *l, const float *bias)
{
	dnnl_dims_t dims = {(dnnl_dim_t)l->spec.out};
	desc plain;
	memset(&plain, 0, sizeof(plain));
	dnnl_status_t status = desc_create(&plain, 1, dims, dnnl_a);
	if (status == dnnl_success)
		status = upload(bias, REF(plain), REF(plain), &l->bias);
	desc_free(&plain);
	return status;
}

static void linear_free(struct linear *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < NRUNGS; i++) {
		dnnl_primitive_destroy(l->rungs[0][i].primitive);
		dnnl_primitive_destroy(l->rungs[1][i].primitive);
	}
	array_free(&l->weight);
	array_free(&l->bias);
	free(l);
}

static enum status linear_create(const struct linear_spec *spec, const float *weight,
                                 const float *bias, struct linear **layer, struct error *e)
{
	if (start_engine(e) != STATUS_OK)
		return e->status;
	struct linear *l = calloc(1, sizeof(*l));
	if (!l)
		return error_memory(e);
	l->spec = *spec;
	if (failed(upload_weight(l, weight), e) || failed(upload_bias(l, bias), e))
		linear_free(l);
	else
		*layer = l;
	return e->status;
}

/* oneDNN's view of an argument; data may be DNNL_MEMORY_ALLOCATE. */
static dnnl_status_t view(const_dnnl_primitive_desc_t pd, dnnl_query_t argument, const void *data,
                          dnnl_memory_t *out)
{
	return dnnl_memory_create(out, dnnl_primitive_desc_query_md(pd, argument, 0), engine,
	                          (void *)(uintptr_t)data);
}

static dnnl_status_t run(const struct linear *l, const struct rung *r, const void *x, void *y)
{
	const_dnnl_primitive_desc_t pd = NULL;
	dnnl_memory_t from = NULL, to = NULL, scratchpad = NULL;
	dnnl_stream_t own = NULL; /* a stream is not for two threads at once */
	dnnl_status_t status = dnnl_primitive_get_primitive_desc(r->primitive, &pd);
	if (status == dnnl_success)
		status = view(pd, dnnl_query_src_md, x, &from);
	if (status == dnnl_success)
		status = view(pd, dnnl_query_dst_md, y, &to);
	if (status == dnnl_success)
		status = view(pd, dnnl_query_scratchpad_md, DNNL_MEMORY_ALLOCATE, &scratchpad);
	if (status == dnnl_success)
		status = dnnl_stream_create(&own, engine, dnnl_stream_default_flags);
	dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, from},
	                          {DNNL_ARG_WEIGHTS, l->weight.memory},
	                          {DNNL_ARG_BIAS, l->bias.memory},
	                          {DNNL_ARG_DST, to},
	                          {DNNL_ARG_SCRATCHPAD, scratchpad}};
	if (status == dnnl_success)
		status = dnnl_primitive_execute(r->primitive, own, 5, args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(own);
	dnnl_stream_destroy(own);
	dnnl_memory_destroy(scratchpad);
	dnnl_memory_destroy(to);
	dnnl_memory_destroy(from);
	return status;
}

static dnnl_status_t rung_create(const struct linear *l, size_t rows, struct rung *r)
{
	dnnl_primitive_desc_t pd = NULL;
	desc_ref weight;
	dnnl_status_t status = dnnl_memory_get_memory_desc(l->weight.memory, &weight);
	if (status == dnnl_success)
		status = product_create(&l->spec, rows, weight, &pd);
	r->refused = status == dnnl_unimplemented ||
	             (status == dnnl_success && is_steady(pd) != l->steady);
	if (status == dnnl_success && !r->refused)
		status = dnnl_primitive_create(&r->primitive, pd);
	dnnl_primitive_desc_destroy(pd);
	return r->refused ? dnnl_success : status;
}

/* Bytes of a row. */
static size_t x_bytes(const struct linear_spec *s)
{
	return s->in * precision_bytes(s->precision);
}

static size_t y_bytes(const struct linear_spec *s)
{
	return s->out * precision_bytes(precision_out(s));
}

/* n numbers in -1 .. 1, by Numerical Recipes' quick generator. */
static void fill(enum precision p, size_t n, uint32_t *number, void *x)
{
	float piece[256];
	for (size_t k = 0, m; k < n; k += m) {
		m = n - k < 256 ? n - k : 256;
		for (size_t i = 0; i < m; i++) {
			*number = *number * 1664525 + 1013904223;
			piece[i] = (float)(int32_t)*number * 0x1p-31f;
		}
		precision_from_float(p, m, piece, (char *)x + k * precision_bytes(p));
	}
}

/* Whether a rung gives the bits of a wider one: the order of a sum does not depend on its terms, so
 * that random numbers tell, if there are enough of them for other orders to round otherwise. */
static dnnl_status_t compare(const struct linear *l, const struct rung *r, size_t rows,
                             const struct rung *wide, bool *same)
{
	const struct linear_spec *s = &l->spec;
	char *x = malloc(WARY_MAX_ROWS * x_bytes(s));
	char *y = malloc(2 * WARY_MAX_ROWS * y_bytes(s)), *again = y + WARY_MAX_ROWS * y_bytes(s);
	dnnl_status_t status = x && y ? dnnl_success : dnnl_out_of_memory;
	uint32_t number = 1;
	size_t ntrials = 1 + 20000 / (rows * s->out), at = 0;
	*same = true;
	for (size_t t = 0; t < ntrials && *same && status == dnnl_success; t++, at += rows) {
		if (t == 0 || at + rows > WARY_MAX_ROWS) { /* all rows of the wide one have served */
			at = 0;
			fill(s->precision, WARY_MAX_ROWS * s->in, &number, x);
			status = run(l, wide, x, y);
		}
		if (status == dnnl_success)
			status = run(l, r, x + at * x_bytes(s), again);
		if (status == dnnl_success)
			*same = memcmp(y + at * y_bytes(s), again, rows * y_bytes(s)) == 0;
	}
	free(x);
	free(y);
	return status;
}

/* Prepares a rung on first use; refuses it if it would give other bits than the rest. */
static dnnl_status_t rung_prepare(const struct linear *l, struct rung *all, size_t index)
{
	struct rung *r = &all[index];
	size_t widest = NRUNGS - 1;
	dnnl_status_t status = dnnl_success;
	bool same = true;
	if (r->primitive || r->refused)
		return dnnl_success;
	while (!l->steady && rungs[widest] > WARY_MAX_ROWS)
		widest--;
	if (!l->steady && index != widest)
		status = rung_prepare(l, all, widest);
	if (status == dnnl_success)
		status = rung_create(l, rungs[index], r);
	if (status == dnnl_success && !l->steady && !r->refused && index != widest)
		status = compare(l, r, rungs[index], &all[widest], &same);
	r->refused = r->refused || !same;
	return status;
}

/* The narrowest rung that takes the rows and keeps the bits. */
static dnnl_status_t rung_for(struct linear *l, size_t rows, const struct rung **out)
{
	struct rung *all = l->rungs[parallel_threads() > 1];
	size_t i = 0;
	while (rungs[i] < rows)
		i++;
	pthread_mutex_lock(&preparing);
	dnnl_status_t status = rung_prepare(l, all, i);
	while (status == dnnl_success && all[i].refused && i + 1 < NRUNGS)
		status = rung_prepare(l, all, ++i);
	pthread_mutex_unlock(&preparing);
	*out = &all[i];
	return status == dnnl_success && all[i].refused ? dnnl_unimplemented : status;
}

static enum status linear_forward(struct linear *l, size_t rows, const void *x, void *y,
                                  struct error *e)
{
	const struct rung *rung;
	assert(rows >= 1 && rows <= MATMUL_MAX_ROWS);
	size_t piece = l->steady ? MATMUL_MAX_ROWS : WARY_MAX_ROWS;
	unsigned nthreads = parallel_threads();
	if (!l->steady)
		parallel_set_threads(1);
	for (size_t done = 0; done < rows && e->status == STATUS_OK; done += piece) {
		size_t n = rows - done < piece ? rows - done : piece;
		if (!failed(rung_for(l, n, &rung), e))
			failed(run(l, rung, (const char *)x + done * x_bytes(&l->spec),
			           (char *)y + done * y_bytes(&l->spec)),
			       e);
	}
	parallel_set_threads(nthreads);
	return e->status;
}

const struct matmul matmul_dnnl = {"oneDNN", linear_create, linear_free, linear_forward};

/* ---- layers that learn: plain C-order weights, so that the optimiser works on them in place ---- */

/* One primitive and the memory objects of its arguments, whose handles are set at each run. */
struct product {
	dnnl_primitive_t primitive;
	int nargs;
	dnnl_exec_arg_t args[4];
};

struct learner {
	struct product forward, backward_data, backward_weight;
};

/* The descriptions that the three products of a layer share. */
struct learner_descs {
	desc x, w, b, y, dy, dw;
};

static void product_release(struct product *p)
{
	dnnl_primitive_destroy(p->primitive);
	for (int i = 0; i < p->nargs; i++)
		dnnl_memory_destroy(p->args[i].memory);
}

static dnnl_status_t product_add(struct product *p, int arg, desc_ref d)
{
	dnnl_exec_arg_t *a = &p->args[p->nargs];
	dnnl_status_t status = dnnl_memory_create(&a->memory, d, engine, DNNL_MEMORY_NONE);
	if (status == dnnl_success) {
		a->arg = arg;
		p->nargs++;
	}
	return status;
}

/* Takes pd over. */
static dnnl_status_t product_init(struct product *p, dnnl_primitive_desc_t pd, const int *args,
                                  const desc_ref *descs, int nargs)
{
	dnnl_status_t status = dnnl_primitive_create(&p->primitive, pd);
	for (int i = 0; i < nargs && status == dnnl_success; i++)
		status = product_add(p, args[i], descs[i]);
	return status;
}

static dnnl_status_t product_run(struct product *p, const void *const *handles)
{
	dnnl_status_t status = dnnl_success;
	for (int i = 0; i < p->nargs && status == dnnl_success; i++)
		status = dnnl_memory_set_data_handle(p->args[i].memory,
		                                     (void *)(uintptr_t)handles[i]);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(p->primitive, stream, p->nargs, p->args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(stream);
	return status;
}

static dnnl_status_t descs_create(const struct linear_spec *s, size_t rows, struct learner_descs *d)
{
	dnnl_data_type_t type = type_of(s->precision);
	dnnl_dims_t x = {(dnnl_dim_t)rows, (dnnl_dim_t)s->in};
	dnnl_dims_t w = {(dnnl_dim_t)s->out, (dnnl_dim_t)s->in};
	dnnl_dims_t b = {(dnnl_dim_t)s->out};
	dnnl_dims_t y = {(dnnl_dim_t)rows, (dnnl_dim_t)s->out};
	memset(d, 0, sizeof(*d));
	dnnl_status_t status = desc_create_typed(&d->x, 2, x, type, dnnl_ab);
	if (status == dnnl_success)
		status = desc_create_typed(&d->w, 2, w, type, dnnl_ab);
	if (status == dnnl_success)
		status = desc_create(&d->b, 1, b, dnnl_a);
	if (status == dnnl_success)
		status = desc_create_typed(&d->y, 2, y, type_of(precision_out(s)), dnnl_ab);
	if (status == dnnl_success)
		status = desc_create_typed(&d->dy, 2, y, type, dnnl_ab);
	if (status == dnnl_success)
		status = desc_create(&d->dw, 2, w, dnnl_ab);
	return status;
}

static void descs_free(struct learner_descs *d)
{
	desc_free(&d->x), desc_free(&d->w), desc_free(&d->b);
	desc_free(&d->y), desc_free(&d->dy), desc_free(&d->dw);
}

static dnnl_status_t create_forward(struct learner *l, const struct learner_descs *d, bool relu)
{
	static const int args[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST};
	const desc_ref descs[] = {REF(d->x), REF(d->w), REF(d->b), REF(d->y)};
	dnnl_primitive_desc_t pd = NULL;
	dnnl_primitive_attr_t attr = NULL;
	dnnl_status_t status = attr_create(&attr, relu, dnnl_scratchpad_mode_library);
	if (status == dnnl_success)
		status = inner_product_create(&pd, dnnl_forward_training, descs[0], descs[1],
		                              descs[2], descs[3], attr);
	if (status == dnnl_success)
		status = product_init(&l->forward, pd, args, descs, 4);
	dnnl_primitive_desc_destroy(pd);
	dnnl_primitive_attr_destroy(attr);
	return status;
}

/* The backward products want a forward description of the same types as a hint. */
static dnnl_status_t create_backward(struct learner *l, const struct learner_descs *d)
{
	static const int data_args[] = {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC};
	static const int weight_args[] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS,
	                                  DNNL_ARG_DIFF_BIAS};
	const desc_ref data[] = {REF(d->dy), REF(d->w), REF(d->x)};
	const desc_ref weight[] = {REF(d->x), REF(d->dy), REF(d->dw), REF(d->b)};
	dnnl_primitive_desc_t hint = NULL, pd = NULL;
	dnnl_status_t status = inner_product_create(&hint, dnnl_forward_training, REF(d->x),
	                                            REF(d->w), REF(d->b), REF(d->dy), NULL);
	if (status == dnnl_success)
		status = backward_data_create(&pd, REF(d->x), REF(d->w), REF(d->dy), hint);
	if (status == dnnl_success)
		status = product_init(&l->backward_data, pd, data_args, data, 3);
	dnnl_primitive_desc_destroy(pd);
	pd = NULL;
	if (status == dnnl_success)
		status = backward_weight_create(&pd, REF(d->x), REF(d->dw), REF(d->b), REF(d->dy),
		                                hint);
	if (status == dnnl_success)
		status = product_init(&l->backward_weight, pd, weight_args, weight, 4);
	dnnl_primitive_desc_destroy(pd);
	dnnl_primitive_desc_destroy(hint);
	return status;
}

enum status learner_create(const struct linear_spec *spec, size_t rows, struct learner **out,
                           struct error *e)
{
	struct learner_descs descs;
	if (start_engine(e) != STATUS_OK)
		return e->status;
	struct learner *l = calloc(1, sizeof(*l));
	if (!l)
		return error_memory(e);
	if (failed(descs_create(spec, rows, &descs), e) ||
	    failed(create_forward(l, &descs, spec->relu), e) ||
	    failed(create_backward(l, &descs), e))
		learner_free(l);
	else
		*out = l;
	descs_free(&descs);
	return e->status;
}

void learner_free(struct learner *l)
{
	if (!l)
		return;
	product_release(&l->forward);
	product_release(&l->backward_data);
	product_release(&l->backward_weight);
	free(l);
}

enum status learner_forward(struct learner *l, const void *x, const void *weight, const float *bias,
                            void *y, struct error *e)
{
	failed(product_run(&l->forward, (const void *const[]){x, weight, bias, y}), e);
	return e->status;
}

enum status learner_backward_data(struct learner *l, const void *dy, const void *weight, void *dx,
                                  struct error *e)
{
	failed(product_run(&l->backward_data, (const void *const[]){dy, weight, dx}), e);
	return e->status;
}

enum status learner_backward_weight(struct learner *l, const void *x, const void *dy,
                                    float *dweight, float *dbias, struct error *e)
{
	failed(product_run(&l->backward_weight, (const void *const[]){x, dy, dweight, dbias}), e);
	return e->status;
}

bool matmul_has_bf16(void)
{
	dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
	return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}
