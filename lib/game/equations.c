/* Linear equations with integer coefficients. */
#include "game/equations.h"

__extension__ typedef unsigned __int128 uint128;

/* A Mersenne prime: 2^61 is 1. */
static const uint64_t prime = (UINT64_C(1) << 61) - 1;
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "GMP takes digits as unsigned long");

static uint64_t reduce(uint128 x)
{
	uint64_t sum = ((uint64_t)x & prime) + ((uint64_t)(x >> 61) & prime) + (uint64_t)(x >> 122);
	sum = (sum & prime) + (sum >> 61);
	return sum >= prime ? sum - prime : sum;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
	return reduce((uint128)a * b);
}

/* a^(p - 2) is 1 / a. */
static uint64_t invert(uint64_t a)
{
	uint64_t result = 1;
	for (uint64_t exponent = prime - 2; exponent > 0; exponent >>= 1, a = multiply(a, a))
		if (exponent & 1)
			result = multiply(result, a);
	return result;
}

/* to -= factor from; (n) numbers */
static void subtract(uint64_t *to, const uint64_t *from, uint64_t factor, size_t n)
{
	uint64_t negative = prime - factor;
	for (size_t j = 0; j < n; j++)
		to[j] = reduce((uint128)negative * from[j] + to[j]);
}

/* Swaps the row and the first one from it on that is not 0 in the column; false if there is none.
 */
static bool find_pivot(uint64_t *a, size_t n, size_t width, size_t row)
{
	size_t i = row;
	while (i < n && a[i * width + row] == 0)
		i++;
	for (size_t j = 0; i < n && i != row && j < width; j++) {
		uint64_t cell = a[i * width + j];
		a[i * width + j] = a[row * width + j];
		a[row * width + j] = cell;
	}
	return i < n;
}

/* Gauss and Jordan's elimination of a (n, 2 n): the matrix, and the unit matrix that becomes its
 * inverse. */
static bool eliminate(uint64_t *a, size_t n)
{
	size_t width = 2 * n;
	for (size_t k = 0; k < n; k++) {
		if (!find_pivot(a, n, width, k))
			return false;
		uint64_t *pivot = a + k * width, inverse = invert(pivot[k]);
		for (size_t j = 0; j < width; j++)
			pivot[j] = multiply(pivot[j], inverse);
		for (size_t i = 0; i < n; i++)
			if (i != k && a[i * width + k] != 0)
				subtract(a + i * width, pivot, a[i * width + k], width);
	}
	return true;
}

/* Hadamard: a determinant is at most the product of the lengths of its rows, which are at most
 * sqrt(n) times the greatest cell. */
static uint64_t bound(const mpz_t *cells, size_t n)
{
	uint64_t cell = 1, root = 1;
	for (size_t i = 0; i < n * n; i++)
		if (mpz_sizeinbase(cells[i], 2) > cell)
			cell = mpz_sizeinbase(cells[i], 2);
	while (n >> root >> root > 0)
		root++;
	return n * (cell + root) + 1;
}

bool equations_init(struct equations *e, mpz_t *cells, size_t n)
{
	uint64_t *a = bignum_array(2 * n * n, sizeof(*a));
	*e = (struct equations){n, cells, bignum_array(n * n, sizeof(*a)), bound(cells, n)};
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			a[2 * n * i + j] = mpz_fdiv_ui(cells[i * n + j], prime);
			a[2 * n * i + n + j] = i == j;
		}
	if (!eliminate(a, n))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			e->inverse[i * n + j] = a[2 * n * i + n + j];
	return true;
}

/* The element (i, j) of a matrix (n, n), or of its transpose. */
static size_t place(const struct equations *e, bool transposed, size_t i, size_t j)
{
	return transposed ? j * e->n + i : i * e->n + j;
}

/* digits (n) = inverse residues, modulo the prime */
static void next_digits(const struct equations *e, bool transposed, const mpz_t *residues,
                        uint64_t *reduced, uint64_t *digits)
{
	for (size_t j = 0; j < e->n; j++)
		reduced[j] = mpz_fdiv_ui(residues[j], prime);
	for (size_t i = 0; i < e->n; i++) {
		uint128 sum = 0;
		for (size_t j = 0; j < e->n; j++) {
			sum += (uint128)e->inverse[place(e, transposed, i, j)] * reduced[j];
			if (j % 32 == 31) /* 64 products fit */
				sum = reduce(sum);
		}
		digits[i] = reduce(sum);
	}
}

/* residues = (residues - A digits) / prime, which leaves no remainder */
static void next_residues(const struct equations *e, bool transposed, const uint64_t *digits,
                          mpz_t *residues)
{
	for (size_t i = 0; i < e->n; i++) {
		for (size_t j = 0; j < e->n; j++)
			mpz_submul_ui(residues[i], e->cells[place(e, transposed, i, j)], digits[j]);
		mpz_divexact_ui(residues[i], residues[i], prime);
	}
}

static mpz_t *integers(size_t n)
{
	mpz_t *x = bignum_array(n, sizeof(*x));
	for (size_t i = 0; i < n; i++)
		mpz_init(x[i]);
	return x;
}

/* digits (ndigits, n): of the solutions in the base of the prime, the lowest first */
static uint64_t *expand(const struct equations *e, bool transposed, size_t ndigits)
{
	uint64_t *digits = bignum_array(ndigits * e->n, sizeof(*digits));
	uint64_t *reduced = bignum_array(e->n, sizeof(*reduced));
	mpz_t *residues = integers(e->n);
	for (size_t i = 0; i < e->n; i++)
		mpz_set_ui(residues[i], 1);
	for (size_t k = 0; k < ndigits; k++) {
		next_digits(e, transposed, residues, reduced, digits + k * e->n);
		next_residues(e, transposed, digits + k * e->n, residues);
	}
	return digits;
}

/* The number with these digits, stride apart: neighbours are joined until one is left; parts
 * (ndigits) is scratch. */
static void join(const uint64_t *digits, size_t ndigits, size_t stride, mpz_t *parts, mpz_t out)
{
	mpz_t power;
	mpz_init_set_ui(power, prime);
	for (size_t k = 0; k < ndigits; k++)
		mpz_set_ui(parts[k], digits[k * stride]);
	for (size_t n = ndigits; n > 1; n = (n + 1) / 2) {
		for (size_t k = 0; k < n / 2; k++) {
			mpz_mul(out, parts[2 * k + 1], power);
			mpz_add(parts[k], parts[2 * k], out);
		}
		if (n % 2 == 1)
			mpz_swap(parts[n / 2], parts[n - 1]);
		mpz_mul(power, power, power);
	}
	mpz_set(out, parts[0]);
	mpz_clear(power);
}

/* x of modulus is numerator / denominator with a numerator of at most that many bits: Euclid's
 * algorithm, ended half way. The numerator is put into x, which is in 0 .. modulus - 1. */
static void reconstruct(mpz_t x, const mpz_t modulus, uint64_t bits, mpz_t denominator)
{
	mpz_t before, factor, quotient;
	mpz_init_set(before, modulus);
	mpz_init_set_ui(factor, 0);
	mpz_init(quotient);
	mpz_set_ui(denominator, 1);
	while (mpz_sizeinbase(x, 2) > bits) {
		mpz_tdiv_qr(quotient, before, before, x);
		mpz_swap(before, x);
		mpz_submul(factor, quotient, denominator);
		mpz_swap(factor, denominator);
	}
	if (mpz_sgn(denominator) < 0) {
		mpz_neg(denominator, denominator);
		mpz_neg(x, x);
	}
	mpz_clears(before, factor, quotient, NULL);
}

/* x = x denominator of modulus, in the middle of its range */
static void scale(mpz_t x, const mpz_t denominator, const mpz_t modulus, const mpz_t half)
{
	mpz_mul(x, x, denominator);
	mpz_fdiv_r(x, x, modulus);
	if (mpz_cmp(x, half) > 0)
		mpz_sub(x, x, modulus);
}

/* Numerator number i, from the solution modulo modulus; if it needs more than the denominator of
 * those before it, they all get it. */
static void take_numerator(const struct equations *e, mpz_t *numerators, size_t i,
                           const mpz_t modulus, const mpz_t half, mpz_t denominator)
{
	mpz_t more;
	scale(numerators[i], denominator, modulus, half);
	if (mpz_sizeinbase(numerators[i], 2) <= e->bits)
		return;
	mpz_init(more);
	mpz_fdiv_r(numerators[i], numerators[i], modulus);
	reconstruct(numerators[i], modulus, e->bits, more);
	for (size_t j = 0; j < i; j++)
		mpz_mul(numerators[j], numerators[j], more);
	mpz_mul(denominator, denominator, more);
	mpz_clear(more);
}

void equations_solve(const struct equations *e, bool transposed, mpz_t *numerators,
                     mpz_t denominator)
{
	/* more than twice the product of a numerator and a denominator */
	size_t ndigits = (size_t)((2 * e->bits + 2) / 60 + 1);
	uint64_t *digits = expand(e, transposed, ndigits);
	mpz_t modulus, half, *parts = integers(ndigits);
	mpz_inits(modulus, half, NULL);
	mpz_ui_pow_ui(modulus, prime, ndigits);
	mpz_tdiv_q_2exp(half, modulus, 1);
	for (size_t i = 0; i < e->n; i++) {
		join(digits + i, ndigits, e->n, parts, numerators[i]);
		take_numerator(e, numerators, i, modulus, half, denominator);
	}
}
