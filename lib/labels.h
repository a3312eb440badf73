/* Streams of labels: text, one 0 or 1 per line; 1 is anomalous. They go along with a stream of
 * numbers, one label each. */
#ifndef LABELS_H
#define LABELS_H

#include "numbers.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct labels {
	struct numbers in;
	int fd;
	const double *batch;
	size_t left; /* in the batch */
};

/* "-" is standard input. Releasing what is all zero, or was not opened, is allowed. */
enum status labels_open(struct labels *l, const char *path, struct error *e);
void labels_release(struct labels *l);

/* The next label, of a number that is there: an end of the labels is an error. */
enum status labels_next(struct labels *l, bool *anomalous, struct error *e);

/* After the last number: no label may be left. */
enum status labels_finish(struct labels *l, struct error *e);

#endif
