/* Order statistics of numbers in memory. */
#include "stats/sample.h"

#include "base/crc.h"
#include "base/decimal.h"
#include "io/numbers.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static enum status grow(struct sample *s, size_t n, struct error *e)
{
	size_t capacity = s->capacity ? s->capacity : 1024;
	while (capacity < n) {
		if (capacity > SIZE_MAX / 2 / sizeof(*s->values))
			return error_memory(e);
		capacity *= 2;
	}
	double *values = realloc(s->values, capacity * sizeof(*values));
	if (!values)
		return error_memory(e);
	s->values = values;
	s->capacity = capacity;
	return STATUS_OK;
}

enum status sample_add(struct sample *s, const double *values, size_t n, struct error *e)
{
	if (n > s->capacity - s->n && grow(s, s->n + n, e) != STATUS_OK)
		return e->status;
	if (n > 0)
		memcpy(s->values + s->n, values, n * sizeof(*values));
	s->n += n;
	return STATUS_OK;
}

enum status sample_read(struct sample *s, int fd, bool binary, struct error *e)
{
	struct numbers in = {0};
	const double *values;
	size_t n = 1;
	if (numbers_init(&in, fd, NULL, binary, e) != STATUS_OK)
		return e->status;
	while (n > 0 && numbers_next(&in, &values, &n, e) == STATUS_OK)
		if (sample_add(s, values, n, e) != STATUS_OK)
			break;
	numbers_release(&in);
	return e->status;
}

void sample_release(struct sample *s)
{
	free(s->values);
	*s = (struct sample){0};
}

int sample_compare(double x, double y)
{
	if (isnan(x) || isnan(y))
		return isnan(y) - isnan(x);
	return (x > y) - (x < y);
}

static int compare(const void *a, const void *b)
{
	return sample_compare(*(const double *)a, *(const double *)b);
}

void sample_sort(struct sample *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->values[i] += 0.0; /* the order of 0 and -0 must not matter */
	if (s->n > 1)
		qsort(s->values, s->n, sizeof(*s->values), compare);
}

double sample_between(double low, double high, double part)
{
	double step = high - low;
	double value =
	    isfinite(step) ? fma(part, step, low) : 2 * fma(part, high / 2 - low / 2, low / 2);
	return fmin(value, high);
}

double sample_quantile(const struct sample *s, double p)
{
	assert(s->n > 0 && p >= 0 && p <= 1);
	double h = (double)(s->n - 1) * p;
	size_t i = (size_t)h;
	if (i >= s->n - 1)
		return s->values[s->n - 1];
	return sample_between(s->values[i], s->values[i + 1], h - (double)i);
}

double sample_mad(const struct sample *s, double center)
{
	assert(s->n > 0);
	size_t right = sample_below(s, center), left = right; /* the next ones to either side */
	double before = 0, last = 0;
	for (size_t i = 0; i <= s->n / 2; i++) {
		double down = left > 0 ? center - s->values[left - 1] : INFINITY;
		double up = right < s->n ? s->values[right] - center : INFINITY;
		before = last;
		last = fmin(down, up);
		if (right == s->n || (left > 0 && down <= up))
			left--;
		else
			right++;
	}
	return s->n % 2 == 1 ? last : before / 2 + last / 2;
}

uint32_t sample_crc(const struct sample *s)
{
	struct crc_table table;
	char line[DECIMAL_TEXT + 1];
	uint32_t crc = 0;
	crc_table_init(&table);
	for (size_t i = 0; i < s->n; i++) {
		size_t length = decimal_format_double(s->values[i], line);
		line[length++] = '\n';
		crc = crc_add(&table, crc, line, length);
	}
	return crc;
}

size_t sample_below(const struct sample *s, double value)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sample_compare(s->values[middle], value) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
