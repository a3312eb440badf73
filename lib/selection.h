/*
 * Which records of a file are wanted: a range, then classes by a label file, then a random
 * choice among what is left. In file order and in constant memory, whatever the length.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include "idx.h"
#include "rng.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SELECTION_MAX_CLASSES = 256 };

struct selection {
	/* What is asked for: set by the caller, the rest zero. */
	uint64_t first, last; /* half-open; last UINT64_MAX: to the end */
	const char *labels;   /* path of an IDX file of rank 1, or NULL */
	int64_t classes[SELECTION_MAX_CLASSES];
	size_t nclasses;
	bool random, invert; /* npicks at random, or all but those */
	uint64_t npicks, seed;

	/* State. */
	uint64_t index;
	struct sampler sampler;
	struct idx label_idx;
	int label_fd;
	const unsigned char *label_batch;
	size_t nlabels; /* left in label_batch */
};

/* Parses "3,7" into the classes; false if it is not a list of integers. */
bool selection_parse_classes(struct selection *s, const char *text);

/* Fits the selection to a file of nrecords. The labels are read once before if a random choice
 * among classes has to know how many there are. */
enum status selection_open(struct selection *s, uint64_t nrecords, struct error *e);
void selection_release(struct selection *s);

/* Decides on the next record, to be called nrecords times; *wanted tells. */
enum status selection_next(struct selection *s, bool *wanted, struct error *e);

/* After the last record: nothing may follow the last label, and its checksum must be right. */
enum status selection_finish(struct selection *s, struct error *e);

#endif
