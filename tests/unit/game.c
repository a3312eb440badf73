/* Games with one solution: what is proven and what must not be, and that guesses are good. */
#include "base/rng.h"
#include "game/support_guess.h"
#include "game/unique_solution.h"
#include "tap.h"

#include <string.h>

enum { MAX = 40 };

static struct matrix make(size_t nrows, size_t ncolumns, const int *entries)
{
	struct matrix m = {nrows, ncolumns, bignum_array(nrows * ncolumns, sizeof(mpq_t))};
	for (size_t i = 0; i < nrows * ncolumns; i++) {
		mpq_init(m.entries[i]);
		mpq_set_si(m.entries[i], entries[i], 1);
	}
	return m;
}

/* Whether n rows and n columns, "01" and "02", are proven to be the supports. */
static bool proves(size_t nrows, size_t ncolumns, const int *entries, const char *rows,
                   const char *columns)
{
	struct matrix m = make(nrows, ncolumns, entries);
	struct integer_game g;
	struct error e = {0};
	struct unique_solution s;
	size_t kept_rows[MAX], kept_columns[MAX];
	struct choices c = {strlen(rows), strlen(columns), kept_rows, kept_columns};
	for (size_t i = 0; i < c.nrows; i++) {
		kept_rows[i] = (size_t)(rows[i] - '0');
		kept_columns[i] = (size_t)(columns[i] - '0');
	}
	integer_game_init(&g, &m, &e);
	return unique_solution_prove(&g, &c, &s) && mpz_sgn(s.unit) > 0;
}

#define PROVES(nrows, ncolumns, rows, columns, ...)                                                \
	proves(nrows, ncolumns, (const int[]){__VA_ARGS__}, rows, columns)

static void prove(void)
{
	ok(PROVES(3, 3, "012", "012", 0, -1, 1, 1, 0, -1, -1, 1, 0), "rock, paper, scissors");
	ok(!PROVES(3, 3, "01", "01", 0, -1, 1, 1, 0, -1, -1, 1, 0), "not without scissors");
	ok(PROVES(2, 2, "01", "01", 1, -1, -1, 1), "pennies");
	ok(PROVES(2, 2, "01", "01", -1, 1, 1, -1), "a negative determinant");
	ok(PROVES(3, 3, "01", "02", 1, 9, -1, -1, 9, 1, -2, 9, -2), "pennies, and worse choices");
	ok(!PROVES(3, 2, "02", "01", 1, -1, -1, 1, -2, -2), "weights that are not positive");
	ok(!PROVES(3, 2, "01", "01", 1, -1, -1, 1, 5, 5), "a row that was left out is better");
	ok(!PROVES(2, 3, "01", "01", 1, -1, -5, -1, 1, -5), "a column that was left out is better");
	ok(!PROVES(3, 2, "01", "01", 1, -1, -1, 1, 0, 0), "a row that was left out is as good");
	ok(!PROVES(2, 3, "01", "01", 1, -1, 0, -1, 1, 0), "a column that was left out is as good");
	ok(!PROVES(2, 2, "01", "01", 0, 0, 0, 0), "equations without a solution");
	ok(PROVES(2, 2, "1", "0", 1, 2, 3, 4), "a saddle point");
	ok(!PROVES(2, 2, "0", "0", 3, 3, 1, 1), "a saddle point beside another");
}

static bool guesses(size_t n, const int *entries)
{
	struct matrix m = make(n, n, entries);
	struct integer_game g;
	struct error e = {0};
	struct choices c;
	struct unique_solution s;
	integer_game_init(&g, &m, &e);
	return support_guess_find(&g, &c) && unique_solution_prove(&g, &c, &s);
}

static void guess(void)
{
	static const int zeros[4] = {0};
	int entries[MAX * MAX];
	unsigned proven = 0;
	for (uint64_t game = 0; game < 20; game++) {
		struct rng r;
		rng_init(&r, 1, RNG_SAMPLES, game);
		for (size_t i = 0; i < MAX * MAX; i++)
			entries[i] = (int)rng_below(&r, 19) - 9;
		proven += guesses(MAX, entries);
	}
	ok(proven == 20, "solutions of random games are guessed");
	ok(!guesses(2, zeros), "those of ties are not");
}

static void run(void *arg)
{
	(void)arg;
	prove();
	guess();
}

int main(void)
{
	struct error e = {0};
	bignum_run(run, NULL, &e);
	return tap_end();
}
