/* Games in positive integers (base/bignum.h). */
#ifndef INTEGER_GAME_H
#define INTEGER_GAME_H

#include "game/matrix.h"

#include <stdint.h>

/* A game whose entries are those of a matrix times scale plus shift: integers from 1 on. */
struct integer_game {
	const struct matrix *matrix;
	mpz_t scale, shift, greatest; /* greatest: the greatest entry */
};

/* STATUS_UNSUPPORTED if the equations of a solution could need more than INTEGER_GAME_MAX_BYTES. */
#define INTEGER_GAME_MAX_BYTES (UINT64_C(1) << 32)
enum status integer_game_init(struct integer_game *g, const struct matrix *m, struct error *e);

/* The same for the tableaus of the simplex method. */
enum status integer_game_check_steps(const struct integer_game *g, struct error *e);

void integer_game_entry(const struct integer_game *g, size_t row, size_t column, mpz_t out);

/* Some of the rows and columns of a game. */
struct choices {
	size_t nrows, ncolumns;
	size_t *rows, *columns; /* (nrows), (ncolumns): indices, ascending */
};

/* An entry divided by the greatest one: a double up to 1. */
double integer_game_share(const struct integer_game *g, size_t row, size_t column);

#endif
