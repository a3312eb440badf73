/* Games in positive integers. */
#include "game/integer_game.h"

#include "base/checked.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

/* Whether as many integers of that many bits as the matrix has cells, and so many times that, are
 * few enough. */
static bool affordable(const struct matrix *m, uint64_t bits, uint64_t times)
{
	uint64_t total;
	return checked_mul(m->nrows * m->ncolumns, times, &total) &&
	       checked_mul(total, bits, &total) && total / 8 <= INTEGER_GAME_MAX_BYTES;
}

/* The minors of the matrix, which fill a tableau, are at most as many times longer than an entry as
 * it has rows or columns. */
static uint64_t tableau_times(const struct matrix *m)
{
	return m->nrows < m->ncolumns ? m->nrows : m->ncolumns;
}

/* Of equations there are the cells and the digits of the solutions, twice as many bits. */
static uint64_t equations_times(const struct matrix *m)
{
	return tableau_times(m) < 4 ? tableau_times(m) : 4;
}

static enum status refuse(const struct matrix *m, struct error *e)
{
	return error_set(e, STATUS_UNSUPPORTED,
	                 "%zu x %zu numbers of this length need more than %" PRIu64
	                 " bytes; use fewer digits",
	                 m->nrows, m->ncolumns, INTEGER_GAME_MAX_BYTES);
}

static void to_integer(const struct integer_game *g, const mpq_t entry, mpz_t out)
{
	mpz_divexact(out, g->scale, mpq_denref(entry));
	mpz_mul(out, out, mpq_numref(entry));
	mpz_add(out, out, g->shift);
}

/* The shift is 0 until the least entry is known. */
static void find_range(struct integer_game *g, size_t n)
{
	mpz_t x, least;
	mpz_inits(x, least, NULL);
	for (size_t i = 0; i < n; i++) {
		to_integer(g, g->matrix->entries[i], x);
		if (i == 0 || mpz_cmp(x, least) < 0)
			mpz_set(least, x);
		if (i == 0 || mpz_cmp(x, g->greatest) > 0)
			mpz_set(g->greatest, x);
	}
	mpz_ui_sub(g->shift, 1, least);
	mpz_add(g->greatest, g->greatest, g->shift);
}

enum status integer_game_init(struct integer_game *g, const struct matrix *m, struct error *e)
{
	size_t n = m->nrows * m->ncolumns;
	uint64_t times = equations_times(m);
	g->matrix = m;
	mpz_inits(g->shift, g->greatest, NULL);
	mpz_init_set_ui(g->scale, 1);
	for (size_t i = 0; i < n && affordable(m, mpz_sizeinbase(g->scale, 2), times); i++)
		mpz_lcm(g->scale, g->scale, mpq_denref(m->entries[i]));
	if (!affordable(m, mpz_sizeinbase(g->scale, 2), times))
		return refuse(m, e);
	find_range(g, n);
	return affordable(m, mpz_sizeinbase(g->greatest, 2), times) ? STATUS_OK : refuse(m, e);
}

enum status integer_game_check_steps(const struct integer_game *g, struct error *e)
{
	const struct matrix *m = g->matrix;
	return affordable(m, mpz_sizeinbase(g->greatest, 2), tableau_times(m)) ? STATUS_OK
	                                                                       : refuse(m, e);
}

void integer_game_entry(const struct integer_game *g, size_t row, size_t column, mpz_t out)
{
	to_integer(g, g->matrix->entries[row * g->matrix->ncolumns + column], out);
}

double integer_game_share(const struct integer_game *g, size_t row, size_t column)
{
	long exponent, all;
	mpz_t x;
	mpz_init(x);
	integer_game_entry(g, row, column, x);
	double entry = mpz_get_d_2exp(&exponent, x), greatest = mpz_get_d_2exp(&all, g->greatest);
	mpz_clear(x);
	exponent -= all;
	return ldexp(entry / greatest, exponent < -2000 ? -2000 : (int)exponent);
}
