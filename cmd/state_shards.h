/* The shards of a state, of the programs that print and merge some. */
#ifndef STATE_SHARDS_H
#define STATE_SHARDS_H

#include "shard/shard.h"
#include "shard/shard_set.h"

#include <stdbool.h>

/* Usage errors of --shard: it goes with -s, and merge, the option that merges, or NULL if it is not
 * given, does without. */
void state_shards_check(const struct shard *given, bool prints_state, const char *merge);

/* After the input: adds the shard of --shard, if one was given, to the set, which is then joined.
 * None may be doubled, and unless only a state is printed, none may be missing. Reports a failure;
 * returns EXIT_OK or EXIT_BAD. */
int state_shards_finish(struct shard_set *set, const struct shard *given, bool prints_state);

#endif
