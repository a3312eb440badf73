/*
 * The halves of a record: its even-indexed elements and its odd-indexed ones. A coupling moves one
 * of them by what the other says.
 *
 * Half 0 has the elements 0, 2, 4, ..., (D+1)/2 of them; half 1 has 1, 3, 5, ..., D/2 of them.
 * Element j is number j / 2 of half j % 2.
 */
#ifndef HALVES_H
#define HALVES_H

#include <stddef.h>

enum { HALF_EVEN, HALF_ODD };

/* Elements of a half of records of d elements. No half has more than HALF_EVEN. */
size_t halves_size(size_t d, size_t half);

/* The half that a coupling moves: the even-indexed elements if mask_config + coupling is odd, else
 * the odd-indexed. The conditioner reads the other half, 1 - halves_moved. */
size_t halves_moved(int mask_config, size_t coupling);

/* One record x (d) into its halves, and back. */
void halves_split(size_t d, const double *x, double *even, double *odd);
void halves_join(size_t d, const double *even, const double *odd, double *x);

/* The same with halves of float. */
void halves_split_floats(size_t d, const float *x, float *even, float *odd);
void halves_join_floats(size_t d, const float *even, const float *odd, double *x);

#endif
