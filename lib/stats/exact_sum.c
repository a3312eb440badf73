/* Exact sums, and results rounded once. One cell per exponent instead of the
 * 32-bit chunks of R. Neal (arXiv:1505.05571): an addition is two adds with carry and no shift, for
 * 84 KB of memory. */
#include "stats/exact_sum.h"

#include "base/bignum.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* GMP aborts if malloc fails, so it gets memory from a static pool. No number in this file is
 * longer than 4500 bits, their texts are shorter than EXACT_SUM_TEXT, and no more than a dozen of
 * both exist at once; GMP's own scratch of that size is on the stack. */
enum { BLOCK = 2048, NBLOCKS = 32 };
static union {
	unsigned char bytes[BLOCK];
	max_align_t aligned;
} blocks[NBLOCKS];
static uint32_t taken; /* a bit for each block */

static void *take(size_t size)
{
	unsigned i = 0;
	while (i < NBLOCKS && (taken >> i & 1))
		i++;
	assert(size <= BLOCK && i < NBLOCKS);
	taken |= UINT32_C(1) << i;
	return &blocks[i];
}

static void *take_again(void *block, size_t old_size, size_t size)
{
	(void)old_size;
	assert(size <= BLOCK);
	return block;
}

static void give_back(void *block, size_t size)
{
	size_t i = (size_t)((unsigned char *)block - blocks[0].bytes) / BLOCK;
	(void)size;
	taken &= ~(UINT32_C(1) << i);
}

/* To be called before any GMP number is made. */
static void use_blocks(void)
{
	mp_set_memory_functions(take, take_again, give_back);
}

void exact_sum_init(struct exact_sum *x)
{
	memset(x, 0, sizeof(*x));
}

size_t exact_sum_add(struct exact_sum *x, const double *values, size_t n)
{
	const uint64_t fraction = (UINT64_C(1) << 52) - 1;
	size_t i;
	for (i = 0; i < n; i++) {
		uint64_t bits;
		memcpy(&bits, &values[i], sizeof(bits));
		unsigned exponent = bits >> 52 & 0x7ff;
		if (exponent == 0x7ff)
			break;
		unsigned normal = exponent != 0, at = exponent - normal;
		uint64_t m = (bits & fraction) | (uint64_t)normal << 52;
		int64_t sign = -(int64_t)(bits >> 63); /* 0 or -1 */
		exact_sum_uint128 square = (exact_sum_uint128)m * m;
		x->sums[at] += ((int64_t)m ^ sign) - sign;
		x->squares[at] += square;
		x->carries[at] += x->squares[at] < square;
	}
	x->n += i;
	return i;
}

void exact_sum_merge(struct exact_sum *x, const struct exact_sum *other)
{
	x->n += other->n;
	for (unsigned at = 0; at < EXACT_SUM_CELLS; at++) {
		x->sums[at] += other->sums[at];
		exact_sum_uint128 squares = other->squares[at];
		x->squares[at] += squares;
		x->carries[at] += other->carries[at] + (x->squares[at] < squares);
	}
}

/* sum += words 2^shift */
static void add_words(mpz_t sum, const uint64_t *words, size_t nwords, unsigned shift,
                      bool negative)
{
	mpz_t term;
	mpz_init(term);
	mpz_import(term, nwords, -1, sizeof(*words), 0, 0, words);
	mpz_mul_2exp(term, term, shift);
	if (negative)
		mpz_sub(sum, sum, term);
	else
		mpz_add(sum, sum, term);
	mpz_clear(term);
}

/* The sum of x in units of 2^-1074. */
static void get_sum(const struct exact_sum *x, mpz_t sum)
{
	mpz_set_ui(sum, 0);
	for (unsigned at = 0; at < EXACT_SUM_CELLS; at++) {
		exact_sum_int128 cell = x->sums[at];
		exact_sum_uint128 magnitude =
		    cell < 0 ? -(exact_sum_uint128)cell : (exact_sum_uint128)cell;
		uint64_t words[2] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
		if (cell != 0)
			add_words(sum, words, 2, at, cell < 0);
	}
}

/* The sum of x*x in units of 2^-2148. */
static void get_squares(const struct exact_sum *x, mpz_t sum)
{
	mpz_set_ui(sum, 0);
	for (unsigned at = 0; at < EXACT_SUM_CELLS; at++) {
		uint64_t words[3] = {(uint64_t)x->squares[at], (uint64_t)(x->squares[at] >> 64),
		                     x->carries[at]};
		if (words[0] | words[1] | words[2])
			add_words(sum, words, 3, 2 * at, false);
	}
}

bool exact_sum_equal(const struct exact_sum *x, const struct exact_sum *y)
{
	mpz_t a, b;
	use_blocks();
	mpz_inits(a, b, NULL);
	get_sum(x, a);
	get_sum(y, b);
	bool equal = x->n == y->n && mpz_cmp(a, b) == 0;
	get_squares(x, a);
	get_squares(y, b);
	equal &= mpz_cmp(a, b) == 0;
	mpz_clears(a, b, NULL);
	return equal;
}

static void set_u64(mpz_t out, uint64_t value)
{
	mpz_import(out, 1, -1, sizeof(value), 0, 0, &value);
}

/* n Q - S^2 in units of 2^-2148, Q the sum of the squares, S that of the numbers: never negative
 * for sums of n doubles. */
static void get_spread(const struct exact_sum *x, mpz_t spread)
{
	mpz_t sum, n;
	mpz_inits(sum, n, NULL);
	get_squares(x, spread);
	get_sum(x, sum);
	set_u64(n, x->n);
	mpz_mul(spread, spread, n);
	mpz_submul(spread, sum, sum);
	mpz_clears(sum, n, NULL);
}

/* value 2^exponent as a line of text. */
static void write_scaled(FILE *f, const char *name, mpz_t value, long exponent)
{
	bool zero = mpz_sgn(value) == 0, negative = mpz_sgn(value) < 0;
	mp_bitcnt_t twos = zero ? 0 : mpz_scan1(value, 0);
	mpz_abs(value, value);
	mpz_tdiv_q_2exp(value, value, twos);
	gmp_fprintf(f, "%s\t%s0x%Zxp%ld\n", name, negative ? "-" : "", value,
	            zero ? 0 : exponent + (long)twos);
}

void exact_sum_write(const struct exact_sum *x, FILE *f)
{
	mpz_t value;
	use_blocks();
	mpz_init(value);
	get_sum(x, value);
	write_scaled(f, "sum", value, -1074);
	get_squares(x, value);
	write_scaled(f, "squares", value, -2148);
	mpz_clear(value);
}

/* Whether these digits are those of an odd number without leading zeros. */
static bool is_odd(const char *digits, size_t n)
{
	return digits[0] != '0' && strchr("13579bdf", digits[n - 1]);
}

/* Reads what write_scaled writes, and nothing else, in units of 2^unit, 0 <= |value| < 2^bits. */
static bool read_scaled(const char *text, mpz_t value, long unit, size_t bits)
{
	char digits[EXACT_SUM_TEXT], canonical[24];
	bool negative = *text == '-';
	mpz_set_ui(value, 0);
	if (strcmp(text, "0x0p0") == 0)
		return true;
	text += negative;
	if (strncmp(text, "0x", 2) != 0)
		return false;
	text += 2;
	size_t ndigits = strspn(text, "0123456789abcdef");
	if (ndigits == 0 || ndigits >= sizeof(digits) || text[ndigits] != 'p' ||
	    !is_odd(text, ndigits))
		return false;
	memcpy(digits, text, ndigits);
	digits[ndigits] = '\0';
	text += ndigits + 1;
	long exponent = strtol(text, NULL, 10);
	snprintf(canonical, sizeof(canonical), "%ld", exponent);
	if (strcmp(text, canonical) != 0 || exponent < unit || exponent > (long)bits)
		return false;
	mpz_set_str(value, digits, 16);
	mp_bitcnt_t shift = (mp_bitcnt_t)(exponent - unit);
	if (mpz_sizeinbase(value, 2) + shift > bits)
		return false;
	mpz_mul_2exp(value, value, shift);
	if (negative)
		mpz_neg(value, value);
	return true;
}

/* Puts sums into the cells in words of 64 bits: word j weighs 2^(64 j) units, which is cell 64 j of
 * the sums and 32 j of the squares. */
static void set_cells(struct exact_sum *x, const mpz_t sum, const mpz_t squares)
{
	uint64_t words[EXACT_SUM_CELLS / 32 + 1];
	size_t nwords;
	mpz_export(words, &nwords, -1, sizeof(*words), 0, 0, sum);
	for (size_t j = 0; j < nwords; j++)
		x->sums[64 * j] = mpz_sgn(sum) < 0 ? -(exact_sum_int128)words[j] : words[j];
	mpz_export(words, &nwords, -1, sizeof(*words), 0, 0, squares);
	for (size_t j = 0; j < nwords; j++)
		x->squares[32 * j] = words[j];
}

bool exact_sum_read(struct exact_sum *x, uint64_t n, const char *sum_text, const char *squares_text)
{
	mpz_t sum, squares, spread;
	use_blocks();
	mpz_inits(sum, squares, spread, NULL);
	/* n < 2^64 doubles below 2^1024 in size */
	bool good = read_scaled(sum_text, sum, -1074, 64 + 1024 + 1074) &&
	            read_scaled(squares_text, squares, -2148, 64 + 2048 + 2148) &&
	            mpz_sgn(squares) >= 0;
	if (good) {
		exact_sum_init(x);
		x->n = n;
		set_cells(x, sum, squares);
		get_spread(x, spread);
		good = mpz_sgn(spread) >= 0 && (n > 0 || mpz_sgn(squares) == 0);
	}
	mpz_clears(sum, squares, spread, NULL);
	return good;
}

/* A finite value in units of 2^-1074. */
static void set_double(mpz_t out, double value)
{
	int exponent;
	mpz_set_d(out, ldexp(frexp(value, &exponent), 53));
	if (exponent >= 53 - 1074)
		mpz_mul_2exp(out, out, (mp_bitcnt_t)(exponent - 53 + 1074));
	else
		mpz_tdiv_q_2exp(out, out,
		                (mp_bitcnt_t)(53 - 1074 - exponent)); /* a subnormal: zeros */
}

/* Whether n numbers from low to high can have this sum and these squares. The squares are least if
 * all are equal, and greatest if all but one are at the ends, where convexity drives them; what
 * lies in between, they reach. Changes the sum and the squares. */
static bool fits(uint64_t n, mpz_t sum, mpz_t squares, const mpz_t low, const mpz_t high)
{
	mpz_t width, count, product;
	if (n == 0)
		return mpz_sgn(sum) == 0 && mpz_sgn(squares) == 0;
	mpz_inits(width, count, product, NULL);
	set_u64(count, n);
	/* With low for 0: y = x - low has the sum S - n low, and the squares Q - low (2 S - n low).
	 */
	mpz_mul(product, count, low);
	mpz_sub(sum, sum, product);
	mpz_addmul_ui(product, sum, 2);
	mpz_submul(squares, low, product);
	mpz_mul(product, squares, count);
	mpz_submul(product, sum, sum);
	bool good = mpz_sgn(sum) >= 0 && mpz_sgn(product) >= 0;
	mpz_sub(width, high, low);
	mpz_mul(product, width, count);
	good &= mpz_cmp(sum, product) <= 0;
	if (good && mpz_sgn(width) > 0) { /* sum = count width + rest */
		mpz_fdiv_qr(count, sum, sum, width);
		mpz_mul(product, width, width);
		mpz_mul(product, product, count);
		mpz_addmul(product, sum, sum);
		good = mpz_cmp(squares, product) <= 0;
	} else if (good) {
		good = mpz_sgn(squares) == 0;
	}
	mpz_clears(width, count, product, NULL);
	return good;
}

bool exact_sum_spans(const struct exact_sum *x, double min, double max)
{
	mpz_t sum, squares, low, high;
	if (x->n == 0)
		return min == INFINITY && max == -INFINITY;
	if (!isfinite(min) || !isfinite(max) || min > max || (x->n == 1 && min != max))
		return false;
	use_blocks();
	mpz_inits(sum, squares, low, high, NULL);
	get_sum(x, sum);
	get_squares(x, squares);
	set_double(low, min);
	set_double(high, max);
	mpz_sub(sum, sum, low); /* the least is one of them, the greatest another one */
	mpz_submul(squares, low, low);
	if (x->n > 1) {
		mpz_sub(sum, sum, high);
		mpz_submul(squares, high, high);
	}
	bool good = fits(x->n - (x->n > 1 ? 2 : 1), sum, squares, low, high);
	mpz_clears(sum, squares, low, high, NULL);
	return good;
}

/* m 2^exponent with the highest bit of m set, to the nearest double, ties to even. The last bit
 * of m also stands for whatever nonzero is below it. */
static double round_word(uint64_t m, long exponent)
{
	long below = -1074 - exponent; /* bits of m below the last one that a double can have */
	if (below <= 11)               /* a normal number drops 11 of them */
		return ldexp((double)m, (int)exponent);
	if (below > 65)
		return 0;
	if (below > 62) { /* room for the two bits that decide */
		uint64_t lost = m & 15;
		m = m >> 4 | (lost != 0);
		below -= 4;
	}
	uint64_t kept = m >> below, half = UINT64_C(1) << (below - 1);
	uint64_t rest = m & (2 * half - 1);
	kept += rest > half || (rest == half && (kept & 1));
	return ldexp((double)kept, -1074);
}

/* (q + r) 2^exponent, 0 <= r < 1, r > 0 if `more`, to the nearest double. q has 56 bits or more. */
static double round_scaled(mpz_t q, bool more, long exponent)
{
	uint64_t m = 0;
	long cut = (long)mpz_sizeinbase(q, 2) - 64;
	if (cut > 0) {
		more |= !mpz_divisible_2exp_p(q, (mp_bitcnt_t)cut);
		mpz_tdiv_q_2exp(q, q, (mp_bitcnt_t)cut);
	} else {
		mpz_mul_2exp(q, q, (mp_bitcnt_t)-cut);
	}
	mpz_export(&m, NULL, -1, sizeof(m), 0, 0, q);
	return round_word(m | more, exponent + cut);
}

/* How many bits n must be shifted up by, for n / d to have at least `bits` bits; an even number. */
static mp_bitcnt_t shift_for(const mpz_t n, const mpz_t d, size_t bits)
{
	size_t have = mpz_sizeinbase(n, 2), need = mpz_sizeinbase(d, 2) + bits;
	return have > need ? 0 : (need - have + 2) & ~(mp_bitcnt_t)1;
}

double exact_sum_mean(const struct exact_sum *x)
{
	double mean = 0;
	mpz_t sum, n, rest;
	use_blocks();
	mpz_inits(sum, n, rest, NULL);
	get_sum(x, sum);
	set_u64(n, x->n);
	int sign = mpz_sgn(sum);
	if (sign != 0) {
		mpz_abs(sum, sum);
		mp_bitcnt_t shift = shift_for(sum, n, 64);
		mpz_mul_2exp(sum, sum, shift);
		mpz_tdiv_qr(sum, rest, sum, n);
		mean = round_scaled(sum, mpz_sgn(rest) != 0, -1074 - (long)shift);
	}
	mpz_clears(sum, n, rest, NULL);
	return sign < 0 ? -mean : mean;
}

/* sqrt((n Q - S^2) / (n (n - 1))), Q the sum of the squares, S that of the numbers. */
double exact_sum_stdev(const struct exact_sum *x)
{
	double stdev = 0;
	mpz_t n, d, rest;
	use_blocks();
	mpz_inits(n, d, rest, NULL);
	get_spread(x, n);
	set_u64(d, x->n);
	set_u64(rest, x->n - 1);
	mpz_mul(d, d, rest);
	if (mpz_sgn(n) != 0) {
		mp_bitcnt_t shift = shift_for(n, d, 128);
		mpz_mul_2exp(n, n, shift);
		mpz_tdiv_qr(n, rest, n, d);
		bool more = mpz_sgn(rest) != 0;
		mpz_sqrtrem(n, rest, n);
		more |= mpz_sgn(rest) != 0;
		stdev = round_scaled(n, more, -1074 - (long)(shift / 2));
	}
	mpz_clears(n, d, rest, NULL);
	return stdev;
}
