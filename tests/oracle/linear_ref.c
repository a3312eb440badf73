/* The naive twin: the formula of a linear layer, as it is written. For tests. */
#include "tests/oracle/linear_ref.h"

#include <stdlib.h>
#include <string.h>

struct linear {
	struct linear_spec spec;
	float *weight; /* (out, in), rounded to the precision */
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

/* What is left of a number in a precision. */
static float rounded(enum precision p, float value)
{
	float copy;
	precision_from_float(p, 1, &value, &copy);
	precision_to_float(p, 1, &copy, &value);
	return value;
}

static enum status ref_create(const struct linear_spec *spec, const float *weight,
                              const float *bias, struct linear **layer, struct error *e)
{
	size_t nweights = spec->out * spec->in;
	struct linear *l = malloc(sizeof(*l));
	if (!l)
		return error_memory(e);
	*l = (struct linear){*spec, calloc(nweights, sizeof(float)),
	                     calloc(spec->out, sizeof(float))};
	if (!l->weight || !l->bias) {
		ref_free(l);
		return error_memory(e);
	}
	for (size_t i = 0; i < nweights; i++)
		l->weight[i] = rounded(spec->precision, weight[i]);
	memcpy(l->bias, bias, spec->out * sizeof(float));
	*layer = l;
	return STATUS_OK;
}

/* Element `index` of an array of the precision. */
static float at(enum precision p, const void *array, size_t index)
{
	float value;
	precision_to_float(p, 1, (const char *)array + index * precision_bytes(p), &value);
	return value;
}

static float dot(const struct linear *l, size_t o, const void *x, size_t row)
{
	const struct linear_spec *s = &l->spec;
	double sum = (double)l->bias[o];
	for (size_t i = 0; i < s->in; i++)
		sum +=
		    (double)l->weight[o * s->in + i] * (double)at(s->precision, x, row * s->in + i);
	return s->relu && sum < 0 ? 0 : (float)sum;
}

static enum status ref_forward(struct linear *l, size_t rows, const void *x, void *y,
                               struct error *e)
{
	enum precision p = l->spec.float_out ? PRECISION_F32 : l->spec.precision;
	(void)e;
	for (size_t k = 0; k < rows * l->spec.out; k++) {
		float value = dot(l, k % l->spec.out, x, k / l->spec.out);
		precision_from_float(p, 1, &value, (char *)y + k * precision_bytes(p));
	}
	return STATUS_OK;
}

const struct linear_backend linear_ref = {ref_create, ref_free, ref_forward};
