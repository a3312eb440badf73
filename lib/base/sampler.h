/* Selection of records at random: k of n, in order. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stdint.h>

/* Picks k of n records at random, without replacement, in order and in constant memory: selection
 * sampling, Algorithm S of Knuth, TAOCP volume 2, 3.4.2. */
struct sampler {
	uint64_t seed;
	uint64_t nrecords; /* records not yet decided on */
	uint64_t npicks;   /* records still to be picked, <= nrecords */
	uint64_t index;
};

/* Returns whether the next record is picked; call it at most n times. The decision on record i
 * depends on (seed, n, k, i) alone. */
int sampler_next(struct sampler *s);

#endif
