/* Philox random numbers, their distributions, and sampling without replacement. */
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void round_once(uint32_t c[4], const uint32_t k[2])
{
	uint64_t a = (uint64_t)UINT32_C(0xD2511F53) * c[0];
	uint64_t b = (uint64_t)UINT32_C(0xCD9E8D57) * c[2];
	uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b,
	                    (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};
	memcpy(c, next, sizeof(next));
}

void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t c[4], k[2] = {key[0], key[1]};
	memcpy(c, counter, sizeof(c));
	for (int round = 0; round < 10; round++) {
		round_once(c, k);
		k[0] += UINT32_C(0x9E3779B9); /* the Weyl sequence of the key schedule */
		k[1] += UINT32_C(0xBB67AE85);
	}
	memcpy(out, c, sizeof(c));
}

void rng_init(struct rng *r, uint64_t seed, enum rng_purpose purpose, uint64_t index)
{
	*r = (struct rng){
	    .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
	    .counter = {0, (uint32_t)index, (uint32_t)(index >> 32), (uint32_t)purpose},
	    .used = 4,
	};
}

uint32_t rng_u32(struct rng *r)
{
	if (r->used == 4) {
		rng_philox(r->counter, r->key, r->block);
		r->counter[0]++;
		r->used = 0;
	}
	return r->block[r->used++];
}

uint64_t rng_u64(struct rng *r)
{
	uint64_t low = rng_u32(r);
	return (uint64_t)rng_u32(r) << 32 | low;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	assert(n > 0);
	uint64_t excess = -n % n; /* 2^64 mod n: reject this many values to avoid bias */
	uint64_t value;
	do
		value = rng_u64(r);
	while (value < excess);
	return value % n;
}

double rng_uniform(struct rng *r)
{
	return ((double)(rng_u64(r) >> 12) + 0.5) * 0x1p-52;
}

double rng_logistic(struct rng *r)
{
	double u = rng_uniform(r);
	return log(u) - log1p(-u);
}

void rng_normals(struct rng *r, size_t n, double *out)
{
	const double turn = 6.28318530717958647693;
	for (size_t j = 0; j < n; j += 2) {
		double radius = sqrt(-2 * log(rng_uniform(r)));
		double angle = turn * rng_uniform(r);
		out[j] = radius * cos(angle);
		if (j + 1 < n)
			out[j + 1] = radius * sin(angle);
	}
}
