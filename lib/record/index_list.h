/* Lists of record indices: a number stream of ascending integers, read one ahead. */
#ifndef INDEX_LIST_H
#define INDEX_LIST_H

#include "base/error.h"
#include "io/numbers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct index_list {
	uint64_t next; /* the index that comes next, unless ended */
	bool ended;

	struct numbers numbers;
	const double *values; /* what is left of the batch */
	size_t n;
	uint64_t nread;
};

/* Reads from fd from now on and takes the first index; tied as in io/input.h. The caller keeps fd.
 */
enum status index_list_open(struct index_list *l, int fd, FILE *tied, struct error *e);
void index_list_release(struct index_list *l);

/* Moves on to the next index: an integer below 2^53, greater than the last one. Anything else is
 * STATUS_MALFORMED, and the text names the line. */
enum status index_list_advance(struct index_list *l, struct error *e);

#endif
