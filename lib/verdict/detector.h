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
uint64_t detector_rank(const struct detector *d, double value);

/* rank is the result of detector_rank for the value. With a mixture, which threshold decides
 * depends on the seed and the index of the number alone. */
bool detector_flags(const struct detector *d, double value, uint64_t rank, uint64_t index);

#endif
