/* What a solution of a game may look like, found in doubles: a guess, to be proven. */
#ifndef SUPPORT_GUESS_H
#define SUPPORT_GUESS_H

#include "game/integer_game.h"

#include <stdbool.h>
#include <stddef.h>

/* The choices that both strategies use, equally many of either side, by the simplex method in
 * doubles. False if it did not end soon, or where the solution does not look like the only one. */
bool support_guess_find(const struct integer_game *g, struct choices *out);

#endif
