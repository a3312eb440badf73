/*
 * What this project knows of oneDNN's C interface, versions 2 and 3: the only file that includes
 * its header. Only linear_dnnl.c and linear_training_dnnl.c use it, and tile.c asks what it may.
 *
 * oneDNN always computes on the thread that calls it: with several threads its kernels would cut
 * sums as the number of threads suggests.
 */
#ifndef ONEDNN_H
#define ONEDNN_H

#include "base/error.h"
#include "linear/precision.h"

#include <stdbool.h>

#include <oneapi/dnnl/dnnl.h>

/* A description of an array. Version 2 has it by value, version 3 by pointer. */
#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t onednn_desc;
typedef const_dnnl_memory_desc_t onednn_desc_ref;
#define ONEDNN_REF(d) (d)
#else
typedef dnnl_memory_desc_t onednn_desc;
typedef const dnnl_memory_desc_t *onednn_desc_ref;
#define ONEDNN_REF(d) (&(d))
#endif

/* One engine for the process: oneDNN's CPU engine has no state of ours. It is there after
 * onednn_start. */
extern dnnl_engine_t onednn_engine;

enum status onednn_start(struct error *e);

/* Whether oneDNN computes with an instruction set: the processor has it, and ONEDNN_MAX_CPU_ISA
 * does not forbid it. */
bool onednn_has(dnnl_cpu_isa_t isa);

/* oneDNN computes on the calling thread alone from now on. */
void onednn_compute_alone(void);

/* Whether it is one; then e says so. */
bool onednn_failed(dnnl_status_t status, struct error *e);

dnnl_data_type_t onednn_type(enum precision p);

/* dnnl_primitive_create, but dnnl_out_of_memory where a limit of the process leaves too little. */
dnnl_status_t onednn_primitive_create(dnnl_primitive_t *primitive, const_dnnl_primitive_desc_t pd);

/* Descriptions: to be zeroed before, and freed after. f32 is for arrays of float. */
dnnl_status_t onednn_desc_create(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                 dnnl_data_type_t type, dnnl_format_tag_t tag);
dnnl_status_t onednn_desc_create_f32(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                     dnnl_format_tag_t tag);
dnnl_status_t onednn_desc_create_strided(onednn_desc *d, int rank, const dnnl_dims_t dims,
                                         dnnl_data_type_t type, const dnnl_dims_t strides);
/* The first rows and columns of a matrix. */
dnnl_status_t onednn_desc_create_part(onednn_desc *d, onednn_desc_ref all, const dnnl_dims_t dims);
void onednn_desc_free(onednn_desc *d);

/* Float32 sums whatever the environment says, a scratchpad of ours, and ReLU if wished. */
dnnl_status_t onednn_attr_create(dnnl_primitive_attr_t *attr, bool relu);

dnnl_status_t onednn_inner_product_create(dnnl_primitive_desc_t *pd, dnnl_prop_kind_t kind,
                                          onednn_desc_ref x, onednn_desc_ref w, onednn_desc_ref b,
                                          onednn_desc_ref y, dnnl_primitive_attr_t attr);
dnnl_status_t onednn_matmul_create(dnnl_primitive_desc_t *pd, onednn_desc_ref a, onednn_desc_ref b,
                                   onednn_desc_ref bias, onednn_desc_ref c,
                                   dnnl_primitive_attr_t attr);

#endif
