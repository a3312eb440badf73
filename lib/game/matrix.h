/* Payoff matrices and strategies as text (base/bignum.h). */
#ifndef MATRIX_H
#define MATRIX_H

#include "base/bignum.h"
#include "io/lines.h"

#include <stddef.h>

enum { MATRIX_MAX_ENTRIES = 1 << 20, MATRIX_MAX_LINE = 1 << 26 };

struct matrix {
	size_t nrows, ncolumns; /* at least 1 each */
	mpq_t *entries;         /* (nrows, ncolumns) */
};

/* Reads lines to their end: a row each, of numbers as fraction_next takes them, equally many in
 * each row. Lines may have up to MATRIX_MAX_LINE bytes. Errors name the line and the number. */
enum status matrix_read(struct matrix *m, struct lines *in, struct error *e);

/* A mixed strategy: a row of numbers that are not negative and sum to 1, without blanks before and
 * after. */
enum status matrix_read_strategy(const char *text, mpq_t **weights, size_t *n, struct error *e);

#endif
