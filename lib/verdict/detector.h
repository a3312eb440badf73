/*
 * Detectors: a number is an anomaly by bounds, or by its conformal p-value in a calibration. NaN is
 * always an anomaly.
 */
#ifndef DETECTOR_H
#define DETECTOR_H

#include "verdict/calibration.h"
#include "verdict/conformal.h"

#include <stdbool.h>
#include <stdint.h>

struct detector {
	struct calibration bounds;
	bool mixed;                 /* decides by the mixture of the bounds, which has one */
	uint64_t seed;              /* of its draws */
	struct conformal conformal; /* its sample is empty unless p-values are asked for */
	bool by_p;                  /* decides by rank, not by bounds */
	uint64_t cut;               /* by_p: the greatest rank that is an anomaly */
};

void detector_release(struct detector *d);

/* The rank of a number among the calibration's (conformal.h); 0 if there are none. */
static inline uint64_t detector_rank(const struct detector *d, double value)
{
	return d->conformal.calibration.n > 0 ? conformal_rank(&d->conformal, value) : 0;
}

/* The threshold that a mixture draws for a number, by the seed and its index alone. */
double detector_draw(const struct detector *d, uint64_t index);

/* rank is the result of detector_rank for the value. */
static inline bool detector_flags(const struct detector *d, double value, uint64_t rank,
                                  uint64_t index)
{
	if (d->by_p)
		return rank <= d->cut;
	double threshold = d->mixed ? detector_draw(d, index) : d->bounds.threshold;
	return !(value >= threshold && value <= d->bounds.upper);
}

#endif
