/*
 * The simplex method on integers, exactly. The condensed tableau has a row for each basic variable
 * and a column for each nonbasic one; all its cells are integers over one denominator, which are
 * minors of the first tableau, so that every division leaves no remainder (Edmonds 1967, Bareiss
 * 1968) and the cells stay short.
 */
#ifndef SIMPLEX_H
#define SIMPLEX_H

#include "base/bignum.h"

#include <stdbool.h>
#include <stddef.h>

/* Maximise c z subject to T z <= b, z >= 0, with b >= 0. */
struct simplex {
	size_t nrows, ncolumns;
	mpz_t *cells;            /* (nrows + 1, ncolumns + 1): T b above, -c and the value below */
	mpz_t denominator;       /* of all cells; positive */
	size_t *basic;           /* (nrows): the variables of the rows */
	size_t *nonbasic;        /* (ncolumns): those of the columns */
	mpz_t pivot, one, other; /* scratch */
};

/* All cells 0, the denominator 1; the variables of the columns are 0 to ncolumns - 1, the slacks of
 * the rows come next. */
void simplex_init(struct simplex *s, size_t nrows, size_t ncolumns);
void simplex_release(struct simplex *s);

/* Row nrows is the objective, column ncolumns the right-hand side. */
mpz_ptr simplex_cell(const struct simplex *s, size_t row, size_t column);

enum simplex_end {
	SIMPLEX_OPTIMAL,
	SIMPLEX_UNBOUNDED,
	SIMPLEX_POSITIVE, /* the objective has become positive, if that is enough */
};

/* Pivots to an optimum. The steepest column enters, but Bland's does after a step that changes no
 * value, so that it ends: at one vertex Bland's rule does not cycle, and no vertex comes back. */
enum simplex_end simplex_maximise(struct simplex *s, bool until_positive);

#endif
