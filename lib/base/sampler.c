/* Selection sampling: one draw for each record, from a sequence of its own. */
#include "base/sampler.h"

#include "base/rng.h"

#include <assert.h>

int sampler_next(struct sampler *s)
{
	struct rng r;
	assert(s->nrecords > 0 && s->npicks <= s->nrecords);
	rng_init(&r, s->seed, RNG_SELECTION, s->index++);
	int picked = rng_below(&r, s->nrecords--) < s->npicks;
	s->npicks -= (uint64_t)picked;
	return picked;
}
