/* What differs between oneDNN 2 and 3, and what both are told. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "linear/onednn.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

dnnl_engine_t onednn_engine;
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

/* Where oneDNN was built for OpenMP. */
extern void omp_set_num_threads(int nthreads) __attribute__((weak));

void onednn_compute_alone(void)
{
	if (omp_set_num_threads)
		omp_set_num_threads(1);
}

bool onednn_has(dnnl_cpu_isa_t isa)
{
	return (dnnl_get_effective_cpu_isa() & isa) == isa;
}

bool onednn_failed(dnnl_status_t status, struct error *e)
{
	if (status == dnnl_out_of_memory)
		error_memory(e);
	else if (status != dnnl_success)
		error_set(e, STATUS_SYSTEM, "oneDNN: failure %d", (int)status);
	return status != dnnl_success;
}

dnnl_status_t onednn_desc_create(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                 dnnl_data_type_t type, dnnl_format_tag_t tag)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_memory_desc_create_with_tag(d, rank, dims, type, tag);
#else
	return dnnl_memory_desc_init_by_tag(d, rank, dims, type, tag);
#endif
}

dnnl_status_t onednn_desc_create_strided(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                         dnnl_data_type_t type, const dnnl_dims_t strides)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_memory_desc_create_with_strides(d, rank, dims, type, strides);
#else
	return dnnl_memory_desc_init_by_strides(d, rank, dims, type, strides);
#endif
}

dnnl_status_t onednn_desc_create_part(onednn_desc *d, onednn_desc_ref all, const dnnl_dims_t dims)
{
	const dnnl_dims_t at = {0};
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_memory_desc_create_submemory(d, all, dims, at);
#else
	return dnnl_memory_desc_init_submemory(d, all, dims, at);
#endif
}

void onednn_desc_free(onednn_desc *d)
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

dnnl_status_t onednn_inner_product_create(dnnl_primitive_desc_t *pd, dnnl_prop_kind_t kind,
                                          onednn_desc_ref x, onednn_desc_ref w, onednn_desc_ref b,
                                          onednn_desc_ref y, dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_inner_product_forward_primitive_desc_create(pd, onednn_engine, kind, x, w, b, y,
	                                                        attr);
#else
	dnnl_inner_product_desc_t op;
	dnnl_status_t status = dnnl_inner_product_forward_desc_init(&op, kind, x, w, b, y);
	return status != dnnl_success
	           ? status
	           : dnnl_primitive_desc_create(pd, &op, attr, onednn_engine, NULL);
#endif
}

dnnl_status_t onednn_matmul_create(dnnl_primitive_desc_t *pd, onednn_desc_ref a, onednn_desc_ref b,
                                   onednn_desc_ref bias, onednn_desc_ref c,
                                   dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR >= 3
	return dnnl_matmul_primitive_desc_create(pd, onednn_engine, a, b, bias, c, attr);
#else
	dnnl_matmul_desc_t op;
	dnnl_status_t status = dnnl_matmul_desc_init(&op, a, b, bias, c);
	return status != dnnl_success
	           ? status
	           : dnnl_primitive_desc_create(pd, &op, attr, onednn_engine, NULL);
#endif
}

dnnl_status_t onednn_desc_create_f32(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                     dnnl_format_tag_t tag)
{
	return onednn_desc_create(d, rank, dims, dnnl_f32, tag);
}

dnnl_data_type_t onednn_type(enum precision p)
{
	return p == PRECISION_F32 ? dnnl_f32 : dnnl_bf16;
}

/* Whether there is room for what oneDNN needs to generate code: it crashes where it is refused
 * memory for that. Without a limit nothing is refused. */
static bool has_room(void)
{
	static const int limits[] = {RLIMIT_DATA, RLIMIT_AS};
	const size_t needed = 16 << 20;
	bool limited = false;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit limit;
		limited |= getrlimit(limits[i], &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
	}
	if (!limited)
		return true;
	void *room = mmap(NULL, needed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return room != MAP_FAILED && munmap(room, needed) == 0;
}

dnnl_status_t onednn_primitive_create(dnnl_primitive_t *primitive, const_dnnl_primitive_desc_t pd)
{
	return has_room() ? dnnl_primitive_create(primitive, pd) : dnnl_out_of_memory;
}

/* Nothing of what ONEDNN_VERBOSE asks for, which would be written among the data, nor files with
 * the code that it makes (ONEDNN_JIT_DUMP). */
enum status onednn_start(struct error *e)
{
	onednn_compute_alone();
	if (!has_room())
		return error_memory(e);
	pthread_mutex_lock(&starting);
	dnnl_set_verbose(0);
	dnnl_set_jit_dump(0);
	if (!onednn_engine)
		onednn_failed(dnnl_engine_create(&onednn_engine, dnnl_cpu, 0), e);
	pthread_mutex_unlock(&starting);
	return e->status;
}

/* float32 stays float32, whatever the environment says about faster approximations. With a
 * scratchpad that is ours several threads can make a product at once. */
dnnl_status_t onednn_attr_create(dnnl_primitive_attr_t *attr, bool relu)
{
	dnnl_post_ops_t ops = NULL;
	dnnl_status_t status = dnnl_primitive_attr_create(attr);
	if (status == dnnl_success)
		status = dnnl_primitive_attr_set_fpmath_mode(*attr, dnnl_fpmath_mode_strict);
	if (status == dnnl_success)
		status = dnnl_primitive_attr_set_scratchpad_mode(*attr, dnnl_scratchpad_mode_user);
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
