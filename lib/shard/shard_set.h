/* Sets of shards: which of how many there are, and whether any is missing or doubled. */
#ifndef SHARD_SET_H
#define SHARD_SET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shard_range {
	uint64_t first, last;
	const char *source; /* the file that has them, for messages; not owned, may be NULL */
};

/* Initialise with {0}, which is no set: n 0 and count 0. */
struct shard_set {
	uint64_t count;             /* of all shards there are */
	struct shard_range *ranges; /* owned; as added until shard_set_join */
	size_t n, capacity;
};

void shard_set_release(struct shard_set *s);

/* Adds the shards first to last, 1 <= first <= last <= s->count. */
enum status shard_set_add(struct shard_set *s, uint64_t first, uint64_t last, const char *source,
                          struct error *e);

/* Adds the shards of the other set; STATUS_MISMATCH if both are sets, of different counts; and, if
 * they must be alike, if one is a set and the other none. */
enum status shard_set_merge(struct shard_set *s, const struct shard_set *other, bool alike,
                            struct error *e);

/* Sorts the ranges and joins those that follow each other. STATUS_MISMATCH names the shards that
 * there are more than once, and the files. */
enum status shard_set_join(struct shard_set *s, struct error *e);

/* Of a joined set: whether all shards are there; and if not, STATUS_MISMATCH, which names those
 * that are missing. No set misses none. */
bool shard_set_whole(const struct shard_set *s);
enum status shard_set_check_whole(const struct shard_set *s, struct error *e);

#endif
