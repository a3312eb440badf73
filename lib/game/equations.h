/*
 * Linear equations with integer coefficients, exactly: p-adic expansion of the solution (Dixon,
 * "Exact solution of linear equations using p-adic expansions", Numerische Mathematik 40, 1982).
 */
#ifndef EQUATIONS_H
#define EQUATIONS_H

#include "base/bignum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n equations of n unknowns. */
struct equations {
	size_t n;
	mpz_t *cells;      /* (n, n), the caller's */
	uint64_t *inverse; /* (n, n): of the matrix, modulo a prime of 61 bits */
	uint64_t bits;     /* more than a determinant of the matrix, or of a minor of it, has */
};

/* False if the matrix has no inverse modulo the prime: if it is singular, or by an accident that
 * has a probability of 2^-61. */
bool equations_init(struct equations *e, mpz_t *cells, size_t n);

/* Solves A x = (1, ..., 1) or, transposed, A' x = (1, ..., 1): x = numerators / denominator, (n)
 * numbers that are initialised. denominator, which is more than 0, is at first a guess: 1, or that
 * of the transposed. The result is to be checked against the equations. */
void equations_solve(const struct equations *e, bool transposed, mpz_t *numerators,
                     mpz_t denominator);

#endif
