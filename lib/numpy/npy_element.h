/* Conversion of NumPy's elements to those of raw streams. */
#ifndef NPY_ELEMENT_H
#define NPY_ELEMENT_H

#include "base/element.h"
#include "numpy/npy_header.h"

#include <stdbool.h>
#include <stddef.h>

/* The nearest type of a raw stream: u8 for u1, f32 for f4, f2 and bool, f64 for f8 and the other
 * integers. */
enum element npy_element_nearest(const struct npy_type *type);

/* Converts n elements to little-endian raw ones of type `to` (u8, f32, f64); only u1 can become u8.
 * As in base/element.h, u1 becomes b/255 as f32 and f64; other integers keep their values, and
 * bools are 0 and 1. What `to` cannot represent is rounded to nearest, once; if the type stays the
 * same, so does every bit. */
void npy_element_to_raw(const struct npy_type *type, const unsigned char *in, size_t n,
                        enum element to, unsigned char *raw);

/* Returns the first of n elements that a double cannot represent, or n. */
size_t npy_element_inexact(const struct npy_type *type, const unsigned char *in, size_t n);

/* Writes a signed or unsigned integer or a bool as text. */
void npy_element_print(const struct npy_type *type, const unsigned char *in, char text[24]);

#endif
