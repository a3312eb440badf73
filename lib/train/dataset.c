/* Training records in memory, and the noise that makes discrete ones continuous. */
#include "train/dataset.h"

#include "base/decimal.h"
#include "base/rng.h"
#include "io/content.h"
#include "threads/threads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	GRAIN = 1 << 9, /* elements of records that are worth a thread */
	PIECE = 1 << 16 /* bytes that are looked at together */
};

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

/* The bytes of a file that are being added. */
struct addition {
	const struct dataset *set;
	const unsigned char *data;
	size_t nrecords;
};

static enum status check_finite(const struct addition *a, size_t begin, size_t end, struct error *e)
{
	const struct dataset *s = a->set;
	if (s->type == ELEMENT_U8)
		return STATUS_OK;
	for (size_t i = begin * s->d; i < end * s->d; i++) {
		double value;
		element_to_double(s->type, a->data + i * element_bytes(s->type), 1, &value);
		char text[DECIMAL_TEXT];
		if (isfinite((float)value))
			continue;
		decimal_format_double(value, text);
		return error_set(e, STATUS_MALFORMED,
		                 "record %zu (byte %zu): element %zu is %s%s; is the "
		                 "element type (-t, here %s) right?",
		                 i / s->d, i / s->d * s->record_bytes, i % s->d, text,
		                 isfinite(value) ? ", out of range for float32" : "",
		                 element_name(s->type));
	}
	return STATUS_OK;
}

static uint64_t digest(uint64_t hash, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* Both in one pass, so that a file that is larger than the memory is read once. */
static enum status check_and_digest(const struct addition *a, uint64_t *hash, struct error *e)
{
	size_t bytes = a->set->record_bytes, piece = PIECE / bytes + 1;
	for (size_t begin = 0; begin < a->nrecords; begin += piece) {
		size_t end = a->nrecords - begin < piece ? a->nrecords : begin + piece;
		if (check_finite(a, begin, end, e) != STATUS_OK)
			return e->status;
		*hash = digest(*hash, a->data + begin * bytes, (end - begin) * bytes);
	}
	return STATUS_OK;
}

static enum status check(const struct addition *a, size_t nbytes, uint64_t *hash, struct error *e)
{
	size_t record_bytes = a->set->record_bytes, rest = nbytes % record_bytes;
	if (rest != 0)
		return error_set(
		    e, STATUS_TRUNCATED,
		    "record %zu (byte %zu): unexpected end of input after %zu of %zu bytes",
		    a->nrecords, a->nrecords * record_bytes, rest, record_bytes);
	if (a->nrecords > UINT32_MAX - a->set->nrecords)
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^32 - 1 records");
	return check_and_digest(a, hash, e);
}

void dataset_init(struct dataset *s, enum element type, size_t d)
{
	*s = (struct dataset){.type = type,
	                      .d = d,
	                      .record_bytes = d * element_bytes(type),
	                      .digest = UINT64_C(0xcbf29ce484222325)};
}

enum status dataset_add(struct dataset *s, int fd, bool any_content, struct error *e)
{
	struct dataset_file made = {.first = s->nrecords};
	uint64_t hash = s->digest;
	struct dataset_file *files = realloc(s->files, (s->nfiles + 1) * sizeof(*files));
	if (!files)
		return error_memory(e);
	s->files = files;
	if (whole_file_read(fd, s->way, any_content ? any_head : raw_head, &made.bytes, e) !=
	    STATUS_OK)
		return e->status;
	struct addition a = {s, made.bytes.data, made.bytes.size / s->record_bytes};
	if (!any_content)
		content_check_elements(made.bytes.data, made.bytes.size, element_bytes(s->type), e);
	if (e->status != STATUS_OK || check(&a, made.bytes.size, &hash, e) != STATUS_OK) {
		whole_file_release(&made.bytes);
		return e->status;
	}
	files[s->nfiles++] = made;
	s->nrecords += a.nrecords;
	s->digest = hash;
	return STATUS_OK;
}

void dataset_release(struct dataset *s)
{
	for (size_t i = 0; i < s->nfiles; i++)
		whole_file_release(&s->files[i].bytes);
	free(s->files);
	*s = (struct dataset){0};
}

/* The last file that begins at the number or before it: one without records is none. */
static const struct dataset_file *find_file(const struct dataset *s, size_t number)
{
	size_t low = 0, high = s->nfiles;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->files[middle].first <= number)
			low = middle;
		else
			high = middle;
	}
	return &s->files[low];
}

const unsigned char *dataset_record(const struct dataset *s, size_t number)
{
	const struct dataset_file *f = find_file(s, number);
	return f->bytes.data + (number - f->first) * s->record_bytes;
}

/* advice: whole_file_expect or whole_file_leave, file after file. */
static void advise(const struct dataset *s, size_t first, size_t last,
                   void (*advice)(const struct whole_file *, size_t, size_t))
{
	for (const struct dataset_file *f = find_file(s, first), *end = find_file(s, last) + 1;
	     f < end; f++) {
		size_t begin = first > f->first ? (first - f->first) * s->record_bytes : 0;
		size_t past = (last + 1 - f->first) * s->record_bytes;
		advice(&f->bytes, begin, past < f->bytes.size ? past : f->bytes.size);
	}
}

void dataset_expect(const struct dataset *s, size_t first, size_t last)
{
	advise(s, first, last, whole_file_expect);
}

void dataset_leave(const struct dataset *s, size_t first, size_t last)
{
	advise(s, first, last, whole_file_leave);
}

void dataset_at_random(const struct dataset *s, bool random)
{
	for (size_t i = 0; i < s->nfiles; i++)
		whole_file_at_random(&s->files[i].bytes, random);
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
	const unsigned char *raw = dataset_record(s, c->numbers[i]);
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
	threads_for(n, GRAIN / s->d + 1, copy_range, &c);
}

void dataset_mean(const struct dataset *s, const uint32_t *numbers, size_t n, double *mean)
{
	double piece[512];
	memset(mean, 0, s->d * sizeof(double));
	for (size_t i = 0; i < n; i++) {
		const unsigned char *record = dataset_record(s, numbers[i]);
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
