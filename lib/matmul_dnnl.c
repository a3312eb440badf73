/*
 * Knows oneDNN, its C interface of versions 2 and 3, and is the only file that does.
 *
 * The same bits for a row whatever the batch: oneDNN's batch-reduced kernels ("brgemm") compute a
 * row in the same order wherever it stands and however many there are; its older "gemm" kernels
 * do not, but treat all rows alike if one thread takes a multiple of the kernel's block. So a
 * layer is prepared for a ladder of row counts, and a batch runs on the smallest rung it fits:
 * many rungs for brgemm, few and wide ones, on one thread, for anything else. tests/matmul.bats
 * holds this on every instruction set that the machine can be told to use.
 */
#include "matmul.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>

static const size_t rungs[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, MATMUL_MAX_ROWS};
enum { NRUNGS = sizeof(rungs) / sizeof(*rungs), GEMM_BLOCK = 48 };

struct rung {
	bool refused; /* its kernel is not one that keeps the bits: use a wider rung */
	dnnl_primitive_t primitive; /* NULL until it is needed */
	dnnl_memory_t x, y;
};

struct linear {
	size_t in, out;
	bool relu;
	bool brgemm;
	dnnl_memory_t weight, bias; /* weight in the order that oneDNN prefers */
	struct rung rungs[NRUNGS];
};

/* One engine and one stream for the process: oneDNN's CPU engine has no state of ours. */
static dnnl_engine_t engine;
static dnnl_stream_t stream;

/* GNU's and LLVM's OpenMP both have them; a oneDNN that was built for other threads has not. */
extern void omp_set_num_threads(int) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));

void matmul_set_threads(unsigned nthreads)
{
	if (omp_set_num_threads)
		omp_set_num_threads((int)nthreads);
}

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

static dnnl_status_t desc_create(desc *d, int rank, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_memory_desc_create_with_tag(d, rank, dims, dnnl_f32, tag);
#else
	return dnnl_memory_desc_init_by_tag(d, rank, dims, dnnl_f32, tag);
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

static dnnl_status_t inner_product_create(dnnl_primitive_desc_t *pd, desc_ref x, desc_ref w,
                                          desc_ref b, desc_ref y, dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_inner_product_forward_primitive_desc_create(
	    pd, engine, dnnl_forward_inference, x, w, b, y, attr);
#else
	dnnl_inner_product_desc_t op;
	dnnl_status_t status =
	    dnnl_inner_product_forward_desc_init(&op, dnnl_forward_inference, x, w, b, y);
	return status != dnnl_success ? status
	                              : dnnl_primitive_desc_create(pd, &op, attr, engine, NULL);
#endif
}

/* ---- from here on one version ---- */

static enum status start_engine(struct error *e)
{
	if (!engine && failed(dnnl_engine_create(&engine, dnnl_cpu, 0), e))
		return e->status;
	if (!stream)
		failed(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags), e);
	return e->status;
}

/* float32 stays float32, whatever the environment says about faster approximations. */
static dnnl_status_t attr_create(dnnl_primitive_attr_t *attr, bool relu)
{
	dnnl_post_ops_t ops = NULL;
	dnnl_status_t status = dnnl_primitive_attr_create(attr);
	if (status == dnnl_success)
		status = dnnl_primitive_attr_set_fpmath_mode(*attr, dnnl_fpmath_mode_strict);
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
static dnnl_status_t product_create(const struct linear *l, size_t rows, desc_ref w,
                                    dnnl_primitive_desc_t *pd)
{
	dnnl_dims_t x_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)l->in};
	dnnl_dims_t y_dims = {(dnnl_dim_t)rows, (dnnl_dim_t)l->out};
	dnnl_dims_t b_dims = {(dnnl_dim_t)l->out};
	desc x, b, y;
	dnnl_primitive_attr_t attr = NULL;
	memset(&x, 0, sizeof(x)), memset(&b, 0, sizeof(b)), memset(&y, 0, sizeof(y));
	dnnl_status_t status = desc_create(&x, 2, x_dims, dnnl_ab);
	if (status == dnnl_success)
		status = desc_create(&b, 1, b_dims, dnnl_a);
	if (status == dnnl_success)
		status = desc_create(&y, 2, y_dims, dnnl_ab);
	if (status == dnnl_success)
		status = attr_create(&attr, l->relu);
	if (status == dnnl_success)
		status = inner_product_create(pd, REF(x), w, REF(b), REF(y), attr);
	dnnl_primitive_attr_destroy(attr);
	desc_free(&y);
	desc_free(&b);
	desc_free(&x);
	return status;
}

static bool is_brgemm(dnnl_primitive_desc_t pd)
{
	const char *name = "";
	dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
	return strncmp(name, "brgemm", 6) == 0;
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

/* Allocates memory of the description `to` and fills it from plain C-order data. */
static dnnl_status_t upload(const float *data, desc_ref plain, desc_ref to, dnnl_memory_t *out)
{
	dnnl_memory_t from = NULL;
	void *handle = (void *)(uintptr_t)data; /* only read */
	dnnl_status_t status = dnnl_memory_create(&from, plain, engine, handle);
	if (status == dnnl_success)
		status = dnnl_memory_create(out, to, engine, DNNL_MEMORY_ALLOCATE);
	if (status == dnnl_success)
		status = copy_reordered(from, *out, plain, to);
	dnnl_memory_destroy(from);
	return status;
}

/* The weights go into the order that the widest rung prefers; the others must take that. */
static dnnl_status_t upload_weight(struct linear *l, const float *weight)
{
	dnnl_dims_t dims = {(dnnl_dim_t)l->out, (dnnl_dim_t)l->in};
	desc any, plain;
	dnnl_primitive_desc_t pd = NULL;
	memset(&any, 0, sizeof(any)), memset(&plain, 0, sizeof(plain));
	dnnl_status_t status = desc_create(&any, 2, dims, dnnl_format_tag_any);
	if (status == dnnl_success)
		status = desc_create(&plain, 2, dims, dnnl_ab);
	if (status == dnnl_success)
		status = product_create(l, MATMUL_MAX_ROWS, REF(any), &pd);
	if (status == dnnl_success) {
		desc_ref to = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
		l->brgemm = is_brgemm(pd);
		status = upload(weight, REF(plain), to, &l->weight);
	}
	dnnl_primitive_desc_destroy(pd);
	desc_free(&plain);
	desc_free(&any);
	return status;
}

static dnnl_status_t upload_bias(struct linear *l, const float *bias)
{
	dnnl_dims_t dims = {(dnnl_dim_t)l->out};
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
		dnnl_primitive_destroy(l->rungs[i].primitive);
		dnnl_memory_destroy(l->rungs[i].x);
		dnnl_memory_destroy(l->rungs[i].y);
	}
	dnnl_memory_destroy(l->weight);
	dnnl_memory_destroy(l->bias);
	free(l);
}

static enum status linear_create(size_t in, size_t out, bool relu, const float *weight,
                                 const float *bias, struct linear **layer, struct error *e)
{
	if (start_engine(e) != STATUS_OK)
		return e->status;
	struct linear *l = calloc(1, sizeof(*l));
	if (!l)
		return error_memory(e);
	l->in = in;
	l->out = out;
	l->relu = relu;
	if (failed(upload_weight(l, weight), e) || failed(upload_bias(l, bias), e))
		linear_free(l);
	else
		*layer = l;
	return e->status;
}

/* Prepares a rung on first use; refuses it if its kernel would give other bits than the rest. */
static dnnl_status_t rung_prepare(struct linear *l, size_t index)
{
	struct rung *r = &l->rungs[index];
	dnnl_primitive_desc_t pd = NULL;
	desc_ref weight;
	r->refused = !l->brgemm && rungs[index] % GEMM_BLOCK != 0;
	if (r->primitive || r->refused)
		return dnnl_success;
	dnnl_status_t status = dnnl_memory_get_memory_desc(l->weight, &weight);
	if (status != dnnl_success)
		return status;
	status = product_create(l, rungs[index], weight, &pd);
	r->refused = rungs[index] < MATMUL_MAX_ROWS &&
	             (status == dnnl_unimplemented ||
	              (status == dnnl_success && is_brgemm(pd) != l->brgemm));
	if (status == dnnl_success && !r->refused) {
		desc_ref x = dnnl_primitive_desc_query_md(pd, dnnl_query_src_md, 0);
		desc_ref y = dnnl_primitive_desc_query_md(pd, dnnl_query_dst_md, 0);
		status = dnnl_memory_create(&r->x, x, engine, DNNL_MEMORY_NONE);
		if (status == dnnl_success)
			status = dnnl_memory_create(&r->y, y, engine, DNNL_MEMORY_NONE);
		if (status == dnnl_success)
			status = dnnl_primitive_create(&r->primitive, pd);
	}
	dnnl_primitive_desc_destroy(pd);
	return r->refused ? dnnl_success : status;
}

/* The narrowest rung that takes the rows and keeps the bits. */
static dnnl_status_t rung_for(struct linear *l, size_t rows, struct rung **out)
{
	size_t i = 0;
	while (rungs[i] < rows)
		i++;
	dnnl_status_t status = rung_prepare(l, i);
	while (status == dnnl_success && l->rungs[i].refused)
		status = rung_prepare(l, ++i);
	*out = &l->rungs[i];
	return status;
}

static dnnl_status_t run(const struct linear *l, const struct rung *r, const float *x, float *y)
{
	dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, r->x},
	                          {DNNL_ARG_WEIGHTS, l->weight},
	                          {DNNL_ARG_BIAS, l->bias},
	                          {DNNL_ARG_DST, r->y}};
	dnnl_status_t status = dnnl_memory_set_data_handle(r->x, (void *)(uintptr_t)x);
	if (status == dnnl_success)
		status = dnnl_memory_set_data_handle(r->y, y);
	unsigned nthreads = omp_get_max_threads ? (unsigned)omp_get_max_threads() : 1;
	if (!l->brgemm)
		matmul_set_threads(1);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(r->primitive, stream, 4, args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(stream);
	if (!l->brgemm)
		matmul_set_threads(nthreads);
	return status;
}

static enum status linear_forward(struct linear *l, size_t rows, const float *x, float *y,
                                  struct error *e)
{
	struct rung *rung;
	assert(rows >= 1 && rows <= MATMUL_MAX_ROWS);
	if (!failed(rung_for(l, rows, &rung), e))
		failed(run(l, rung, x, y), e);
	return e->status;
}

const struct matmul matmul_dnnl = {"oneDNN", linear_create, linear_free, linear_forward};
