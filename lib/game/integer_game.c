/* Games in positive integers. */
#include "game/integer_game.h"

#include "base/checked.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

/* The minors of the matrix are at most as many times longer than an entry as it has rows or
 * columns: whether that many cells of that many bits are few enough. */
static bool affordable(const struct matrix *m, uint64_t bits)
{
	uint64_t side = m->nrows < m->ncolumns ? m->nrows : m->ncolumns, total;
	return checked_mul(m->nrows * m->ncolumns, side, &total) &&
	       checked_mul(total, bits, &total) && total / 8 <= INTEGER_GAME_MAX_BYTES;
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
	g->matrix = m;
	mpz_inits(g->shift, g->greatest, NULL);
	mpz_init_set_ui(g->scale, 1);
	for (size_t i = 0; i < n && affordable(m, mpz_sizeinbase(g->scale, 2)); i++)
		mpz_lcm(g->scale, g->scale, mpq_denref(m->entries[i]));
	bool small = affordable(m, mpz_sizeinbase(g->scale, 2));
	if (small)
		find_range(g, n);
	if (!small || !affordable(m, mpz_sizeinbase(g->greatest, 2)))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "%zu x %zu numbers of this length need more than %" PRIu64
		                 " bytes; use fewer digits",
		                 m->nrows, m->ncolumns, INTEGER_GAME_MAX_BYTES);
	return STATUS_OK;
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
