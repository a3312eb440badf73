/* Fractions as text and as doubles. */
#include "game/fraction.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char not_a_number[] = "is not an integer, a decimal or a fraction";

static size_t count_digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* Puts the exponent of "e-3" into *exponent. */
static const char *parse_exponent(const char *text, long *exponent)
{
	bool negative = *text == '-';
	text += *text == '-' || *text == '+';
	size_t n = count_digits(text);
	if (n == 0 || text[n] != '\0')
		return not_a_number;
	*exponent = strtol(text, NULL, 10); /* the greatest long if it is too large */
	if (*exponent > FRACTION_MAX_EXPONENT)
		return "has an exponent beyond 400";
	if (negative)
		*exponent = -*exponent;
	return NULL;
}

/* Multiplies by 10^exponent. */
static void scale(mpq_t x, long exponent)
{
	mpz_t power;
	mpz_init(power);
	mpz_ui_pow_ui(power, 10, (unsigned long)labs(exponent));
	if (exponent > 0)
		mpz_mul(mpq_numref(x), mpq_numref(x), power);
	else
		mpz_mul(mpq_denref(x), mpq_denref(x), power);
	mpz_clear(power);
	mpq_canonicalize(x);
}

/* Digits with a point somewhere, and an exponent. */
static const char *parse_decimal(char *text, mpq_t out)
{
	size_t whole = count_digits(text), part = 0;
	long exponent = 0;
	const char *wrong = NULL;
	char *rest = text + whole;
	if (*rest == '.') {
		part = count_digits(rest + 1);
		memmove(rest, rest + 1, strlen(rest));
		rest += part;
	}
	if (whole + part == 0)
		return not_a_number;
	if (*rest == 'e' || *rest == 'E')
		wrong = parse_exponent(rest + 1, &exponent);
	else if (*rest != '\0')
		wrong = not_a_number;
	if (wrong)
		return wrong;
	*rest = '\0';
	mpz_set_str(mpq_numref(out), text, 10);
	mpz_set_ui(mpq_denref(out), 1);
	scale(out, exponent - (long)part);
	return NULL;
}

/* Digits, a slash, and digits. */
static const char *parse_ratio(char *text, char *slash, mpq_t out)
{
	size_t above = count_digits(text), below = count_digits(slash + 1);
	if (above == 0 || text + above != slash || below == 0 || slash[1 + below] != '\0')
		return not_a_number;
	*slash = '\0';
	mpz_set_str(mpq_numref(out), text, 10);
	mpz_set_str(mpq_denref(out), slash + 1, 10);
	if (mpz_sgn(mpq_denref(out)) == 0) {
		mpz_set_ui(mpq_denref(out), 1);
		return "has the denominator 0";
	}
	mpq_canonicalize(out);
	return NULL;
}

const char *fraction_parse(const char *text, size_t length, mpq_t out)
{
	char copy[FRACTION_MAX_BYTES + 1];
	if (length > FRACTION_MAX_BYTES)
		return "has more than 4096 characters";
	memcpy(copy, text, length);
	copy[length] = '\0';
	char *digits = copy + (*copy == '-' || *copy == '+'), *slash = strchr(digits, '/');
	const char *wrong = slash ? parse_ratio(digits, slash, out) : parse_decimal(digits, out);
	if (!wrong && *copy == '-')
		mpq_neg(out, out);
	return wrong;
}

const char *fraction_next(const char **text, mpq_t out, const char **begin, size_t *length)
{
	static const char blanks[] = " \t";
	*begin = *text += strspn(*text, blanks);
	*length = strcspn(*text, " \t,");
	if (**text == '\0')
		return NULL;
	if (*length == 0)
		return "is preceded by no number";
	const char *wrong = fraction_parse(*begin, *length, out);
	*text += *length;
	*text += strspn(*text, blanks);
	if (**text == ',') {
		++*text;
		if (!wrong && (*text)[strspn(*text, blanks)] == '\0')
			wrong = "is followed by a comma and no number";
	}
	return wrong;
}

/* n / d to 64 bits or more, and one bit that stands for what is below them: a double has 53, so
 * that the second rounding is the only one. */
double fraction_to_double(const mpq_t x)
{
	mpz_t n, rest;
	mpz_inits(n, rest, NULL);
	mpz_abs(n, mpq_numref(x));
	long shift = (long)mpz_sizeinbase(mpq_denref(x), 2) - (long)mpz_sizeinbase(n, 2) + 66;
	if (shift > 0)
		mpz_mul_2exp(n, n, (mp_bitcnt_t)shift);
	else
		shift = 0;
	mpz_tdiv_qr(n, rest, n, mpq_denref(x));
	long cut = (long)mpz_sizeinbase(n, 2) - 66;
	bool more = mpz_sgn(rest) != 0;
	if (cut > 0) {
		more |= !mpz_divisible_2exp_p(n, (mp_bitcnt_t)cut);
		mpz_tdiv_q_2exp(n, n, (mp_bitcnt_t)cut);
		shift -= cut;
	}
	char digits[32], hex[64];
	mpz_get_str(digits, 16, n); /* at most 67 bits */
	snprintf(hex, sizeof(hex), "%s0x%s%sp%ld", mpq_sgn(x) < 0 ? "-" : "", digits,
	         more ? "1" : "0", -shift - 4);
	mpz_clears(n, rest, NULL);
	return strtod(hex, NULL);
}
