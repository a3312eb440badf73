/*
 * Selection of records: a range, then classes given by a label file, then a random choice among the
 * remaining records. Works in file order and in constant memory, for any length; only a random
 * choice among classes keeps one bit per record.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include "base/error.h"
#include "base/sampler.h"
#include "record/idx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SELECTION_MAX_CLASSES = 256 };

struct selection {
	/* The request: set by the caller, the rest zero. */
	uint64_t first, last; /* half-open; last UINT64_MAX: to the end */
	const char *labels;   /* path of an IDX file of rank 1, or NULL */
	int64_t classes[SELECTION_MAX_CLASSES];
	size_t nclasses;
	bool random, invert; /* npicks at random; all but those */
	uint64_t npicks, seed;

	/* State. */
	uint64_t index;
	struct sampler sampler;
	struct idx label_idx;
	int label_fd;
	const unsigned char *label_batch;
	size_t nlabels;          /* remaining in label_batch */
	unsigned char *of_class; /* for a random choice among classes: one bit per record, lowest
	                            first; or NULL */
	size_t of_class_bytes;
};

/* Parses "FIRST:LAST", of which either may be missing; false if it is not a range. */
bool selection_parse_range(struct selection *s, const char *text);

/* Parses a list of classes, such as "3,7"; false if it is not a list of integers. */
bool selection_parse_classes(struct selection *s, const char *text);

/* Prepares the selection for a file of nrecords. A random choice among classes needs the number of
 * candidates: it reads the labels here, to their end. To be released even if this fails. */
enum status selection_open(struct selection *s, uint64_t nrecords, struct error *e);
void selection_release(struct selection *s);

/* Sets *wanted to whether the next record is selected; call it nrecords times. */
enum status selection_next(struct selection *s, bool *wanted, struct error *e);

/* Call after the last record: checks that nothing follows the last label, and the checksum. */
enum status selection_finish(struct selection *s, struct error *e);

#endif
