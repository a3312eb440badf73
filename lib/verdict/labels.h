/* Label streams: text, one 0 or 1 per line, where 1 is anomalous; one label for each number of
 * another stream. */
#ifndef LABELS_H
#define LABELS_H

#include "base/error.h"
#include "io/numbers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct labels {
	struct numbers in;
	int fd;
	const double *batch;
	size_t left; /* remaining in the batch */
};

/* "-" is standard input; tied (may be NULL) as in io/input.h. A zeroed struct may be released,
 * also after a failed labels_open. */
enum status labels_open(struct labels *l, const char *path, FILE *tied, struct error *e);
void labels_release(struct labels *l);

/* Reads the label of the next number; the end of the labels is an error. */
enum status labels_next(struct labels *l, bool *anomalous, struct error *e);

/* Call after the last number: checks that there are no more labels. */
enum status labels_finish(struct labels *l, struct error *e);

#endif
