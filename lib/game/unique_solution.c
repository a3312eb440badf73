/* Proof that a game has one solution. */
#include "game/unique_solution.h"

/* Exchanges each column for a row, whatever the objective; false if that cannot be. */
static bool solve_equations(struct simplex *s)
{
	for (size_t j = 0; j < s->ncolumns; j++) {
		size_t i = 0;
		while (i < s->nrows &&
		       (s->basic[i] < s->ncolumns || mpz_sgn(simplex_cell(s, i, j)) == 0))
			i++;
		if (i == s->nrows)
			return false;
		simplex_exchange(s, i, j);
	}
	return true;
}

/* The weights of the columns, and of the rows, in units of 1 / denominator. */
static mpz_ptr column_weight(const struct simplex *s, size_t i)
{
	return simplex_cell(s, i, s->ncolumns);
}

static mpz_ptr row_weight(const struct simplex *s, size_t j)
{
	return simplex_cell(s, s->nrows, j);
}

/* Makes the denominator positive, and says whether all weights are. */
static bool all_positive(struct simplex *s)
{
	bool negative = mpz_sgn(s->denominator) < 0, positive = true;
	if (negative)
		mpz_neg(s->denominator, s->denominator);
	for (size_t i = 0; i <= s->nrows; i++) { /* and their sum */
		if (negative)
			mpz_neg(column_weight(s, i), column_weight(s, i));
		positive = positive && mpz_sgn(column_weight(s, i)) > 0;
	}
	for (size_t j = 0; j < s->ncolumns; j++) {
		if (negative)
			mpz_neg(row_weight(s, j), row_weight(s, j));
		positive = positive && mpz_sgn(row_weight(s, j)) > 0;
	}
	return positive;
}

/* Whether this row, which is none of the choices, gains less than 1 against the columns. */
static bool row_does_worse(const struct integer_game *g, const struct choices *c,
                           const struct simplex *s, size_t row)
{
	mpz_t entry, sum;
	mpz_inits(entry, sum, NULL);
	for (size_t i = 0; i < s->nrows; i++) {
		integer_game_entry(g, row, c->columns[s->basic[i]], entry);
		mpz_addmul(sum, entry, column_weight(s, i));
	}
	bool worse = mpz_cmp(sum, s->denominator) < 0;
	mpz_clears(entry, sum, NULL);
	return worse;
}

/* Whether this column pays more than 1 to the rows. */
static bool column_does_worse(const struct integer_game *g, const struct choices *c,
                              const struct simplex *s, size_t column)
{
	mpz_t entry, sum;
	mpz_inits(entry, sum, NULL);
	for (size_t j = 0; j < s->ncolumns; j++) {
		integer_game_entry(g, c->rows[s->nonbasic[j] - s->ncolumns], column, entry);
		mpz_addmul(sum, entry, row_weight(s, j));
	}
	bool worse = mpz_cmp(sum, s->denominator) > 0;
	mpz_clears(entry, sum, NULL);
	return worse;
}

static bool others_do_worse(const struct integer_game *g, const struct choices *c,
                            const struct simplex *s)
{
	size_t next = 0;
	for (size_t i = 0; i < g->matrix->nrows; i++)
		if (next < c->nrows && c->rows[next] == i)
			next++;
		else if (!row_does_worse(g, c, s, i))
			return false;
	next = 0;
	for (size_t j = 0; j < g->matrix->ncolumns; j++)
		if (next < c->ncolumns && c->columns[next] == j)
			next++;
		else if (!column_does_worse(g, c, s, j))
			return false;
	return true;
}

bool unique_solution_prove(const struct integer_game *g, const struct choices *c, struct simplex *s)
{
	integer_game_program(g, c, s);
	return solve_equations(s) && all_positive(s) && others_do_worse(g, c, s);
}
