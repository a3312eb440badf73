/* The simplex method on integers. */
#include "game/simplex.h"

void simplex_init(struct simplex *s, size_t nrows, size_t ncolumns)
{
	size_t ncells = (nrows + 1) * (ncolumns + 1);
	*s = (struct simplex){.nrows = nrows, .ncolumns = ncolumns};
	s->cells = bignum_array(ncells, sizeof(*s->cells));
	s->basic = bignum_array(nrows, sizeof(*s->basic));
	s->nonbasic = bignum_array(ncolumns, sizeof(*s->nonbasic));
	for (size_t i = 0; i < ncells; i++)
		mpz_init(s->cells[i]);
	for (size_t i = 0; i < nrows; i++)
		s->basic[i] = ncolumns + i;
	for (size_t j = 0; j < ncolumns; j++)
		s->nonbasic[j] = j;
	mpz_init_set_ui(s->denominator, 1);
	mpz_inits(s->pivot, s->one, s->other, NULL);
}

void simplex_release(struct simplex *s)
{
	for (size_t i = 0; i < (s->nrows + 1) * (s->ncolumns + 1); i++)
		mpz_clear(s->cells[i]);
}

mpz_ptr simplex_cell(const struct simplex *s, size_t row, size_t column)
{
	return s->cells[row * (s->ncolumns + 1) + column];
}

/* The column that enters: of those that raise the objective the steepest one or, of Bland's rule,
 * that of the first variable; ncolumns if there is none. */
static size_t choose_column(const struct simplex *s, bool bland)
{
	size_t best = s->ncolumns;
	for (size_t j = 0; j < s->ncolumns; j++) {
		mpz_ptr cost = simplex_cell(s, s->nrows, j);
		if (mpz_sgn(cost) >= 0)
			continue;
		if (best == s->ncolumns ||
		    (bland ? s->nonbasic[j] < s->nonbasic[best]
		           : mpz_cmp(cost, simplex_cell(s, s->nrows, best)) < 0))
			best = j;
	}
	return best;
}

/* The row whose variable is the first to become 0 as that of the column grows, of several that of
 * the first variable; nrows if none does. */
static size_t choose_row(struct simplex *s, size_t column)
{
	size_t best = s->nrows;
	for (size_t i = 0; i < s->nrows; i++) {
		mpz_ptr cell = simplex_cell(s, i, column);
		if (mpz_sgn(cell) <= 0)
			continue;
		int order = -1;
		if (best != s->nrows) {
			mpz_mul(s->one, simplex_cell(s, i, s->ncolumns),
			        simplex_cell(s, best, column));
			mpz_mul(s->other, simplex_cell(s, best, s->ncolumns), cell);
			order = mpz_cmp(s->one, s->other);
		}
		if (order < 0 || (order == 0 && s->basic[i] < s->basic[best]))
			best = i;
	}
	return best;
}

/* Changes a row that is not that of the pivot: cell = (pivot cell - above across) / denominator. */
static void change_row(struct simplex *s, size_t i, size_t row, size_t column)
{
	mpz_ptr across = simplex_cell(s, i, column);
	for (size_t j = 0; j <= s->ncolumns; j++) {
		mpz_ptr cell = simplex_cell(s, i, j);
		if (j == column)
			continue;
		mpz_mul(s->one, cell, s->pivot); /* not in place, which GMP does by a copy */
		mpz_submul(s->one, across, simplex_cell(s, row, j));
		mpz_divexact(cell, s->one, s->denominator);
	}
	mpz_neg(across, across);
}

/* The variables of a row and a column change places. */
static void exchange(struct simplex *s, size_t row, size_t column)
{
	size_t variable = s->basic[row];
	mpz_set(s->pivot, simplex_cell(s, row, column));
	for (size_t i = 0; i <= s->nrows; i++)
		if (i != row)
			change_row(s, i, row, column);
	mpz_set(simplex_cell(s, row, column), s->denominator);
	mpz_set(s->denominator, s->pivot);
	s->basic[row] = s->nonbasic[column];
	s->nonbasic[column] = variable;
}

enum simplex_end simplex_maximise(struct simplex *s, bool until_positive)
{
	bool bland = false;
	for (;;) {
		size_t column = choose_column(s, bland);
		if (column == s->ncolumns)
			return SIMPLEX_OPTIMAL;
		size_t row = choose_row(s, column);
		if (row == s->nrows)
			return SIMPLEX_UNBOUNDED;
		bland = mpz_sgn(simplex_cell(s, row, s->ncolumns)) == 0;
		if (until_positive && !bland)
			return SIMPLEX_POSITIVE;
		exchange(s, row, column);
	}
}
