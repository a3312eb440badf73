/* The two sides of a ROC curve as text. */
#include "state/sides.h"

#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>

static const char magic[] = "niceroc-state";

void sides_release(struct sides *s)
{
	sample_release(&s->normal);
	sample_release(&s->anomalous);
	shard_set_release(&s->shards);
}

void sides_sort(struct sides *s)
{
	sample_sort(&s->normal);
	sample_sort(&s->anomalous);
}

void sides_write(const struct sides *s, FILE *f)
{
	fprintf(f, "%s\t1\n", magic);
	state_text_write_shards(&s->shards, f);
	fprintf(f, "normal\t%zu\nanomalous\t%zu\n", s->normal.n, s->anomalous.n);
	numbers_write(f, s->normal.values, s->normal.n, false);
	numbers_write(f, s->anomalous.values, s->anomalous.n, false);
}

/* n numbers. */
static enum status read_side(struct sample *side, uint64_t n, struct state_text *in,
                             struct error *e)
{
	double value = NAN;
	for (uint64_t i = 0; i < n && e->status == STATUS_OK; i++)
		if (state_text_number(in, STATE_ANY, &value, e) == STATUS_OK)
			sample_add(side, &value, 1, e);
	return e->status;
}

enum status sides_read(struct sides *s, struct state_text *in, bool *end, struct error *e)
{
	uint64_t nnormal = 0, nanomalous = 0;
	*end = state_text_begin(in, magic, 1, e) == 0 && e->status == STATUS_OK;
	if (*end || e->status != STATUS_OK)
		return e->status;
	if (state_text_at(in, "shards", e))
		state_text_shards(in, &s->shards, e);
	state_text_count(in, "normal", SIZE_MAX, &nnormal, e);
	state_text_count(in, "anomalous", SIZE_MAX, &nanomalous, e);
	read_side(&s->normal, nnormal, in, e);
	return read_side(&s->anomalous, nanomalous, in, e);
}

/* No numbers, and of no shard. */
static bool nothing(const struct sides *s)
{
	return s->normal.n == 0 && s->anomalous.n == 0 && s->shards.count == 0;
}

enum status sides_merge(struct sides *s, const struct sides *other, struct error *e)
{
	bool alike = !nothing(s) && !nothing(other);
	if (shard_set_merge(&s->shards, &other->shards, alike, e) == STATUS_OK)
		sample_add(&s->normal, other->normal.values, other->normal.n, e);
	if (e->status == STATUS_OK)
		sample_add(&s->anomalous, other->anomalous.values, other->anomalous.n, e);
	return e->status;
}

static void merge_next(void *total, struct state_text *in, bool *end, struct error *e)
{
	struct sides next = {0};
	if (sides_read(&next, in, end, e) == STATUS_OK && !*end &&
	    sides_merge(total, &next, e) == STATUS_MISMATCH)
		state_text_blame(in, e);
	sides_release(&next);
}

enum status sides_merge_stream(struct sides *s, int fd, const char *source, struct error *e)
{
	return state_text_merge(fd, source, merge_next, s, e);
}
