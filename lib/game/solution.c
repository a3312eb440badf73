/* Solutions of zero-sum games. */
#include "game/solution.h"

#include "base/checked.h"
#include "game/simplex.h"

#include <inttypes.h>

/* The game in positive integers: entry scale + shift. */
struct integers {
	mpz_t scale, shift;
	uint64_t bits; /* of the longest one */
};

/* The minors of the matrix are at most as many times longer than an entry as it has rows or
 * columns: whether that many cells of that many bits are few enough. */
static bool affordable(const struct matrix *m, uint64_t bits)
{
	uint64_t side = m->nrows < m->ncolumns ? m->nrows : m->ncolumns, total;
	return checked_mul(m->nrows * m->ncolumns, side, &total) &&
	       checked_mul(total, bits, &total) && total / 8 <= SOLUTION_MAX_BYTES;
}

static void to_integer(const struct integers *g, const mpq_t entry, mpz_t out)
{
	mpz_divexact(out, g->scale, mpq_denref(entry));
	mpz_mul(out, out, mpq_numref(entry));
	mpz_add(out, out, g->shift);
}

static enum status find_integers(const struct matrix *m, struct integers *g, struct error *e)
{
	size_t n = m->nrows * m->ncolumns;
	mpz_t x, least, greatest;
	mpz_inits(x, least, greatest, g->shift, NULL);
	mpz_init_set_ui(g->scale, 1);
	for (size_t i = 0; i < n && affordable(m, mpz_sizeinbase(g->scale, 2)); i++)
		mpz_lcm(g->scale, g->scale, mpq_denref(m->entries[i]));
	bool small = affordable(m, mpz_sizeinbase(g->scale, 2));
	for (size_t i = 0; i < n && small; i++) {
		to_integer(g, m->entries[i], x);
		if (i == 0 || mpz_cmp(x, least) < 0)
			mpz_set(least, x);
		if (i == 0 || mpz_cmp(x, greatest) > 0)
			mpz_set(greatest, x);
	}
	mpz_ui_sub(g->shift, 1, least);
	mpz_add(greatest, greatest, g->shift);
	g->bits = mpz_sizeinbase(greatest, 2);
	if (!small || !affordable(m, g->bits))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "%zu x %zu numbers of this length need more than %" PRIu64
		                 " bytes; use fewer digits",
		                 m->nrows, m->ncolumns, SOLUTION_MAX_BYTES);
	return STATUS_OK;
}

/* With all entries positive, so is the value v, and y = q / v, for a strategy q that lets no row
 * gain more than v, is what maximises sum y subject to A y <= 1, y >= 0. The dual has x = p / v. */
static void set_up(const struct matrix *m, const struct integers *g, struct simplex *s)
{
	simplex_init(s, m->nrows, m->ncolumns);
	for (size_t i = 0; i < m->nrows; i++) {
		for (size_t j = 0; j < m->ncolumns; j++)
			to_integer(g, m->entries[i * m->ncolumns + j], simplex_cell(s, i, j));
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
	strategy_init(&out->rows, s->nrows);
	strategy_init(&out->columns, s->ncolumns);
	for (size_t i = 0; i < s->nrows; i++)
		if (s->basic[i] < s->ncolumns)
			set_weight(out->columns.weights[s->basic[i]],
			           simplex_cell(s, i, s->ncolumns), sum);
	for (size_t j = 0; j < s->ncolumns; j++)
		if (s->nonbasic[j] >= s->ncolumns)
			set_weight(out->rows.weights[s->nonbasic[j] - s->ncolumns],
			           simplex_cell(s, s->nrows, j), sum);
}

enum status solution_find(const struct matrix *m, struct solution *out, struct error *e)
{
	struct integers g;
	struct simplex s;
	if (find_integers(m, &g, e) != STATUS_OK)
		return e->status;
	set_up(m, &g, &s);
	simplex_maximise(&s, false);
	take_strategies(&s, out);
	out->columns.unique = is_point(&s, false);
	out->rows.unique = is_point(&s, true);
	mpz_ptr sum = simplex_cell(&s, s.nrows, s.ncolumns); /* 1 / v in units of 1 / denominator */
	mpq_init(out->value);
	mpz_set(mpq_numref(out->value), s.denominator);
	mpz_submul(mpq_numref(out->value), g.shift, sum);
	mpz_mul(mpq_denref(out->value), sum, g.scale);
	mpq_canonicalize(out->value);
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
