/* Numbers that are kept, all of them, for what depends on their order. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct sample {
	double *values; /* owned */
	size_t n, capacity;
};

enum status sample_add(struct sample *s, const double *values, size_t n, struct error *e);
/* Adds all numbers of a stream, as numbers.h reads them; what came before an error stays. */
enum status sample_read(struct sample *s, int fd, bool binary, struct error *e);
void sample_release(struct sample *s);

/* The order of a sorted sample: < 0, 0 or > 0. NaN comes before -inf, all NaN are equal. */
int sample_compare(double x, double y);

/* Ascending; all zeros become +0. */
void sample_sort(struct sample *s);

/* The quantile of a sorted sample without NaN, n > 0, 0 <= p <= 1, of type 7 (Hyndman, Fan, The
 * American Statistician 50, 1996): with h = (n - 1) p, i = floor(h) and values counted from 0,
 * x[i] + (h - i) (x[i+1] - x[i]), in double arithmetic. Never outside of x[i] .. x[i+1]. */
double sample_quantile(const struct sample *s, double p);

/* The median of the distances |x - center|, the mean of the middle two of an even number, each
 * distance in double arithmetic. Of a sorted sample without NaN, n > 0. */
double sample_mad(const struct sample *s, double center);

/* How many are less than value, of a sorted sample. */
size_t sample_below(const struct sample *s, double value);

#endif
