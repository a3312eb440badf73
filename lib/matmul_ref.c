/* The naive twin: the formula of a linear layer, as it is written. For tests. */
#include "matmul.h"

#include <stdlib.h>
#include <string.h>

struct linear {
	size_t in, out;
	bool relu;
	float *weight; /* (out, in) */
	float *bias;   /* (out) */
};

static void ref_free(struct linear *l)
{
	if (!l)
		return;
	free(l->weight);
	free(l->bias);
	free(l);
}

static enum status ref_create(size_t in, size_t out, bool relu, const float *weight,
                              const float *bias, struct linear **layer, struct error *e)
{
	struct linear *l = malloc(sizeof(*l));
	if (!l)
		return error_memory(e);
	*l = (struct linear){in, out, relu, calloc(out * in, sizeof(float)),
	                     calloc(out, sizeof(float))};
	if (!l->weight || !l->bias) {
		ref_free(l);
		return error_memory(e);
	}
	memcpy(l->weight, weight, out * in * sizeof(float));
	memcpy(l->bias, bias, out * sizeof(float));
	*layer = l;
	return STATUS_OK;
}

static float dot(const struct linear *l, size_t o, const float *x)
{
	double sum = (double)l->bias[o];
	for (size_t i = 0; i < l->in; i++)
		sum += (double)l->weight[o * l->in + i] * (double)x[i];
	return l->relu && sum < 0 ? 0 : (float)sum;
}

static enum status ref_forward(struct linear *l, size_t rows, const float *x, float *y,
                               struct error *e)
{
	(void)e;
	for (size_t r = 0; r < rows; r++) {
		for (size_t o = 0; o < l->out; o++)
			y[r * l->out + o] = dot(l, o, x + r * l->in);
	}
	return STATUS_OK;
}

const struct matmul matmul_ref = {"reference", ref_create, ref_free, ref_forward};
