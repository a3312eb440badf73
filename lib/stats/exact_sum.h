/*
 * Exact sums of x and x*x over finite doubles: nothing is rounded until the end, so that the
 * results depend neither on the order of the numbers nor on how they were divided up, and neither
 * overflow nor underflow on the way. No memory is allocated, so
 * that nothing can fail; functions that return a result are not thread-safe.
 */
#ifndef EXACT_SUM_H
#define EXACT_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

__extension__ typedef __int128 exact_sum_int128;
__extension__ typedef unsigned __int128 exact_sum_uint128;

/* A finite double is m 2^(at - 1074), |m| < 2^53, 0 <= at <= 2045. Cell `at` adds up the m and the
 * m*m (weight 2^(2 at - 2148)) of its numbers; 128 and 192 bits hold more of them than can be
 * counted. The cells after those hold the upper digits of merged sums. */
enum { EXACT_SUM_CELLS = 2113 };

struct exact_sum {
	uint64_t n;
	exact_sum_int128 sums[EXACT_SUM_CELLS];
	exact_sum_uint128 squares[EXACT_SUM_CELLS]; /* modulo 2^128 */
	uint64_t carries[EXACT_SUM_CELLS];          /* 2^128 of squares */
};

void exact_sum_init(struct exact_sum *x);

/* Adds the values up to the first that is NaN or infinite; returns how many were added. */
size_t exact_sum_add(struct exact_sum *x, const double *values, size_t n);

/* The sums over both sets of numbers. */
void exact_sum_merge(struct exact_sum *x, const struct exact_sum *other);

/* Whether count and sums are equal, however they were computed. */
bool exact_sum_equal(const struct exact_sum *x, const struct exact_sum *y);

/* The sums as text, "0x1f3p-12" for 0x1f3 2^-12, odd or 0x0p0: the same sums, the same text.
 * Written in two lines, "sum" and "squares", each with a tab in between. Read from the texts behind
 * the tabs; false, and *x undefined, if they are not such, or cannot be the sums of n doubles. */
enum { EXACT_SUM_TEXT = 1200 };
void exact_sum_write(const struct exact_sum *x, FILE *f);
bool exact_sum_read(struct exact_sum *x, uint64_t n, const char *sum, const char *squares);

/* Whether n finite real numbers, the least of them min and the greatest max, can have these sums;
 * no numbers have inf and -inf. Exact. */
bool exact_sum_spans(const struct exact_sum *x, double min, double max);

/* Sum / n, and the square root of the sum of squared deviations from the mean / (n - 1), each
 * rounded once to the nearest double (ties to even; a sum of zero gives +0). For n >= 1 and
 * n >= 2. The stdev is infinite if it is beyond the range of a double. */
double exact_sum_mean(const struct exact_sum *x);
double exact_sum_stdev(const struct exact_sum *x);

#endif
