/* Center, spread and grain of the elements of training records. */
#include "train/scaling.h"

#include "density/nice_names.h"

#include <math.h>
#include <stdlib.h>

/* See examples/tables.txt. */
#define NOISE_SHARE       0.3
#define NOISE_SHARE_FEW   15 /* over the root of the number of records */
#define NOISE_MOST        2
#define TWO_VALUES_SPREAD 2

enum { SAMPLE = 1 << 16 /* records that tell the smallest step */ };

static double element(const struct dataset *set, uint32_t record, size_t j)
{
	double value;
	element_to_double(
	    set->type, set->blob.data + record * set->record_bytes + j * element_bytes(set->type),
	    1, &value);
	return value;
}

struct moments {
	double mean, stdev; /* stdev of n - 1, or 0 for equal values, whatever their sum was
	                       rounded to */
	double distance;    /* of the two values, if there are just two; else 0 */
};

static struct moments measure(const struct dataset *set, const uint32_t *numbers, size_t n,
                              size_t j)
{
	double first = element(set, numbers[0], j), second = first, sum = 0, squares = 0;
	bool others = false;
	for (size_t i = 0; i < n; i++) {
		double value = element(set, numbers[i], j);
		sum += value / (double)n;
		if (second == first)
			second = value;
		others = others || (value != first && value != second);
	}
	if (second == first)
		return (struct moments){first, 0, 0};
	for (size_t i = 0; i < n; i++) {
		double deviation = element(set, numbers[i], j) - sum;
		squares += deviation * deviation;
	}
	return (struct moments){sum, sqrt(squares / (double)(n - 1)),
	                        others ? 0 : fabs(second - first)};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The smallest distance between different values, 0 if there is none. */
static double smallest_step(const struct dataset *set, const uint32_t *numbers, size_t n, size_t j,
                            double *values)
{
	double step = INFINITY;
	for (size_t i = 0; i < n; i++)
		values[i] = element(set, numbers[i], j);
	qsort(values, n, sizeof(double), compare);
	for (size_t i = 1; i < n; i++) {
		if (values[i] > values[i - 1])
			step = fmin(step, values[i] - values[i - 1]);
	}
	return isfinite(step) ? step : 0;
}

/* Of a stdev: the fewer records, the more the noise has to smooth. */
static double noise_share(size_t n)
{
	return fmax(NOISE_SHARE, fmin(NOISE_SHARE_FEW / sqrt((double)n), 1));
}

static enum status allocate(struct scaling *s, size_t d, bool records, bool noise, struct error *e)
{
	s->d = d;
	s->mean = records ? calloc(d, sizeof(double)) : NULL;
	s->stdev = records ? calloc(d, sizeof(double)) : NULL;
	s->width = noise ? calloc(d, sizeof(double)) : NULL;
	if ((records && (!s->mean || !s->stdev)) || (noise && !s->width))
		error_memory(e);
	return e->status;
}

enum status scaling_measure(struct scaling *s, const struct dataset *set, const uint32_t *numbers,
                            size_t n, bool records, bool noise, struct error *e)
{
	struct scaling made = {0};
	size_t nsample = n < SAMPLE ? n : SAMPLE;
	double *values = calloc(nsample, sizeof(double));
	if (!values)
		error_memory(e);
	if (e->status == STATUS_OK)
		allocate(&made, set->d, records, noise, e);
	for (size_t j = 0; j < set->d && e->status == STATUS_OK && (records || noise); j++) {
		struct moments m = measure(set, numbers, n, j);
		bool two = m.distance > 0;
		double spread = two ? TWO_VALUES_SPREAD * m.distance : m.stdev;
		if (!isnormal(spread))
			spread = 1;
		if (records) {
			made.mean[j] = m.mean;
			made.stdev[j] = spread;
		}
		if (noise && two)
			made.width[j] = spread;
		else if (noise)
			made.width[j] = fmin(fmax(noise_share(n) * spread,
			                          smallest_step(set, numbers, nsample, j, values)),
			                     NOISE_MOST * spread);
	}
	free(values);
	if (e->status == STATUS_OK)
		*s = made;
	else
		scaling_release(&made);
	return e->status;
}

void scaling_release(struct scaling *s)
{
	free(s->mean);
	free(s->stdev);
	free(s->width);
	*s = (struct scaling){0};
}

double scaling_log_det(const struct scaling *s)
{
	double sum = 0;
	for (size_t j = 0; s->stdev && j < s->d; j++)
		sum -= log(s->stdev[j]);
	return sum;
}

enum status scaling_from_model(struct scaling *s, const struct tensors *t, struct error *e)
{
	const struct tensor *mean = tensors_find(t, NICE_NAMES_MEAN);
	if (!s->mean != !mean)
		return error_set(e, STATUS_MISMATCH,
		                 mean
		                     ? "the model scales its records, this training would not"
		                     : "the model does not scale its records, this training would");
	if (!mean)
		return STATUS_OK;
	mean = tensors_expect(t, NICE_NAMES_MEAN, 1, s->d, 0, e);
	const struct tensor *stdev = tensors_expect(t, NICE_NAMES_STDEV, 1, s->d, 0, e);
	if (!mean || !stdev)
		return e->status;
	tensor_to_double(mean, 0, s->d, s->mean);
	tensor_to_double(stdev, 0, s->d, s->stdev);
	for (size_t j = 0; j < s->d; j++) {
		if (!isfinite(s->mean[j]) || !isnormal(s->stdev[j]) || s->stdev[j] < 0)
			return error_set(e, STATUS_MALFORMED,
			                 "mean or stdev of element %zu is not a number to scale by",
			                 j);
	}
	return STATUS_OK;
}

enum status scaling_to_model(const struct scaling *s, struct tensors *t, struct error *e)
{
	const uint64_t shape[] = {s->d};
	if (!s->mean)
		return e->status;
	tensors_add(t, NICE_NAMES_MEAN, TENSOR_F64, 1, shape, (const unsigned char *)s->mean, e);
	return tensors_add(t, NICE_NAMES_STDEV, TENSOR_F64, 1, shape,
	                   (const unsigned char *)s->stdev, e);
}
