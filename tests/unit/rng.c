/* The generator against the known-answer vectors of Random123 (kat_vectors, philox4x32 10), and
 * what is built upon it. */
#include "base/rng.h"
#include "base/sampler.h"
#include "tap.h"

#include <string.h>

static void known_answers(void)
{
	static const struct {
		uint32_t counter[4], key[2], out[4];
	} vectors[] = {
	    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
	    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
	     {0xffffffff, 0xffffffff},
	     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
	    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
	     {0xa4093822, 0x299f31d0},
	     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		uint32_t out[4];
		rng_philox(vectors[i].counter, vectors[i].key, out);
		ok(memcmp(out, vectors[i].out, sizeof(out)) == 0, "philox known answer %zu", i);
	}
}

static void sequences(void)
{
	struct rng a, b, c, d;
	rng_init(&a, 7, RNG_SAMPLES, 3);
	rng_init(&b, 7, RNG_SAMPLES, 3);
	rng_init(&c, 7, RNG_SAMPLES, 4);
	rng_init(&d, 7, RNG_NOISE, 3);
	uint64_t first = rng_u64(&a);
	ok(first == rng_u64(&b), "the same (seed, purpose, index) gives the same numbers");
	ok(first != rng_u64(&c), "another index gives others");
	ok(first != rng_u64(&d), "another purpose gives others");
}

static void moments(void)
{
	enum { N = 200000 };
	struct rng r;
	double sum = 0, squares = 0, low = 1, high = 0;
	rng_init(&r, 1, RNG_SAMPLES, 0);
	for (int i = 0; i < N; i++) {
		double u = rng_uniform(&r);
		low = u < low ? u : low;
		high = u > high ? u : high;
	}
	ok(low > 0 && high < 1, "uniform numbers lie inside of (0, 1)");
	for (int i = 0; i < N; i++) {
		double z = rng_logistic(&r);
		sum += z;
		squares += z * z;
	}
	/* variance pi^2/3 = 3.29; the mean's standard error is sqrt(3.29/N) = 0.0041; the fourth
	 * moment is 7 pi^4/15, so that of the variance is sqrt((45.5 - 10.8)/N) = 0.013; 5 of each
	 */
	ok_near(sum / N, 0, 0.021, "the logistic's mean is 0");
	const double pi = 3.14159265358979323846;
	ok_near(squares / N, pi * pi / 3, 0.066, "the logistic's variance is pi^2/3");
}

/* Every one of the 10 subsets of 2 out of 5 is as likely as the others. */
static void selection_without_bias(void)
{
	enum { TRIALS = 20000 };
	int counts[32] = {0};
	for (uint64_t seed = 0; seed < TRIALS; seed++) {
		struct sampler s = {.seed = seed, .nrecords = 5, .npicks = 2};
		int subset = 0;
		for (int i = 0; i < 5; i++)
			subset |= sampler_next(&s) << i;
		counts[subset]++;
	}
	double chi2 = 0, total = 0, expected = TRIALS / 10.0;
	for (int i = 0; i < 32; i++) {
		if (__builtin_popcount((unsigned)i) != 2)
			continue;
		chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
		total += counts[i];
	}
	ok(total == TRIALS, "always exactly 2 of 5 are picked");
	ok(chi2 < 33.7, "the subsets are equally likely: chi2(9) = %.1f < 33.7 (p = 1e-4)", chi2);
}

static void below(void)
{
	enum { TRIALS = 30000 };
	int counts[3] = {0};
	struct rng r;
	rng_init(&r, 5, RNG_SHUFFLE, 0);
	/* Without rejection 2^64/3*2 + ... would favour the small ones by half. */
	uint64_t n = UINT64_MAX / 4 * 3;
	for (int i = 0; i < TRIALS; i++)
		counts[rng_below(&r, n) / (n / 3 + 1)]++;
	double chi2 = 0;
	for (int i = 0; i < 3; i++)
		chi2 += (counts[i] - TRIALS / 3.0) * (counts[i] - TRIALS / 3.0) / (TRIALS / 3.0);
	ok(chi2 < 18.4, "rng_below has no modulo bias: chi2(2) = %.1f < 18.4 (p = 1e-4)", chi2);
}

int main(void)
{
	known_answers();
	sequences();
	moments();
	selection_without_bias();
	below();
	return tap_end();
}
