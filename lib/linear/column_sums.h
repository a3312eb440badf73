/* Sums of the columns of a matrix, over its rows in their order. */
#ifndef COLUMN_SUMS_H
#define COLUMN_SUMS_H

#include "linear/precision.h"

#include <stdbool.h>
#include <stddef.h>

/* sums (columns) of x (rows, columns), elements of the precision; overwritten, or, with add, added
 * to what is there. Shared among the threads; the same bits for any number of them. */
void column_sums(enum precision precision, size_t rows, size_t columns, const void *x, bool add,
                 float *sums);

#endif
