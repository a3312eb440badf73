/* Linear equations: solutions that are known, and random ones put into the equations. */
#include "game/equations.h"
#include "base/rng.h"
#include "tap.h"

enum { MAX = 40 };

static mpz_t *integers(size_t n)
{
	mpz_t *x = bignum_array(n, sizeof(*x));
	for (size_t i = 0; i < n; i++)
		mpz_init(x[i]);
	return x;
}

/* Whether A x = (1, ..., 1) for x = numerators / denominator, or A' x. */
static bool satisfies(const mpz_t *cells, size_t n, bool transposed, const mpz_t *numerators,
                      const mpz_t denominator)
{
	mpz_t sum;
	mpz_init(sum);
	for (size_t i = 0; i < n; i++) {
		mpz_set_ui(sum, 0);
		for (size_t j = 0; j < n; j++)
			mpz_addmul(sum, cells[transposed ? j * n + i : i * n + j], numerators[j]);
		if (mpz_cmp(sum, denominator) != 0)
			return false;
	}
	return mpz_sgn(denominator) > 0;
}

/* Solves both ways, with a good guess at the denominator, a bad one, and none. */
static bool solves(mpz_t *cells, size_t n)
{
	struct equations e;
	mpz_t denominator, *numerators = integers(n);
	bool good = equations_init(&e, cells, n);
	mpz_init(denominator);
	for (unsigned guess = 1; good && guess < 8; guess += 6) {
		mpz_set_ui(denominator, guess);
		equations_solve(&e, false, numerators, denominator);
		good = satisfies(cells, n, false, numerators, denominator);
		equations_solve(&e, true, numerators, denominator);
		good = good && satisfies(cells, n, true, numerators, denominator);
	}
	return good;
}

static mpz_t *cells_of(size_t n, const char *const *text)
{
	mpz_t *cells = integers(n * n);
	for (size_t i = 0; i < n * n; i++)
		mpz_set_str(cells[i], text[i], 10);
	return cells;
}

#define CELLS(n, ...) cells_of(n, (const char *const[]){__VA_ARGS__})

static void known(void)
{
	struct equations e;
	mpz_t *numerators = integers(3), denominator;
	mpz_init_set_ui(denominator, 1);
	ok(solves(CELLS(1, "7"), 1) && solves(CELLS(1, "-7"), 1), "one equation");
	equations_init(&e, CELLS(3, "2", "0", "0", "0", "-3", "0", "0", "0", "5"), 3);
	equations_solve(&e, false, numerators, denominator);
	ok(mpz_cmp_ui(numerators[0], 15) == 0 && mpz_cmp_si(numerators[1], -10) == 0 &&
	       mpz_cmp_ui(numerators[2], 6) == 0 && mpz_cmp_ui(denominator, 30) == 0,
	   "1/2, -1/3, 1/5 have the denominator 30");
	ok(solves(CELLS(2, "0", "1", "1", "0"), 2), "pivots in another row");
	ok(!equations_init(&e, CELLS(2, "1", "2", "2", "4"), 2), "a singular matrix");
	ok(!equations_init(&e, CELLS(2, "0", "0", "0", "0"), 2), "zeros");
	ok(!equations_init(&e, CELLS(1, "2305843009213693951"), 1), "0 modulo the prime");
	ok(solves(CELLS(2, "2305843009213693951", "1", "1", "2305843009213693952"), 2),
	   "cells that are 0 and 1 modulo the prime");
	ok(solves(CELLS(2, "18446744073709551616", "-340282366920938463463374607431768211456",
	                "99999999999999999999999999999999", "1"),
	          2),
	   "long cells");
}

/* Cells of so many random words of 32 bits, and signs. */
static void random_cells(void)
{
	unsigned solved = 0;
	for (size_t n = 1; n <= MAX; n++) {
		struct rng r;
		mpz_t *cells = integers(n * n);
		rng_init(&r, 1, RNG_SAMPLES, n);
		for (size_t i = 0; i < n * n; i++) {
			for (size_t word = 0; word <= n % 5; word++) {
				mpz_mul_2exp(cells[i], cells[i], 32);
				mpz_add_ui(cells[i], cells[i], rng_u32(&r));
			}
			if (rng_u32(&r) & 1)
				mpz_neg(cells[i], cells[i]);
		}
		solved += solves(cells, n);
	}
	ok(solved == MAX, "random equations, %u of %d", solved, MAX);
}

/* Of 300 products of 61 bits and 61 the sum needs more than 128 bits. */
static void many(void)
{
	enum { N = 300 };
	struct rng r;
	mpz_t *cells = integers(N * N);
	rng_init(&r, 2, RNG_SAMPLES, 0);
	for (size_t i = 0; i < N * N; i++)
		mpz_set_si(cells[i], (long)rng_below(&r, 3) - 1);
	ok(solves(cells, N), "300 equations");
}

static void run(void *arg)
{
	(void)arg;
	known();
	random_cells();
	many();
}

int main(void)
{
	struct error e = {0};
	bignum_run(run, NULL, &e);
	return tap_end();
}
