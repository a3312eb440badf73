/*
 * The kernels of the innermost product: each against sums of double, and all that have fused
 * multiply-adds against each other, bit for bit.
 */
#include "linear/tile.h"
#include "base/rng.h"
#include "tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 19, DEPTH = 131, COLUMNS = 48, ROOM = COLUMNS + 16 };

static float a[ROWS * DEPTH], b[DEPTH * COLUMNS], bias[ROOM], row_bias[ROWS];
static float c[ROWS * ROOM], fused[ROWS * ROOM];
static _Alignas(64) float panel[DEPTH * COLUMNS], padded_bias[ROOM];

static void fill(float *x, size_t n, uint64_t index)
{
	struct rng r;
	rng_init(&r, 1, RNG_WEIGHTS, index);
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(2 * rng_uniform(&r) - 1);
}

struct shape {
	size_t rows, depth, columns;
	bool relu, turned, by_rows, add; /* by_rows: a bias for each row */
};

/* A, as the product reads it. */
static float element(const struct shape *s, size_t r, size_t k)
{
	return s->turned ? a[k * ROWS + r] : a[r * DEPTH + k];
}

/* Into c, of which nothing else is touched. */
static void multiply(const struct tile_kernel *kernel, const struct shape *s)
{
	size_t width = tile_width(kernel, s->columns);
	memset(panel, 0, sizeof(panel));
	memset(padded_bias, 0, sizeof(padded_bias));
	memcpy(padded_bias, bias, s->columns * sizeof(float));
	for (size_t k = 0; k < s->depth; k++)
		memcpy(panel + k * width, b + k * COLUMNS, s->columns * sizeof(float));
	for (size_t i = 0; i < ROWS * ROOM; i++)
		c[i] = -7;
	kernel->run(&(struct tile_product){
	    .rows = s->rows,
	    .depth = s->depth,
	    .columns = s->columns,
	    .a = a,
	    .a_row = s->turned ? ROWS : DEPTH,
	    .turned = s->turned,
	    .panel = panel,
	    .bias = s->by_rows ? NULL : padded_bias,
	    .row_bias = s->by_rows ? row_bias : NULL,
	    .relu = s->relu,
	    .add = s->add,
	    .c = c,
	    .c_row = ROOM,
	    .ahead = panel,
	    .ahead_step = TILE_LINE,
	});
}

/* |fl(sum) - sum| <= gamma_n sum |a b| (Higham, Accuracy and Stability, 3.1), n = depth + 1, and
 * what adding to -7 rounds. */
static bool right(const struct shape *s, size_t r, size_t j)
{
	double sum = (double)(s->by_rows ? row_bias[r] : bias[j]), size = fabs(sum);
	for (size_t k = 0; k < s->depth; k++) {
		double term = (double)element(s, r, k) * (double)b[k * COLUMNS + j];
		sum += term;
		size += fabs(term);
	}
	sum = s->relu && sum < 0 ? 0 : sum;
	double before = s->add ? -7 : 0, tolerance = (double)(s->depth + 2) * 0x1p-24 * size;
	return fabs((double)c[r * ROOM + j] - (before + sum)) <=
	       tolerance + 0x1p-24 * fabs(before + sum);
}

static size_t wrong_elements(const struct shape *s)
{
	size_t nwrong = 0;
	for (size_t r = 0; r < ROWS; r++) {
		for (size_t j = 0; j < ROOM; j++) {
			bool asked = r < s->rows && j < s->columns;
			nwrong += asked ? !right(s, r, j) : c[r * ROOM + j] != -7;
		}
	}
	return nwrong;
}

static struct shape shape_of(size_t number, size_t columns)
{
	static const size_t depths[] = {1, 2, 3, 4, 5, 8, 31, DEPTH};
	return (struct shape){.rows = 1 + number % ROWS,
	                      .depth = depths[number % 8],
	                      .columns = 1 + number * 5 % columns,
	                      .relu = number % 2,
	                      .turned = number / 2 % 2,
	                      .by_rows = number / 4 % 2,
	                      .add = number / 8 % 2};
}

enum { SHAPES = ROWS * 48 };

static void check_values(const struct tile_kernel *kernel)
{
	size_t nwrong = 0;
	for (size_t i = 0; i < SHAPES; i++) {
		struct shape s = shape_of(i, kernel->columns);
		multiply(kernel, &s);
		nwrong += wrong_elements(&s);
	}
	ok(nwrong == 0, "%s: sums of doubles, and nothing beside them (%zu wrong)", kernel->name,
	   nwrong);
}

static void check_bits(const struct tile_kernel *first, const struct tile_kernel *kernel)
{
	size_t ndifferent = 0;
	for (size_t i = 0; i < SHAPES; i++) {
		struct shape s = shape_of(i, kernel->columns);
		multiply(first, &s);
		memcpy(fused, c, sizeof(c));
		multiply(kernel, &s);
		ndifferent += memcmp(fused, c, sizeof(c)) != 0;
	}
	ok(ndifferent == 0, "%s: the bits of %s (%zu differ)", kernel->name, first->name,
	   ndifferent);
}

static void check_nan(const struct tile_kernel *kernel)
{
	float before = a[DEPTH];
	struct shape s = {.rows = 3, .depth = 9, .columns = 5, .relu = true};
	a[DEPTH] = NAN;
	multiply(kernel, &s);
	ok(isnan(c[ROOM]) && isnan(c[ROOM + 4]) && !isnan(c[0]) && !isnan(c[2 * ROOM]),
	   "%s: NaN stays, in its row", kernel->name);
	a[DEPTH] = before;
}

int main(void)
{
	const struct tile_kernel *first = NULL;
	fill(a, ROWS * DEPTH, 1);
	fill(b, DEPTH * COLUMNS, 2);
	fill(bias, COLUMNS, 3);
	fill(row_bias, ROWS, 4);
	for (size_t i = 0; i < tile_nkernels; i++) {
		const struct tile_kernel *kernel = &tile_kernels[i];
		if (!kernel->supported()) {
			ok(true, "%s # SKIP not on this processor", kernel->name);
			continue;
		}
		check_values(kernel);
		check_nan(kernel);
		if (first && i + 1 < tile_nkernels)
			check_bits(first, kernel);
		first = first ? first : kernel;
	}
	return tap_end();
}
