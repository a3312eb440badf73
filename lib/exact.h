/*
 * Exact sums of x and x*x over finite doubles: nothing is rounded until the end, so that the
 * results depend neither on the order of the numbers nor on how they were divided up, and neither
 * overflow nor underflow on the way. Nothing here takes memory, so that none can be lacking; what
 * returns a result is not for two threads at once.
 */
#ifndef EXACT_H
#define EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

__extension__ typedef __int128 exact_int128;
__extension__ typedef unsigned __int128 exact_uint128;

/* A finite double is m 2^(at - 1074), |m| < 2^53, 0 <= at <= 2045. Cell `at` adds up the m and the
 * m*m (weight 2^(2 at - 2148)) of its numbers; 128 and 192 bits hold more of them than can be
 * counted. The cells behind take the upper digits of merged sums. */
enum { EXACT_CELLS = 2113 };

struct exact {
	uint64_t n;
	exact_int128 sums[EXACT_CELLS];
	exact_uint128 squares[EXACT_CELLS]; /* modulo 2^128 */
	uint64_t carries[EXACT_CELLS];      /* 2^128 of squares */
};

void exact_init(struct exact *x);

/* Adds the values up to the first one that is NaN or infinite; returns how many that are. */
size_t exact_add(struct exact *x, const double *values, size_t n);

/* The sums over both sets of numbers. */
void exact_merge(struct exact *x, const struct exact *other);

/* Whether count and sums are the same, however they came about. */
bool exact_equal(const struct exact *x, const struct exact *y);

/* The sums as text, "0x1f3p-12" for 0x1f3 2^-12, odd or 0x0p0: the same sums, the same text.
 * Written in two lines, "sum" and "squares", each with a tab in between. Read from the texts behind
 * the tabs; false, and *x undefined, if they are not such, or cannot be the sums of n doubles. */
enum { EXACT_TEXT = 1200 };
void exact_write(const struct exact *x, FILE *f);
bool exact_read(struct exact *x, uint64_t n, const char *sum, const char *squares);

/* Sum / n, and the square root of the sum of squared deviations from the mean / (n - 1), each
 * rounded once to the nearest double (ties to even; a sum of zero gives +0). For n >= 1 and
 * n >= 2. The stdev is infinite if it is beyond the range of a double. */
double exact_mean(const struct exact *x);
double exact_stdev(const struct exact *x);

#endif
