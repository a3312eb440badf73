/* Linear layers that learn: the three products of a layer, on oneDNN alone; weights and gradients
 * stay the caller's, in C order. */
#ifndef LINEAR_TRAINING_H
#define LINEAR_TRAINING_H

#include "linear/linear.h"

/* The three products of a layer for a fixed number of rows. */
struct linear_training;

enum status linear_training_create(const struct linear_spec *spec, size_t rows,
                                   struct linear_training **out, struct error *e);
void linear_training_free(struct linear_training *l); /* NULL is fine */

/* y = act(x W^T + b): x (rows, in) T, weight (out, in) T, bias (out) float, y (rows, out) T, or
 * float32 if spec.float_out. */
enum status linear_training_forward(struct linear_training *l, const void *x, const void *weight,
                                    const float *bias, void *y, struct error *e);

/* dx = dy W: dy (rows, out) T, dx (rows, in) T. */
enum status linear_training_backward_data(struct linear_training *l, const void *dy,
                                          const void *weight, void *dx, struct error *e);

/* dweight = dy^T x, dbias = column sums of dy; both float, overwritten. */
enum status linear_training_backward_weight(struct linear_training *l, const void *x,
                                            const void *dy, float *dweight, float *dbias,
                                            struct error *e);

#endif
