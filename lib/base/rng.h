/*
 * A counter-based random number generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", SC 2011). Draw number p of a sequence is a function of
 * (seed, purpose, index, p) alone, so that record i gets the same numbers regardless of the batch,
 * thread or shard that processes it.
 */
#ifndef RNG_H
#define RNG_H

#include <stddef.h>
#include <stdint.h>

/* Ten rounds of the 4x32 bijection: out = philox(counter, key). */
void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The use of a sequence: the same seed gives different numbers for different purposes. */
enum rng_purpose {
	RNG_SELECTION = 1,
	RNG_SAMPLES,
	RNG_NOISE,
	RNG_SHUFFLE,
	RNG_WEIGHTS,
	RNG_DEQUANTISATION,
	RNG_SMOOTHING,
	RNG_LATENTS,          /* of a record under an encoder, to score it */
	RNG_TRAINING_LATENTS, /* the same, to learn from it */
	RNG_MIXTURE           /* which of two thresholds is for a number */
};

struct rng {
	uint32_t key[2];     /* the seed */
	uint32_t counter[4]; /* block number, index (2 words), purpose */
	uint32_t block[4];
	unsigned used; /* words of block already returned */
};

/* The sequence for one index (a record, a sample, a step). 2^34 words long. */
void rng_init(struct rng *r, uint64_t seed, enum rng_purpose purpose, uint64_t index);

uint32_t rng_u32(struct rng *r);
uint64_t rng_u64(struct rng *r);

/* Uniform in 0 .. n-1 without bias (rejection); n > 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Uniform in the open interval (0, 1): (k + 1/2) / 2^52, k of 52 bits. */
double rng_uniform(struct rng *r);

/* Standard logistic: log(u / (1 - u)), |value| < 37. */
double rng_logistic(struct rng *r);

/* n standard normal numbers, two from each two uniform ones (Box, Muller 1958): number j does not
 * depend on n. */
void rng_normals(struct rng *r, size_t n, double *out);

#endif
