/* Sets of shards, as ranges. */
#include "shard/shard_set.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void shard_set_release(struct shard_set *s)
{
	free(s->ranges);
	*s = (struct shard_set){0};
}

static enum status grow(struct shard_set *s, struct error *e)
{
	size_t capacity = s->capacity > 0 ? 2 * s->capacity : 16;
	if (capacity > SIZE_MAX / 2 / sizeof(*s->ranges))
		return error_memory(e);
	struct shard_range *ranges = realloc(s->ranges, capacity * sizeof(*ranges));
	if (!ranges)
		return error_memory(e);
	s->ranges = ranges;
	s->capacity = capacity;
	return STATUS_OK;
}

enum status shard_set_add(struct shard_set *s, uint64_t first, uint64_t last, const char *source,
                          struct error *e)
{
	assert(1 <= first && first <= last && last <= s->count);
	if (s->n == s->capacity && grow(s, e) != STATUS_OK)
		return e->status;
	s->ranges[s->n++] = (struct shard_range){first, last, source};
	return STATUS_OK;
}

enum status shard_set_merge(struct shard_set *s, const struct shard_set *other, bool alike,
                            struct error *e)
{
	static const char *const named[] = {"no shard", "its shard"};
	if (alike && (s->count > 0) != (other->count > 0))
		return error_set(
		    e, STATUS_MISMATCH,
		    "a state that names %s, after one that names %s: they do not merge",
		    named[other->count > 0], named[s->count > 0]);
	if (s->count > 0 && other->count > 0 && s->count != other->count)
		return error_set(e, STATUS_MISMATCH,
		                 "a shard of %" PRIu64 ", after one of %" PRIu64
		                 ": they do not merge",
		                 other->count, s->count);
	if (other->count > 0)
		s->count = other->count;
	for (size_t i = 0; i < other->n && e->status == STATUS_OK; i++) {
		const struct shard_range *r = &other->ranges[i];
		shard_set_add(s, r->first, r->last, r->source, e);
	}
	return e->status;
}

/* By place, and then by file, so that messages do not depend on the order of files. */
static int compare(const void *a, const void *b)
{
	const struct shard_range *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->source && y->source ? strcmp(x->source, y->source) : 0;
}

enum { RANGE_TEXT = 64 };

/* "shard 3", or "shards 3-5". */
static const char *describe(uint64_t first, uint64_t last, char text[RANGE_TEXT])
{
	if (first == last)
		snprintf(text, RANGE_TEXT, "shard %" PRIu64, first);
	else
		snprintf(text, RANGE_TEXT, "shards %" PRIu64 "-%" PRIu64, first, last);
	return text;
}

/* Shards that two ranges share. */
static void refuse_doubled(const struct shard_set *s, const struct shard_range *a,
                           const struct shard_range *b, struct error *e)
{
	char which[RANGE_TEXT];
	describe(b->first, a->last < b->last ? a->last : b->last, which);
	if (!a->source || !b->source)
		error_add(e, STATUS_MISMATCH, "duplicate %s of %" PRIu64, which, s->count);
	else if (strcmp(a->source, b->source) == 0)
		error_add(e, STATUS_MISMATCH, "duplicate %s of %" PRIu64 ": twice in %s", which,
		          s->count, a->source);
	else
		error_add(e, STATUS_MISMATCH, "duplicate %s of %" PRIu64 ": in %s and in %s", which,
		          s->count, a->source, b->source);
}

enum status shard_set_join(struct shard_set *s, struct error *e)
{
	size_t reaches = 0, joined = 0; /* the range that ends last so far; ranges that are left */
	if (s->n == 0)
		return STATUS_OK;
	qsort(s->ranges, s->n, sizeof(*s->ranges), compare);
	for (size_t i = 1; i < s->n; i++) {
		if (s->ranges[i].first <= s->ranges[reaches].last)
			refuse_doubled(s, &s->ranges[reaches], &s->ranges[i], e);
		if (s->ranges[i].last > s->ranges[reaches].last)
			reaches = i;
	}
	if (e->status != STATUS_OK)
		return e->status;
	for (size_t i = 1; i < s->n; i++) {
		if (s->ranges[i].first == s->ranges[joined].last + 1)
			s->ranges[joined].last = s->ranges[i].last;
		else
			s->ranges[++joined] = s->ranges[i];
	}
	s->n = joined + 1;
	return STATUS_OK;
}

bool shard_set_whole(const struct shard_set *s)
{
	return s->count == 0 ||
	       (s->n == 1 && s->ranges[0].first == 1 && s->ranges[0].last == s->count);
}

/* Appends ", 3-5" while there is room. */
static void append(char *list, size_t size, uint64_t first, uint64_t last)
{
	size_t used = strlen(list);
	int length = snprintf(list + used, size - used, "%s%" PRIu64, used ? ", " : "", first);
	if (last > first)
		snprintf(list + used + length, size - used - (size_t)length, "-%" PRIu64, last);
}

enum status shard_set_check_whole(const struct shard_set *s, struct error *e)
{
	enum { ROOM = 50 }; /* of one item of the list, and the dots */
	char list[1000] = "";
	uint64_t next = 1, missing = 0;
	for (size_t i = 0; i <= s->n; i++) {
		uint64_t end = i < s->n ? s->ranges[i].first : s->count + 1;
		if (end > next) {
			missing += end - next;
			if (strlen(list) < sizeof(list) - ROOM)
				append(list, sizeof(list), next, end - 1);
			else if (list[strlen(list) - 1] != '.')
				strcat(list, ", ...");
		}
		next = i < s->n ? s->ranges[i].last + 1 : next;
	}
	if (missing == 0)
		return STATUS_OK;
	return error_set(e, STATUS_MISMATCH, "missing %s %s of %" PRIu64,
	                 missing == 1 ? "shard" : "shards", list, s->count);
}
