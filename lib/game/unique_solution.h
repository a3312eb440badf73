/* Proof that a game has one solution, exactly (base/bignum.h). */
#ifndef UNIQUE_SOLUTION_H
#define UNIQUE_SOLUTION_H

#include "game/integer_game.h"

#include <stdbool.h>

/* Weights of some choices as integers; both sides have one sum and, in these units, the value is
 * unit / sum. */
struct unique_solution {
	mpz_t *rows, *columns; /* (n) each */
	mpz_t sum, unit;
};

/*
 * Solves the game of n rows and n columns as if all of them were used: by equations. If each of
 * them gets a positive weight, and each choice that was left out does worse than these against the
 * other side, that is a solution, and the only one: an optimal strategy uses no choice that does
 * worse, and the equations of the others have one solution. Then returns true.
 */
bool unique_solution_prove(const struct integer_game *g, const struct choices *c,
                           struct unique_solution *out);

#endif
