/* Solutions of zero-sum games, exact (base/bignum.h). */
#ifndef SOLUTION_H
#define SOLUTION_H

#include "game/matrix.h"

#include <stdbool.h>

/* The rows' player receives the entry, the columns' player pays it. */
struct strategy {
	size_t n;
	mpq_t *weights; /* (n): probabilities */
	bool unique;    /* whether no other strategy is optimal */
};

struct solution {
	mpq_t value;
	struct strategy rows, columns;
};

/* The value of the game and an optimal strategy of each player. STATUS_UNSUPPORTED if the numbers
 * on the way could need more than INTEGER_GAME_MAX_BYTES. */
enum status solution_find(const struct matrix *m, struct solution *out, struct error *e);

/* What each row gains against a strategy of the columns' player, which has ncolumns weights:
 * payoffs (nrows), initialised here. */
void solution_payoffs(const struct matrix *m, const mpq_t *weights, mpq_t *payoffs);

#endif
