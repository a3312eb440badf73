/*
 * The products of oneDNN against the naive twin, and the promise that a row's bits do not depend
 * on its company. tests/matmul.bats runs this for every instruction set that oneDNN can be told
 * to use.
 */
#include "matmul.h"
#include "parallel.h"
#include "rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = MATMUL_MAX_ROWS };

struct layer {
	size_t in, out;
	float *weight, *bias;
	float *x, *y, *again; /* (ROWS, in), (ROWS, out) twice */
};

static float *randoms(size_t n, double scale, uint64_t index)
{
	struct rng r;
	float *p = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
	rng_init(&r, 1, RNG_WEIGHTS, index);
	for (size_t i = 0; i < n; i++)
		p[i] = (float)(scale * (2 * rng_uniform(&r) - 1));
	return p;
}

static struct layer make(size_t in, size_t out)
{
	double scale = 1 / sqrt((double)in);
	return (struct layer){in,
	                      out,
	                      randoms(in * out, scale, 1),
	                      randoms(out, scale, 2),
	                      randoms(ROWS * in, 1, 3),
	                      randoms(ROWS * out, 1, 4),
	                      randoms(ROWS * out, 1, 5)};
}

static void release(struct layer *l)
{
	free(l->weight);
	free(l->bias);
	free(l->x);
	free(l->y);
	free(l->again);
}

/* |fl(dot) - dot| <= gamma_n sum |w x|, gamma_n = n u / (1 - n u), u = 2^-24 (Higham, Accuracy
 * and Stability, 3.1), for any order of summation; the twin adds half an ulp. */
static double tolerance(const struct layer *l, size_t row, size_t o)
{
	double sum = fabs((double)l->bias[o]);
	for (size_t i = 0; i < l->in; i++)
		sum += fabs((double)l->weight[o * l->in + i] * (double)l->x[row * l->in + i]);
	return (double)(l->in + 2) * 0x1p-24 * sum;
}

static void against_twin(const struct layer *l, bool relu)
{
	struct error e = {0};
	struct linear *fast = NULL, *naive = NULL;
	double worst = 0; /* in tolerances */
	matmul_dnnl.create(l->in, l->out, relu, l->weight, l->bias, &fast, &e);
	matmul_ref.create(l->in, l->out, relu, l->weight, l->bias, &naive, &e);
	matmul_dnnl.forward(fast, ROWS, l->x, l->y, &e);
	matmul_ref.forward(naive, ROWS, l->x, l->again, &e);
	for (size_t k = 0; k < ROWS * l->out; k++) {
		double error = fabs((double)l->y[k] - (double)l->again[k]);
		worst = fmax(worst, error / tolerance(l, k / l->out, k % l->out));
	}
	ok(e.status == STATUS_OK && worst <= 1, "%zu -> %zu%s agrees with the twin (%.3f of the bound)",
	   l->in, l->out, relu ? " with ReLU" : "", worst);
	matmul_dnnl.free(fast);
	matmul_ref.free(naive);
}

/* Many numbers of rows, from many places of a full batch. */
static void same_bits(struct layer *l)
{
	struct error e = {0};
	struct linear *fast = NULL;
	size_t different = 0;
	parallel_set_threads(1);
	matmul_dnnl.create(l->in, l->out, true, l->weight, l->bias, &fast, &e);
	matmul_dnnl.forward(fast, ROWS, l->x, l->y, &e);
	for (size_t rows = 1; rows <= ROWS; rows += 1 + rows / 48 * 5) {
		parallel_set_threads(1 + (unsigned)rows % 3);
		size_t skip = rows * 7 % (ROWS - rows + 1);
		/* The room behind the rows must be ours: shift what is asked for to the front. */
		float *x = aligned_alloc(64, ROWS * l->in * sizeof(float) / 64 * 64 + 64);
		memset(x, 0, ROWS * l->in * sizeof(float));
		memcpy(x, l->x + skip * l->in, rows * l->in * sizeof(float));
		matmul_dnnl.forward(fast, rows, x, l->again, &e);
		different +=
		    memcmp(l->again, l->y + skip * l->out, rows * l->out * sizeof(float)) != 0;
		free(x);
	}
	ok(e.status == STATUS_OK && different == 0,
	   "%zu -> %zu: the same bits in every batch and with 1, 2, 3 threads (%zu differ)", l->in,
	   l->out, different);
	matmul_dnnl.free(fast);
}

int main(void)
{
	static const size_t shapes[][2] = {{392, 1000}, {1000, 1000}, {1000, 392}, {1, 1},
	                                   {1, 3},      {3, 1},       {4, 6},      {6, 4},
	                                   {32, 64},    {64, 64},     {64, 32},    {17, 129}};
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct layer l = make(shapes[i][0], shapes[i][1]);
		against_twin(&l, true);
		against_twin(&l, false);
		same_bits(&l);
		release(&l);
	}
	return tap_end();
}
