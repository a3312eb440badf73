/* Proof that a game has one solution. */
#include "game/unique_solution.h"

#include "game/equations.h"

static mpz_t *integers(size_t n)
{
	mpz_t *x = bignum_array(n, sizeof(*x));
	for (size_t i = 0; i < n; i++)
		mpz_init(x[i]);
	return x;
}

/* The payoffs among the choices: (n, n). */
static mpz_t *take_cells(const struct integer_game *g, const struct choices *c)
{
	mpz_t *cells = integers(c->nrows * c->ncolumns);
	for (size_t i = 0; i < c->nrows; i++)
		for (size_t j = 0; j < c->ncolumns; j++)
			integer_game_entry(g, c->rows[i], c->columns[j],
			                   cells[i * c->ncolumns + j]);
	return cells;
}

/* Scales one side so that both have one unit. */
static void make_even(mpz_t *weights, size_t n, mpz_t unit, mpz_t *others, const mpz_t other_unit)
{
	mpz_t factor, other_factor;
	mpz_inits(factor, other_factor, NULL);
	mpz_lcm(factor, unit, other_unit);
	mpz_divexact(other_factor, factor, other_unit);
	mpz_divexact(factor, factor, unit);
	for (size_t i = 0; i < n; i++) {
		mpz_mul(weights[i], weights[i], factor);
		mpz_mul(others[i], others[i], other_factor);
	}
	mpz_mul(unit, unit, factor);
	mpz_clears(factor, other_factor, NULL);
}

/* The weights against which all of the choices of the other side pay 1. */
static bool solve(const struct integer_game *g, const struct choices *c,
                  struct unique_solution *out)
{
	struct equations e;
	mpz_t other_unit;
	size_t n = c->nrows;
	if (!equations_init(&e, take_cells(g, c), n))
		return false;
	out->rows = integers(n);
	out->columns = integers(n);
	mpz_init_set_ui(out->unit, 1);
	equations_solve(&e, false, out->columns, out->unit);
	mpz_init_set(other_unit, out->unit);
	equations_solve(&e, true, out->rows, other_unit);
	make_even(out->columns, n, out->unit, out->rows, other_unit);
	mpz_clear(other_unit);
	return true;
}

static bool all_positive(const mpz_t *weights, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mpz_sgn(weights[i]) <= 0)
			return false;
	return true;
}

/* The sign of what a row gains against the columns less what the value is. */
static int row_excess(const struct integer_game *g, const struct choices *c,
                      const struct unique_solution *s, size_t row)
{
	mpz_t entry, sum;
	mpz_inits(entry, sum, NULL);
	for (size_t j = 0; j < c->ncolumns; j++) {
		integer_game_entry(g, row, c->columns[j], entry);
		mpz_addmul(sum, entry, s->columns[j]);
	}
	int order = mpz_cmp(sum, s->unit);
	mpz_clears(entry, sum, NULL);
	return order;
}

/* The sign of what a column pays to the rows less what the value is. */
static int column_excess(const struct integer_game *g, const struct choices *c,
                         const struct unique_solution *s, size_t column)
{
	mpz_t entry, sum;
	mpz_inits(entry, sum, NULL);
	for (size_t i = 0; i < c->nrows; i++) {
		integer_game_entry(g, c->rows[i], column, entry);
		mpz_addmul(sum, entry, s->rows[i]);
	}
	int order = mpz_cmp(sum, s->unit);
	mpz_clears(entry, sum, NULL);
	return order;
}

/* Whether the choices do equally well, and all others worse. */
static bool holds(const struct integer_game *g, const struct choices *c,
                  const struct unique_solution *s)
{
	size_t next = 0;
	for (size_t i = 0; i < g->matrix->nrows; i++) {
		bool chosen = next < c->nrows && c->rows[next] == i;
		int excess = row_excess(g, c, s, i);
		if (chosen ? excess != 0 : excess >= 0)
			return false;
		next += chosen;
	}
	next = 0;
	for (size_t j = 0; j < g->matrix->ncolumns; j++) {
		bool chosen = next < c->ncolumns && c->columns[next] == j;
		int excess = column_excess(g, c, s, j);
		if (chosen ? excess != 0 : excess <= 0)
			return false;
		next += chosen;
	}
	return true;
}

bool unique_solution_prove(const struct integer_game *g, const struct choices *c,
                           struct unique_solution *out)
{
	if (!solve(g, c, out) || !all_positive(out->rows, c->nrows) ||
	    !all_positive(out->columns, c->ncolumns) || !holds(g, c, out))
		return false;
	mpz_init(out->sum);
	for (size_t i = 0; i < c->nrows; i++)
		mpz_add(out->sum, out->sum, out->rows[i]);
	return true;
}
