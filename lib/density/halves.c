/* The split of a record into even- and odd-indexed elements. */
#include "density/halves.h"

#include "base/vectorised.h"

size_t halves_size(size_t d, size_t half)
{
	return (d + 1 - half) / 2;
}

size_t halves_moved(int mask_config, size_t coupling)
{
	return ((size_t)mask_config + coupling) % 2 == 1 ? HALF_EVEN : HALF_ODD;
}

VECTORISED static void split_pairs(size_t n, const double *restrict x, double *restrict even,
                                   double *restrict odd)
{
	for (size_t k = 0; k < n; k++) {
		even[k] = x[2 * k];
		odd[k] = x[2 * k + 1];
	}
}

VECTORISED static void join_pairs(size_t n, const double *restrict even, const double *restrict odd,
                                  double *restrict x)
{
	for (size_t k = 0; k < n; k++) {
		x[2 * k] = even[k];
		x[2 * k + 1] = odd[k];
	}
}

void halves_split(size_t d, const double *x, double *even, double *odd)
{
	split_pairs(d / 2, x, even, odd);
	if (d % 2 != 0)
		even[d / 2] = x[d - 1];
}

void halves_join(size_t d, const double *even, const double *odd, double *x)
{
	join_pairs(d / 2, even, odd, x);
	if (d % 2 != 0)
		x[d - 1] = even[d / 2];
}

void halves_split_floats(size_t d, const float *x, float *even, float *odd)
{
	for (size_t k = 0; k < d / 2; k++) {
		even[k] = x[2 * k];
		odd[k] = x[2 * k + 1];
	}
	if (d % 2 != 0)
		even[d / 2] = x[d - 1];
}

void halves_join_floats(size_t d, const float *even, const float *odd, double *x)
{
	for (size_t k = 0; k < d / 2; k++) {
		x[2 * k] = (double)even[k];
		x[2 * k + 1] = (double)odd[k];
	}
	if (d % 2 != 0)
		x[d - 1] = (double)even[d / 2];
}
