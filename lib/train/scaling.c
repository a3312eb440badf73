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

enum {
	SAMPLE = 1 << 16, /* records that tell the smallest step */
	GROUP = 16        /* elements whose values are kept to sort them */
};

/* Of one element, over the records. */
struct moments {
	double mean, stdev;   /* stdev of n - 1, or 0 for equal values, whatever their sum was
	                         rounded to */
	double first, second; /* the values that came first; second is first if there is one only */
	bool others;          /* there are more values than those two */
};

/* Elements begin .. begin+n-1 of a record. */
static void elements(const struct dataset *set, uint32_t record, size_t begin, size_t n,
                     double *values)
{
	element_to_double(set->type, dataset_record(set, record) + begin * element_bytes(set->type),
	                  n, values);
}

static void add_value(struct moments *m, double value, double n)
{
	m->mean += value / n;
	if (m->second == m->first)
		m->second = value;
	m->others = m->others || (value != m->first && value != m->second);
}

static void add_square(struct moments *m, double value)
{
	double deviation = value - m->mean;
	m->stdev += deviation * deviation;
}

static void end_moments(struct moments *m, size_t n)
{
	bool equal = m->second == m->first;
	m->stdev = equal ? 0 : sqrt(m->stdev / (double)(n - 1));
	if (equal)
		m->mean = m->first;
}

/* In two passes over the records, in order: moments (D); record: room for D numbers. */
static void measure(const struct dataset *set, const uint32_t *numbers, size_t n,
                    struct moments *moments, double *record)
{
	elements(set, numbers[0], 0, set->d, record);
	for (size_t j = 0; j < set->d; j++)
		moments[j] = (struct moments){.first = record[j], .second = record[j]};
	for (size_t i = 0; i < n; i++) {
		elements(set, numbers[i], 0, set->d, record);
		for (size_t j = 0; j < set->d; j++)
			add_value(&moments[j], record[j], (double)n);
	}
	for (size_t i = 0; i < n; i++) {
		elements(set, numbers[i], 0, set->d, record);
		for (size_t j = 0; j < set->d; j++)
			add_square(&moments[j], record[j]);
	}
	for (size_t j = 0; j < set->d; j++)
		end_moments(&moments[j], n);
}

/* Of the two values, if there are just two; else 0. */
static double distance(const struct moments *m)
{
	return m->others ? 0 : fabs(m->second - m->first);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The smallest distance between different values, 0 if there is none. Sorts the values. */
static double smallest_step(double *values, size_t n)
{
	double step = INFINITY;
	qsort(values, n, sizeof(double), compare);
	for (size_t i = 1; i < n; i++) {
		if (values[i] > values[i - 1])
			step = fmin(step, values[i] - values[i - 1]);
	}
	return isfinite(step) ? step : 0;
}

/* The smallest step of each element, steps (D), in one pass over the records for every GROUP
 * elements; values: room for GROUP * n numbers. */
static void smallest_steps(const struct dataset *set, const uint32_t *numbers, size_t n,
                           double *values, double *steps)
{
	double part[GROUP];
	for (size_t j = 0; j < set->d; j += GROUP) {
		size_t m = set->d - j < GROUP ? set->d - j : GROUP;
		for (size_t i = 0; i < n; i++) {
			elements(set, numbers[i], j, m, part);
			for (size_t k = 0; k < m; k++)
				values[k * n + i] = part[k];
		}
		for (size_t k = 0; k < m; k++)
			steps[j + k] = smallest_step(values + k * n, n);
	}
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

/* What measuring needs beside the result. */
struct room {
	struct moments *moments; /* (D) */
	double *record, *steps;  /* (D) each */
	double *values;          /* (GROUP, number of records in the sample) */
};

static enum status room_init(struct room *r, size_t d, size_t nsample, struct error *e)
{
	r->moments = calloc(d, sizeof(*r->moments));
	r->record = calloc(d, sizeof(double));
	r->steps = calloc(d, sizeof(double));
	r->values = calloc(GROUP * nsample, sizeof(double));
	if (!r->moments || !r->record || !r->steps || !r->values)
		error_memory(e);
	return e->status;
}

static void room_release(struct room *r)
{
	free(r->moments);
	free(r->record);
	free(r->steps);
	free(r->values);
}

/* n: number of records. */
static void decide(const struct scaling *s, size_t j, const struct moments *m, double step,
                   size_t n)
{
	double two = distance(m);
	double spread = two > 0 ? TWO_VALUES_SPREAD * two : m->stdev;
	if (!isnormal(spread))
		spread = 1;
	if (s->mean) {
		s->mean[j] = m->mean;
		s->stdev[j] = spread;
	}
	if (s->width && two > 0)
		s->width[j] = spread;
	else if (s->width)
		s->width[j] = fmin(fmax(noise_share(n) * spread, step), NOISE_MOST * spread);
}

enum status scaling_measure(struct scaling *s, const struct dataset *set, const uint32_t *numbers,
                            size_t n, bool records, bool noise, struct error *e)
{
	struct scaling made = {0};
	struct room room = {0};
	size_t nsample = n < SAMPLE ? n : SAMPLE;
	if (allocate(&made, set->d, records, noise, e) == STATUS_OK && (records || noise) &&
	    room_init(&room, set->d, nsample, e) == STATUS_OK) {
		measure(set, numbers, n, room.moments, room.record);
		if (noise)
			smallest_steps(set, numbers, nsample, room.values, room.steps);
		for (size_t j = 0; j < set->d; j++)
			decide(&made, j, &room.moments[j], room.steps[j], n);
	}
	room_release(&room);
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
