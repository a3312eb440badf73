/* The shards of a state. */
#include "state_shards.h"

#include "cli.h"

void state_shards_check(const struct shard *given, bool prints_state, const char *merge)
{
	if (merge && given->count > 0)
		cli_usage("%s reads states, which name their shards: --shard does not apply",
		          merge);
	if (given->count > 0 && !prints_state)
		cli_usage("--shard requires -s");
}

int state_shards_finish(struct shard_set *set, const struct shard *given, bool prints_state)
{
	struct error e = {0};
	if (given->count > 0) {
		set->count = given->count;
		shard_set_add(set, given->index, given->index, NULL, &e);
	}
	if (shard_set_join(set, &e) == STATUS_OK && !prints_state)
		shard_set_check_whole(set, &e);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(NULL, &e);
}
