/* Shards: their text, their bounds. */
#include "shard/shard.h"

#include "base/decimal.h"

#include <string.h>

bool shard_parse(const char *text, struct shard *s)
{
	char index[24];
	struct shard parsed;
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : sizeof(index);
	if (length >= sizeof(index))
		return false;
	memcpy(index, text, length);
	index[length] = '\0';
	if (!decimal_parse_u64(slash + 1, 1, SHARD_MAX_COUNT, &parsed.count) ||
	    !decimal_parse_u64(index, 1, parsed.count, &parsed.index))
		return false;
	*s = parsed;
	return true;
}

/* floor(i n / N), without overflow. */
uint64_t shard_bound(const struct shard *s, uint64_t i, uint64_t n)
{
	return n / s->count * i + n % s->count * i / s->count;
}
