/* Shards: near-equal shares of n things. */
#ifndef SHARD_H
#define SHARD_H

#include <stdbool.h>
#include <stdint.h>

#define SHARD_MAX_COUNT UINT32_MAX

struct shard {
	uint64_t index, count; /* shard `index`, from 1, of `count`; count 0: there are no shards */
};

/* Parses "I/N", 1 <= I <= N <= SHARD_MAX_COUNT. */
bool shard_parse(const char *text, struct shard *s);

/* The first of n things that the shards after the first i have: floor(i n / N), i from 0 to N. */
uint64_t shard_bound(const struct shard *s, uint64_t i, uint64_t n);

#endif
