/* Numbers in memory, for statistics that depend on their order. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample {
	double *values; /* owned */
	size_t n, capacity;
};

enum status sample_add(struct sample *s, const double *values, size_t n, struct error *e);

/* Adds all numbers of a stream (io/numbers.h); those before an error are kept. */
enum status sample_read(struct sample *s, int fd, bool binary, struct error *e);
void sample_release(struct sample *s);

/* The order of a sorted sample: < 0, 0 or > 0. NaN comes before -inf, all NaN are equal. */
int sample_compare(double x, double y);

/* Ascending; all zeros become +0. */
void sample_sort(struct sample *s);

/* low + part (high - low) for finite low <= high and 0 <= part <= 1, rounded so that a greater part
 * never gives less: the difference once, the rest once more. Never outside of low .. high. */
double sample_between(double low, double high, double part);

/* The quantile of a sorted sample without NaN, n > 0, 0 <= p <= 1, of type 7 (Hyndman, Fan, The
 * American Statistician 50, 1996): with h = (n - 1) p, i = floor(h) and values counted from 0,
 * x[i] + (h - i) (x[i+1] - x[i]), h rounded to a double and the rest as by sample_between. Never
 * outside of x[i] .. x[i+1], and never less for a greater p. */
double sample_quantile(const struct sample *s, double p);

/* The median of the distances |x - center|, the mean of the middle two of an even number, each
 * distance in double arithmetic. The sample is sorted, without NaN, n > 0. */
double sample_mad(const struct sample *s, double center);

/* CRC-32 of the sample as text, one shortest decimal per line: whether two samples are the same. */
uint32_t sample_crc(const struct sample *s);

/* How many numbers of a sorted sample are less than value. */
size_t sample_below(const struct sample *s, double value);

#endif
