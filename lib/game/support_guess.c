/* The simplex method in doubles. */
#include "game/support_guess.h"

#include <math.h>

/* What is smaller is taken for 0. The entries are at most 1. */
static const double tiny = 1e-9;

/* Maximise sum y subject to A y <= 1, y >= 0, as game/simplex.h does in integers. */
struct tableau {
	size_t nrows, ncolumns;
	double *cells;    /* (nrows + 1, ncolumns + 1) */
	size_t *basic;    /* (nrows): the variables of the rows */
	size_t *nonbasic; /* (ncolumns): those of the columns */
};

static double *row_of(const struct tableau *t, size_t row)
{
	return t->cells + row * (t->ncolumns + 1);
}

static struct tableau start(const struct integer_game *g)
{
	size_t nrows = g->matrix->nrows, ncolumns = g->matrix->ncolumns;
	struct tableau t = {
	    nrows, ncolumns, bignum_array((nrows + 1) * (ncolumns + 1), sizeof(double)),
	    bignum_array(nrows, sizeof(size_t)), bignum_array(ncolumns, sizeof(size_t))};
	for (size_t i = 0; i < nrows; i++) {
		for (size_t j = 0; j < ncolumns; j++)
			row_of(&t, i)[j] = integer_game_share(g, i, j);
		row_of(&t, i)[ncolumns] = 1;
		t.basic[i] = ncolumns + i;
	}
	for (size_t j = 0; j < ncolumns; j++) {
		row_of(&t, nrows)[j] = -1;
		t.nonbasic[j] = j;
	}
	row_of(&t, nrows)[ncolumns] = 0;
	return t;
}

/* The column with the least cost; ncolumns if none is negative. */
static size_t choose_column(const struct tableau *t)
{
	const double *costs = row_of(t, t->nrows);
	size_t best = t->ncolumns;
	double least = -tiny;
	for (size_t j = 0; j < t->ncolumns; j++)
		if (costs[j] < least) {
			least = costs[j];
			best = j;
		}
	return best;
}

/* The row whose variable is the first to become 0, of several that of the greatest cell; nrows if
 * there is none. */
static size_t choose_row(const struct tableau *t, size_t column)
{
	size_t best = t->nrows;
	double least = INFINITY, greatest = 0;
	for (size_t i = 0; i < t->nrows; i++) {
		double cell = row_of(t, i)[column];
		if (cell <= tiny)
			continue;
		double ratio = row_of(t, i)[t->ncolumns] / cell;
		if (ratio < least - tiny * least || (ratio <= least && cell > greatest)) {
			least = ratio;
			greatest = cell;
			best = i;
		}
	}
	return best;
}

static void exchange(struct tableau *t, size_t row, size_t column)
{
	double *from = row_of(t, row), inverse = 1 / from[column];
	size_t variable = t->basic[row];
	from[column] = 1;
	for (size_t j = 0; j <= t->ncolumns; j++)
		from[j] *= inverse;
	for (size_t i = 0; i <= t->nrows; i++) {
		double *to = row_of(t, i), factor = to[column];
		if (i == row || factor == 0)
			continue;
		to[column] = 0;
		for (size_t j = 0; j <= t->ncolumns; j++)
			to[j] -= factor * from[j];
	}
	t->basic[row] = t->nonbasic[column];
	t->nonbasic[column] = variable;
}

static bool maximise(struct tableau *t)
{
	size_t side = t->nrows < t->ncolumns ? t->nrows : t->ncolumns;
	size_t limit = 128 * side + 1000; /* ten times what random games need */
	for (size_t step = 0; step < limit; step++) {
		size_t column = choose_column(t);
		if (column == t->ncolumns)
			return true;
		size_t row = choose_row(t, column);
		if (row == t->nrows)
			return false;
		exchange(t, row, column);
	}
	return false;
}

/* Whether all variables that could be more than 0 are, and no other could without a loss. */
static bool is_clear(const struct tableau *t)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (!(row_of(t, i)[t->ncolumns] > tiny))
			return false;
	for (size_t j = 0; j < t->ncolumns; j++)
		if (!(row_of(t, t->nrows)[j] > tiny))
			return false;
	return true;
}

/* The columns that are basic, and the rows whose slack is not: equally many, since as many
 * variables are basic as there are rows. */
static void take_supports(const struct tableau *t, struct choices *out)
{
	bool *is_basic = bignum_array(t->nrows + t->ncolumns, sizeof(*is_basic));
	for (size_t j = 0; j < t->ncolumns; j++)
		is_basic[t->nonbasic[j]] = false;
	for (size_t i = 0; i < t->nrows; i++)
		is_basic[t->basic[i]] = true;
	out->nrows = out->ncolumns = 0;
	out->rows = bignum_array(t->nrows, sizeof(*out->rows));
	out->columns = bignum_array(t->ncolumns, sizeof(*out->columns));
	for (size_t j = 0; j < t->ncolumns; j++)
		if (is_basic[j])
			out->columns[out->ncolumns++] = j;
	for (size_t i = 0; i < t->nrows; i++)
		if (!is_basic[t->ncolumns + i])
			out->rows[out->nrows++] = i;
}

bool support_guess_find(const struct integer_game *g, struct choices *out)
{
	struct tableau t = start(g);
	if (!maximise(&t) || !is_clear(&t))
		return false;
	take_supports(&t, out);
	return true;
}
