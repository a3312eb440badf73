/* Solutions of zero-sum games. */
#include "game/solution.h"

#include "game/integer_game.h"
#include "game/simplex.h"
#include "game/support_guess.h"
#include "game/unique_solution.h"

/* With all entries positive, so is the value v, and y = q / v, for a strategy q that lets no row
 * gain more than v, is what maximises sum y subject to A y <= 1, y >= 0. The dual has x = p / v. */
static void set_up(const struct integer_game *g, struct simplex *s)
{
	const struct matrix *m = g->matrix;
	simplex_init(s, m->nrows, m->ncolumns);
	for (size_t i = 0; i < m->nrows; i++) {
		for (size_t j = 0; j < m->ncolumns; j++)
			integer_game_entry(g, i, j, simplex_cell(s, i, j));
		mpz_set_ui(simplex_cell(s, i, m->ncolumns), 1);
	}
	for (size_t j = 0; j < m->ncolumns; j++)
		mpz_set_si(simplex_cell(s, m->nrows, j), -1);
}

/* The optimal strategies of the columns' player are the tableau with all variables that cost
 * something left out (dual: the rows', its transpose). There is one if no variable left can be more
 * than 0: if the greatest sum of them is 0. */
static bool is_point(const struct simplex *s, bool dual)
{
	size_t nrows = dual ? s->ncolumns : s->nrows, ncolumns = dual ? s->nrows : s->ncolumns;
	size_t *kept = bignum_array(ncolumns, sizeof(*kept)), n = 0;
	struct simplex face;
	for (size_t j = 0; j < ncolumns; j++)
		if (mpz_sgn(dual ? simplex_cell(s, j, s->ncolumns)
		                 : simplex_cell(s, s->nrows, j)) == 0)
			kept[n++] = j;
	if (n == 0)
		return true;
	simplex_init(&face, nrows, n);
	mpz_set(face.denominator, s->denominator);
	for (size_t i = 0; i < nrows; i++) {
		for (size_t j = 0; j < n; j++) {
			mpz_ptr cell = simplex_cell(&face, i, j);
			mpz_set(cell,
			        dual ? simplex_cell(s, kept[j], i) : simplex_cell(s, i, kept[j]));
			if (dual)
				mpz_neg(cell, cell);
		}
		mpz_set(simplex_cell(&face, i, n),
		        dual ? simplex_cell(s, s->nrows, i) : simplex_cell(s, i, s->ncolumns));
	}
	for (size_t j = 0; j < n; j++)
		mpz_neg(simplex_cell(&face, nrows, j), s->denominator);
	bool point = simplex_maximise(&face, true) == SIMPLEX_OPTIMAL;
	simplex_release(&face);
	return point;
}

static void strategy_init(struct strategy *s, size_t n)
{
	s->n = n;
	s->weights = bignum_array(n, sizeof(*s->weights));
	for (size_t i = 0; i < n; i++)
		mpq_init(s->weights[i]);
}

/* numerator / sum, where sum is the greatest value of the objective. */
static void set_weight(mpq_t out, mpz_srcptr numerator, mpz_srcptr sum)
{
	mpq_set_num(out, numerator);
	mpq_set_den(out, sum);
	mpq_canonicalize(out);
}

static void take_strategies(const struct simplex *s, struct solution *out)
{
	mpz_ptr sum = simplex_cell(s, s->nrows, s->ncolumns);
	for (size_t i = 0; i < s->nrows; i++)
		if (s->basic[i] < s->ncolumns)
			set_weight(out->columns.weights[s->basic[i]],
			           simplex_cell(s, i, s->ncolumns), sum);
	for (size_t j = 0; j < s->ncolumns; j++)
		if (s->nonbasic[j] >= s->ncolumns)
			set_weight(out->rows.weights[s->nonbasic[j] - s->ncolumns],
			           simplex_cell(s, s->nrows, j), sum);
}

/* The value of the game in integers is unit / sum. */
static void take_value(const struct integer_game *g, mpz_srcptr unit, mpz_srcptr sum, mpq_t out)
{
	mpz_set(mpq_numref(out), unit);
	mpz_submul(mpq_numref(out), g->shift, sum);
	mpz_mul(mpq_denref(out), sum, g->scale);
	mpq_canonicalize(out);
}

static void solve_by_steps(const struct integer_game *g, struct solution *out)
{
	struct simplex s;
	set_up(g, &s);
	simplex_maximise(&s, false);
	take_strategies(&s, out);
	take_value(g, s.denominator, simplex_cell(&s, s.nrows, s.ncolumns), out->value);
	out->columns.unique = is_point(&s, false);
	out->rows.unique = is_point(&s, true);
	simplex_release(&s);
}

/* False unless the supports are guessed and there is one solution. */
static bool solve_at_once(const struct integer_game *g, struct solution *out)
{
	struct choices c;
	struct unique_solution s;
	if (!support_guess_find(g, &c) || !unique_solution_prove(g, &c, &s))
		return false;
	for (size_t i = 0; i < c.nrows; i++) {
		set_weight(out->rows.weights[c.rows[i]], s.rows[i], s.sum);
		set_weight(out->columns.weights[c.columns[i]], s.columns[i], s.sum);
	}
	take_value(g, s.unit, s.sum, out->value);
	out->rows.unique = out->columns.unique = true;
	return true;
}

enum status solution_find(const struct matrix *m, struct solution *out, struct error *e)
{
	struct integer_game g;
	if (integer_game_init(&g, m, e) != STATUS_OK)
		return e->status;
	strategy_init(&out->rows, m->nrows);
	strategy_init(&out->columns, m->ncolumns);
	mpq_init(out->value);
	if (!solve_at_once(&g, out) && integer_game_check_steps(&g, e) == STATUS_OK)
		solve_by_steps(&g, out);
	return e->status;
}

void solution_payoffs(const struct matrix *m, const mpq_t *weights, mpq_t *payoffs)
{
	mpq_t product;
	mpq_init(product);
	for (size_t i = 0; i < m->nrows; i++) {
		mpq_init(payoffs[i]);
		for (size_t j = 0; j < m->ncolumns; j++) {
			mpq_mul(product, m->entries[i * m->ncolumns + j], weights[j]);
			mpq_add(payoffs[i], payoffs[i], product);
		}
	}
}
