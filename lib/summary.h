/* What nicestat knows of a stream of numbers: count, exact sums, extremes. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "exact.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct summary {
	double min, max; /* of no numbers: inf, -inf; a zero is +0 */
	struct exact sums;
};

void summary_init(struct summary *s);

/* As exact_add: stops at the first value that is NaN or infinite; returns how many were added. */
size_t summary_add(struct summary *s, const double *values, size_t n);

/* A summary of both sets of numbers; false, and *s untouched, if their count does not fit. */
bool summary_merge(struct summary *s, const struct summary *other);

/* The state as text, nicestate(5): equal summaries, equal texts, however they came about. Losses
 * show at ferror(f). */
void summary_write(const struct summary *s, FILE *f);

/* Reads the next state of a text that may hold several, one behind the other; *end tells that
 * there was none. *line counts the lines read; the error names it. */
enum status summary_read(struct summary *s, FILE *f, uint64_t *line, bool *end, struct error *e);

#endif
