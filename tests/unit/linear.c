/*
 * The products of oneDNN against the naive twin, and the promise that a row's bits do not depend
 * on its company. tests/cli/isa.bats runs this for every instruction set that oneDNN can be told
 * to use.
 */
#include "linear/linear.h"
#include "base/rng.h"
#include "tap.h"
#include "tests/oracle/linear_ref.h"
#include "threads/threads.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = LINEAR_MAX_ROWS, TWIN_ROWS = 48 /* the twin is slow */ };

struct layer {
	struct linear_spec
	    spec; /* without ReLU a float32 result: the first and the last of a network */
	float *weight, *bias;
	float *x;        /* (ROWS, in) */
	void *input;     /* x in the precision */
	void *y, *again; /* (ROWS, out) */
};

static void *zeros(size_t n, size_t size)
{
	size_t bytes = (n * size + 63) / 64 * 64;
	return memset(aligned_alloc(64, bytes), 0, bytes);
}

static float *randoms(size_t n, double scale, uint64_t index)
{
	struct rng r;
	float *p = zeros(n, sizeof(float));
	rng_init(&r, 1, RNG_WEIGHTS, index);
	for (size_t i = 0; i < n; i++)
		p[i] = (float)(scale * (2 * rng_uniform(&r) - 1));
	return p;
}

/* What is left of numbers in a precision; room for them in it. */
static void *round_to(enum precision p, size_t n, float *values)
{
	void *rounded = zeros(n, sizeof(float));
	precision_from_float(p, n, values, rounded);
	precision_to_float(p, n, rounded, values);
	return rounded;
}

static struct layer make(size_t in, size_t out, enum precision precision, bool relu)
{
	double scale = 1 / sqrt((double)in);
	struct layer l = {{in, out, precision, relu, .float_out = !relu},
	                  randoms(in * out, scale, 1),
	                  randoms(out, scale, 2),
	                  randoms(ROWS * in, 1, 3),
	                  NULL,
	                  zeros(ROWS * out, sizeof(float)),
	                  zeros(ROWS * out, sizeof(float))};
	free(round_to(precision, in * out, l.weight));
	l.input = round_to(precision, ROWS * in, l.x);
	return l;
}

static void release(struct layer *l)
{
	free(l->weight);
	free(l->bias);
	free(l->x);
	free(l->input);
	free(l->y);
	free(l->again);
}

static enum precision precision_out(const struct linear_spec *s)
{
	return s->float_out ? PRECISION_F32 : s->precision;
}

/* |fl(dot) - dot| <= gamma_n sum |w x|, gamma_n = n u / (1 - n u), u = 2^-24 (Higham, Accuracy
 * and Stability, 3.1), for any order of summation; the twin adds half an ulp. A bfloat16 result
 * is rounded in both: two times 2^-8 of it. */
static double tolerance(const struct layer *l, size_t row, size_t o, double y)
{
	const struct linear_spec *s = &l->spec;
	double sum = fabs((double)l->bias[o]);
	for (size_t i = 0; i < s->in; i++)
		sum += fabs((double)l->weight[o * s->in + i] * (double)l->x[row * s->in + i]);
	return (double)(s->in + 2) * 0x1p-24 * sum +
	       (precision_out(s) == PRECISION_BF16 ? 0x1.02p-7 * fabs(y) : 0);
}

static void against_twin(const struct layer *l)
{
	const struct linear_spec *s = &l->spec;
	struct error e = {0};
	struct linear *fast = NULL, *naive = NULL;
	double worst = 0; /* in tolerances */
	linear_for(s->precision)->create(s, l->weight, l->bias, &fast, &e);
	linear_ref.create(s, l->weight, l->bias, &naive, &e);
	linear_for(s->precision)->forward(fast, ROWS, l->input, l->y, &e);
	linear_ref.forward(naive, TWIN_ROWS, l->input, l->again, &e);
	for (size_t k = 0; k < TWIN_ROWS * s->out; k++) {
		size_t at = k * precision_bytes(precision_out(s));
		float y, exact;
		precision_to_float(precision_out(s), 1, (const char *)l->y + at, &y);
		precision_to_float(precision_out(s), 1, (const char *)l->again + at, &exact);
		double error = fabs((double)y - (double)exact);
		worst = fmax(worst, error / tolerance(l, k / s->out, k % s->out, (double)exact));
	}
	ok(e.status == STATUS_OK && worst <= 1,
	   "%s %zu -> %zu%s agrees with the twin (%.3f of the bound)", precision_name(s->precision),
	   s->in, s->out, s->relu ? " with ReLU" : "", worst);
	linear_for(s->precision)->free(fast);
	linear_ref.free(naive);
}

/* Many numbers of rows, from many places of a full batch. */
static void same_bits(struct layer *l)
{
	const struct linear_spec *s = &l->spec;
	size_t x_bytes = s->in * precision_bytes(s->precision);
	size_t y_bytes = s->out * precision_bytes(precision_out(s));
	struct error e = {0};
	struct linear *fast = NULL;
	size_t different = 0;
	threads_set_count(1);
	linear_for(s->precision)->create(s, l->weight, l->bias, &fast, &e);
	linear_for(s->precision)->forward(fast, ROWS, l->input, l->y, &e);
	for (size_t rows = 1; rows <= ROWS; rows += 1 + rows / 48 * 5) {
		threads_set_count(1 + (unsigned)rows % 3);
		size_t skip = rows * 7 % (ROWS - rows + 1);
		/* The room behind the rows must be ours: shift what is asked for to the front. */
		void *x = zeros(ROWS, x_bytes);
		memcpy(x, (char *)l->input + skip * x_bytes, rows * x_bytes);
		linear_for(s->precision)->forward(fast, rows, x, l->again, &e);
		different += memcmp(l->again, (char *)l->y + skip * y_bytes, rows * y_bytes) != 0;
		free(x);
	}
	ok(e.status == STATUS_OK && different == 0,
	   "%s %zu -> %zu%s: the same bits in every batch and with 1, 2, 3 threads (%zu differ)",
	   precision_name(s->precision), s->in, s->out, s->relu ? " with ReLU" : "", different);
	linear_for(s->precision)->free(fast);
}

int main(void)
{
	static const size_t shapes[][2] = {{392, 1000}, {1000, 1000}, {1000, 392}, {1, 1},
	                                   {1, 3},      {3, 1},       {4, 6},      {6, 4},
	                                   {32, 64},    {64, 64},     {64, 32},    {17, 129}};
	for (int p = PRECISION_F32; p <= (linear_has_bf16() ? PRECISION_BF16 : PRECISION_F32);
	     p++) {
		for (size_t i = 0; i < 2 * sizeof(shapes) / sizeof(*shapes); i++) {
			struct layer l =
			    make(shapes[i / 2][0], shapes[i / 2][1], (enum precision)p, i % 2);
			against_twin(&l);
			if (i % 2)
				same_bits(&l);
			release(&l);
		}
	}
	if (!linear_has_bf16())
		ok(true, "bfloat16 # SKIP this machine has no bfloat16 products");
	return tap_end();
}
