/* Solutions of zero-sum games. */
#include "game/solution.h"

#include "game/integer_game.h"
#include "game/simplex.h"
#include "game/support_guess.h"
#include "game/unique_solution.h"

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

/* From the optimal tableau of the game of these choices. */
static void take_strategies(const struct integer_game *g, const struct choices *c,
                            const struct simplex *s, struct solution *out)
{
	mpz_ptr sum = simplex_cell(s, s->nrows, s->ncolumns);
	strategy_init(&out->rows, g->matrix->nrows);
	strategy_init(&out->columns, g->matrix->ncolumns);
	for (size_t i = 0; i < s->nrows; i++)
		if (s->basic[i] < s->ncolumns)
			set_weight(out->columns.weights[c->columns[s->basic[i]]],
			           simplex_cell(s, i, s->ncolumns), sum);
	for (size_t j = 0; j < s->ncolumns; j++)
		if (s->nonbasic[j] >= s->ncolumns)
			set_weight(out->rows.weights[c->rows[s->nonbasic[j] - s->ncolumns]],
			           simplex_cell(s, s->nrows, j), sum);
}

static void take_value(const struct integer_game *g, const struct simplex *s, mpq_t out)
{
	mpz_ptr sum =
	    simplex_cell(s, s->nrows, s->ncolumns); /* 1 / v in units of 1 / denominator */
	mpq_init(out);
	mpz_set(mpq_numref(out), s->denominator);
	mpz_submul(mpq_numref(out), g->shift, sum);
	mpz_mul(mpq_denref(out), sum, g->scale);
	mpq_canonicalize(out);
}

/* A game whose only solution is guessed is solved at once, and any other one step by step. */
enum status solution_find(const struct matrix *m, struct solution *out, struct error *e)
{
	struct integer_game g;
	struct choices c;
	struct simplex s;
	if (integer_game_init(&g, m, e) != STATUS_OK)
		return e->status;
	bool proven = support_guess_find(&g, &c) && unique_solution_prove(&g, &c, &s);
	if (!proven) {
		c = integer_game_choices(&g);
		integer_game_program(&g, &c, &s);
		simplex_maximise(&s, false);
	}
	take_strategies(&g, &c, &s, out);
	take_value(&g, &s, out->value);
	out->columns.unique = proven || is_point(&s, false);
	out->rows.unique = proven || is_point(&s, true);
	simplex_release(&s);
	return STATUS_OK;
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
