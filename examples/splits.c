/*
 * splits: the error counts of many random halves of cached log-likelihoods, at once. A single split
 * is one draw; their spread tells what another draw would have given.
 *
 *     splits COUNT NORMAL ANOMALOUS        files of raw f64, as of niceflow -b
 *
 * One line for each seed 1 .. COUNT: seed, type I errors, type II errors. Those of seed S are what
 * pipes print that pick half of the normal data with `idx2raw -n HALF -S S` to calibrate by
 * nicestat (mean - 3 stdev), and count by nicethresh the errors among the rest (-v) and among all
 * anomalous data; 5000 processes would say the same in a minute or two.
 */
#include "base/decimal.h"
#include "base/sampler.h"
#include "io/input.h"
#include "io/numbers.h"
#include "stats/exact_sum.h"
#include "stats/sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum status read_all(const char *path, struct sample *s, struct error *e)
{
	struct numbers in = {0};
	const double *values;
	size_t n = 1;
	int fd = -1;
	if (input_open(path, &fd, e) == STATUS_OK &&
	    numbers_init(&in, fd, NULL, true, e) == STATUS_OK)
		while (n > 0 && numbers_next(&in, &values, &n, e) == STATUS_OK)
			sample_add(s, values, n, e);
	numbers_release(&in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* Puts the calibrating half first, the rest behind it; returns the size of the half. */
static size_t split(const struct sample *all, uint64_t seed, double *halves)
{
	size_t half = all->n / 2, picked = 0, left = half;
	struct sampler sampler = {.seed = seed, .nrecords = all->n, .npicks = half};
	for (size_t i = 0; i < all->n; i++)
		halves[sampler_next(&sampler) ? picked++ : left++] = all->values[i];
	return half;
}

/* nicethresh's rule: NaN is an anomaly. */
static size_t count_anomalies(const double *values, size_t n, double threshold)
{
	size_t anomalies = 0;
	for (size_t i = 0; i < n; i++)
		anomalies += values[i] >= threshold ? 0 : 1;
	return anomalies;
}

/* False if a half has numbers that are not finite, or fewer than two. */
static bool print_split(const struct sample *normal, const struct sample *anomalous, uint64_t seed,
                        double *halves)
{
	static struct exact_sum sums; /* 100 KB */
	size_t half = split(normal, seed, halves);
	exact_sum_init(&sums);
	if (half < 2 || exact_sum_add(&sums, halves, half) < half)
		return false;
	double threshold = exact_sum_mean(&sums) - 3 * exact_sum_stdev(&sums);
	size_t first = count_anomalies(halves + half, normal->n - half, threshold);
	size_t second = anomalous->n - count_anomalies(anomalous->values, anomalous->n, threshold);
	printf("%" PRIu64 "\t%zu\t%zu\n", seed, first, second);
	return true;
}

static int fail(const char *name, const char *reason)
{
	fprintf(stderr, "splits: %s: %s\n", name, reason);
	return 1;
}

int main(int argc, char **argv)
{
	struct sample normal = {0}, anomalous = {0};
	struct error e = {0};
	uint64_t count = 0;
	int status = 0;
	if (argc != 4 || !decimal_parse_u64(argv[1], 1, UINT32_MAX, &count)) {
		fputs("usage: splits COUNT NORMAL ANOMALOUS\n", stderr);
		return 2;
	}
	if (read_all(argv[2], &normal, &e) != STATUS_OK)
		status = fail(argv[2], e.text);
	else if (read_all(argv[3], &anomalous, &e) != STATUS_OK)
		status = fail(argv[3], e.text);
	double *halves = malloc((normal.n + 1) * sizeof(double));
	if (!halves)
		status = fail(argv[2], "out of memory");
	for (uint64_t seed = 1; seed <= count && status == 0; seed++) {
		if (!print_split(&normal, &anomalous, seed, halves))
			status =
			    fail(argv[2],
			         "a half has fewer than two numbers, or one that is not finite");
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		status = fail("standard output", "cannot write");
	free(halves);
	sample_release(&normal);
	sample_release(&anomalous);
	return status;
}
