/* What the processes of a team tell each other. */
#include "team/team.h"

const struct team team_alone = {.rank = 0, .size = 1};

void team_share(const struct team *team, size_t n, size_t grain, size_t *bounds)
{
	size_t ngrains = n / grain + (n % grain != 0);
	size_t each = ngrains / team->size, rest = ngrains % team->size;
	for (size_t r = 0; r <= team->size; r++) {
		size_t first = (r * each + r * rest / team->size) * grain;
		bounds[r] = first < n ? first : n;
	}
}

void team_gather(const struct team *team, void *data, size_t element_bytes, const size_t *bounds)
{
	size_t bytes[TEAM_MAX + 1];
	if (team->size == 1)
		return;
	for (size_t r = 0; r <= team->size; r++)
		bytes[r] = bounds[r] * element_bytes;
	team->link->gather(data, bytes);
}

void team_exchange(const struct team *team, const struct team_message *sends, size_t nsends,
                   const struct team_message *receives, size_t nreceives)
{
	if (team->size > 1)
		team->link->exchange(sends, nsends, receives, nreceives);
}

void team_greatest(const struct team *team, uint64_t *values, size_t n)
{
	if (team->size > 1)
		team->link->greatest(values, n);
}

bool team_any(const struct team *team, bool here)
{
	uint64_t any = here;
	team_greatest(team, &any, 1);
	return any != 0;
}

enum status team_agree(const struct team *team, struct error *e)
{
	uint64_t urgency = e->status == STATUS_OK ? 0 : team->size - team->rank;
	uint64_t most = urgency;
	team_greatest(team, &most, 1);
	if (most != urgency)
		*e = (struct error){.status = STATUS_ELSEWHERE};
	return e->status;
}

void team_tell(const struct team *team, char *text, size_t size)
{
	size_t bounds[TEAM_MAX + 1];
	for (size_t r = 0; r <= team->size; r++)
		bounds[r] = r == 0 ? 0 : size;
	team_gather(team, text, 1, bounds);
}
