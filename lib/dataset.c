/* Knows records in memory and the noise that makes discrete ones continuous. */
#include "dataset.h"

#include "parallel.h"
#include "rng.h"

#include <math.h>

/* Nothing can be said of raw records by their first bytes. */
static enum status any_head(const unsigned char *head, size_t n, struct error *e)
{
	(void)head, (void)n;
	return e->status;
}

static enum status check_finite(const struct dataset *s, struct error *e)
{
	if (s->type == ELEMENT_U8)
		return STATUS_OK;
	for (size_t i = 0; i < s->nrecords * s->d; i++) {
		double value;
		element_to_double(s->type, s->blob.data + i * element_bytes(s->type), 1, &value);
		if (!isfinite(value))
			return error_set(e, STATUS_MALFORMED, "record %zu (byte %zu): element %zu is %g",
			                 i / s->d, i / s->d * s->record_bytes, i % s->d, value);
	}
	return STATUS_OK;
}

static enum status check(const struct dataset *s, struct error *e)
{
	size_t rest = s->blob.size % s->record_bytes;
	if (rest != 0)
		return error_set(e, STATUS_TRUNCATED,
		                 "record %zu (byte %zu): unexpected end of input after %zu of %zu bytes",
		                 s->nrecords, s->nrecords * s->record_bytes, rest, s->record_bytes);
	if (s->nrecords > UINT32_MAX)
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^32 - 1 records");
	return check_finite(s, e);
}

enum status dataset_read(struct dataset *s, int fd, enum element type, size_t d, struct error *e)
{
	struct dataset made = {.type = type, .d = d, .record_bytes = d * element_bytes(type)};
	if (blob_read(fd, any_head, &made.blob, e) != STATUS_OK)
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
	blob_release(&s->blob);
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
	float *x;
};

static void copy_record(const struct copy *c, size_t i)
{
	const struct dataset *s = c->set;
	const unsigned char *raw = s->blob.data + c->numbers[i] * s->record_bytes;
	double width = c->noise->width;
	float *x = c->x + i * s->d;
	struct rng rng;
	rng_init(&rng, c->noise->seed, RNG_NOISE, c->noise->pass << 32 | c->numbers[i]);
	for (size_t j = 0; j < s->d; j++) {
		double value, u = width > 0 ? ((double)rng_u32(&rng) + 0.5) * 0x1p-32 : 0;
		if (s->type == ELEMENT_U8) {
			x[j] = width > 0 ? (float)((raw[j] + width * u) / (255 + width))
			                 : (float)raw[j] / 255.0f;
		} else {
			element_to_double(s->type, raw + j * element_bytes(s->type), 1, &value);
			x[j] = (float)(value + width * u);
		}
	}
}

static void copy_range(void *context, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		copy_record(context, i);
}

void dataset_records(const struct dataset *s, const uint32_t *numbers, size_t n,
                     const struct noise *noise, float *x)
{
	struct copy c = {s, numbers, noise, x};
	parallel_for(n, 1, copy_range, &c);
}
