/* Precisions of matrix factors: float32, and bfloat16, the upper half of a float32. */
#ifndef PRECISION_H
#define PRECISION_H

#include <stdbool.h>
#include <stddef.h>

enum precision { PRECISION_F32, PRECISION_BF16 };

size_t precision_bytes(enum precision p);     /* per element: 4 or 2 */
const char *precision_name(enum precision p); /* "f32" or "bf16" */

/* Convert n elements from float32, rounding to nearest, ties to even, and back; NaN stays NaN. */
void precision_from_float(enum precision p, size_t n, const float *from, void *to);
void precision_to_float(enum precision p, size_t n, const void *from, float *to);

#endif
