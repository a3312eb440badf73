/* Training records in memory, and the noise that makes discrete ones continuous. */
#include "train/dataset.h"

#include "base/rng.h"
#include "io/content.h"
#include "nn/threads.h"

#include <math.h>
#include <string.h>

enum { GRAIN = 1 << 13 }; /* bytes of records that are worth a thread */

static enum status any_head(const unsigned char *head, size_t n, struct error *e)
{
	(void)head, (void)n;
	return e->status;
}

static enum status raw_head(const unsigned char *head, size_t n, struct error *e)
{
	bool partial;
	return n > 0 ? content_check(head, n, true, &partial, e) : e->status;
}

static enum status check_finite(const struct dataset *s, struct error *e)
{
	if (s->type == ELEMENT_U8)
		return STATUS_OK;
	for (size_t i = 0; i < s->nrecords * s->d; i++) {
		double value;
		element_to_double(s->type, s->blob.data + i * element_bytes(s->type), 1, &value);
		if (!isfinite((float)value))
			return error_set(e, STATUS_MALFORMED,
			                 "record %zu (byte %zu): element %zu is %g%s", i / s->d,
			                 i / s->d * s->record_bytes, i % s->d, value,
			                 isfinite(value) ? ", out of range for float32" : "");
	}
	return STATUS_OK;
}

static enum status check(const struct dataset *s, struct error *e)
{
	size_t rest = s->blob.size % s->record_bytes;
	if (rest != 0)
		return error_set(
		    e, STATUS_TRUNCATED,
		    "record %zu (byte %zu): unexpected end of input after %zu of %zu bytes",
		    s->nrecords, s->nrecords * s->record_bytes, rest, s->record_bytes);
	if (s->nrecords > UINT32_MAX)
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^32 - 1 records");
	return check_finite(s, e);
}

enum status dataset_read(struct dataset *s, int fd, enum element type, size_t d, bool any_content,
                         struct error *e)
{
	struct dataset made = {.type = type, .d = d, .record_bytes = d * element_bytes(type)};
	if (whole_file_read(fd, any_content ? any_head : raw_head, &made.blob, e) != STATUS_OK)
		return e->status;
	made.nrecords = made.blob.size / made.record_bytes;
	if (check(&made, e) == STATUS_OK)
		*s = made;
	else
		dataset_release(&made);
	return e->status;
}

void dataset_release(struct dataset *s)
{
	whole_file_release(&s->blob);
	*s = (struct dataset){0};
}

uint64_t dataset_digest(const struct dataset *s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < s->blob.size; i++)
		hash = (hash ^ s->blob.data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

struct copy {
	const struct dataset *set;
	const uint32_t *numbers;
	const struct noise *noise;
	const struct scaling *scaling;
	float *x;
};

/* u: uniform in (0, 1). */
static float number(const struct copy *c, size_t j, double value, double u)
{
	const struct scaling *s = c->scaling;
	value += s->width ? s->width[j] * (u - 0.5) : c->noise->width * u;
	return (float)(s->mean ? (value - s->mean[j]) / s->stdev[j] : value);
}

static void copy_record(const struct copy *c, size_t i)
{
	const struct dataset *s = c->set;
	const unsigned char *raw = s->blob.data + c->numbers[i] * s->record_bytes;
	double width = c->noise->width;
	bool noisy = width > 0 || c->scaling->width;
	float *x = c->x + i * s->d;
	struct rng rng;
	rng_init(&rng, c->noise->seed, RNG_NOISE, c->noise->pass << 32 | c->numbers[i]);
	for (size_t j = 0; j < s->d; j++) {
		double value, u = noisy ? ((double)rng_u32(&rng) + 0.5) * 0x1p-32 : 0;
		if (s->type == ELEMENT_U8) {
			x[j] = width > 0 ? (float)((raw[j] + width * u) / (255 + width))
			                 : (float)raw[j] / 255.0f;
		} else {
			element_to_double(s->type, raw + j * element_bytes(s->type), 1, &value);
			x[j] = number(c, j, value, u);
		}
	}
}

static void copy_range(void *context, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		copy_record(context, i);
}

void dataset_records(const struct dataset *s, const uint32_t *numbers, size_t n,
                     const struct noise *noise, const struct scaling *scaling, float *x)
{
	struct copy c = {s, numbers, noise, scaling, x};
	threads_for(n, GRAIN / s->record_bytes + 1, copy_range, &c);
}

void dataset_mean(const struct dataset *s, const uint32_t *numbers, size_t n, double *mean)
{
	double piece[512];
	memset(mean, 0, s->d * sizeof(double));
	for (size_t i = 0; i < n; i++) {
		const unsigned char *record = s->blob.data + numbers[i] * s->record_bytes;
		for (size_t j = 0; j < s->d; j += 512) {
			size_t m = s->d - j < 512 ? s->d - j : 512;
			element_to_double(s->type, record + j * element_bytes(s->type), m, piece);
			for (size_t k = 0; k < m; k++)
				mean[j + k] += piece[k];
		}
	}
	for (size_t j = 0; j < s->d; j++)
		mean[j] /= (double)n;
}
