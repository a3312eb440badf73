/* Detectors by bounds or by p-values. */
#include "verdict/detector.h"

void detector_release(struct detector *d)
{
	sample_release(&d->conformal.calibration);
	*d = (struct detector){0};
}

uint64_t detector_rank(const struct detector *d, double value)
{
	return d->conformal.calibration.n > 0 ? conformal_rank(&d->conformal, value) : 0;
}

bool detector_flags(const struct detector *d, double value, uint64_t rank)
{
	if (d->by_p)
		return rank <= d->cut;
	return !(value >= d->bounds.threshold && value <= d->bounds.upper);
}
