/* Detectors by bounds or by p-values. */
#include "verdict/detector.h"

#include "base/rng.h"

void detector_release(struct detector *d)
{
	sample_release(&d->conformal.calibration);
	*d = (struct detector){0};
}

double detector_draw(const struct detector *d, uint64_t index)
{
	struct rng draws;
	rng_init(&draws, d->seed, RNG_MIXTURE, index);
	return rng_uniform(&draws) < d->bounds.mixed_share ? d->bounds.mixed_high
	                                                   : d->bounds.mixed_low;
}
