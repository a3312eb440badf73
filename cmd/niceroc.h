/* The parts of niceroc: its options, its input, and what it prints. */
#ifndef NICEROC_H
#define NICEROC_H

#include "shard/shard.h"
#include "state/sides.h"

#include <stdbool.h>
#include <stddef.h>

/* Names of files. */
struct files {
	const char **names;
	size_t n;
};

struct options {
	bool binary, curve, state, merge;
	struct shard shard;             /* that the numbers are; count 0: not told */
	struct files normal, anomalous; /* numbers, unless merge */
	struct files states;            /* with merge */
};

/* ---- niceroc_sides.c ---- */

/* Reads all files and sorts the sides, neither of which may be empty unless a state is printed.
 * Reports a failure; returns EXIT_OK or EXIT_BAD. */
int sides_collect(struct sides *s, const struct options *o);

/* ---- niceroc_report.c: both sides sorted, neither empty ---- */

void report_roc(const struct sample *normal, const struct sample *anomalous);
void report_curve(const struct sample *normal, const struct sample *anomalous);

#endif
