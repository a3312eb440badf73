/* The parts of nicestat: its options, and what it prints. */
#ifndef NICESTAT_H
#define NICESTAT_H

#include "base/error.h"
#include "io/whole_file.h"
#include "linear/precision.h"
#include "shard/shard.h"
#include "state/partial.h"
#include "verdict/threshold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_QUANTILES = 100 };

struct options {
	struct threshold_rule rule;
	bool has_rule, two_sided, binary, describe, json, state, merge, skip_nan;
	uint64_t nskipped; /* values that were nan */
	double p[MAX_QUANTILES];
	size_t nquantiles, nbins;
	const char *model; /* what scored the numbers; NULL: not told */
	enum whole_file_way way;
	enum precision precision;
	struct shard shard; /* that the numbers are; count 0: not told */
	int nfiles;
	char **files;
};

/* Prints the state, the histogram, or the calibration of all numbers. Losses show when standard
 * output is closed. */
enum status report_print(struct partial *state, const struct options *o, struct error *e);

#endif
