/* Detectors by bounds or by p-values. */
#include "verdict/detector.h"

#include "base/rng.h"

void detector_release(struct detector *d)
{
	sample_release(&d->conformal.calibration);
	*d = (struct detector){0};
}

uint64_t detector_rank(const struct detector *d, double value)
{
	return d->conformal.calibration.n > 0 ? conformal_rank(&d->conformal, value) : 0;
}

static double threshold_for(const struct detector *d, uint64_t index)
{
	struct rng draws;
	if (!d->mixed)
		return d->bounds.threshold;
	rng_init(&draws, d->seed, RNG_MIXTURE, index);
	return rng_uniform(&draws) < d->bounds.mixed_share ? d->bounds.mixed_high
	                                                   : d->bounds.mixed_low;
}

bool detector_flags(const struct detector *d, double value, uint64_t rank, uint64_t index)
{
	if (d->by_p)
		return rank <= d->cut;
	return !(value >= threshold_for(d, index) && value <= d->bounds.upper);
}
