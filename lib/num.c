/* Knows how numbers are read and written as text. The C library does the rounding; this file
 * adds the refusal of anything that is not wholly a number. Programs never call setlocale,
 * so that the decimal point is a point everywhere. */
#include "num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool num_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (!num_mul(value, 10, &value) || !num_add(value, (uint64_t)(*text - '0'), &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

static bool is_word(const char *text, size_t length)
{
	if (length > 0 && (*text == '-' || *text == '+'))
		text++, length--;
	return (length == 3 && (!strncasecmp(text, "nan", 3) || !strncasecmp(text, "inf", 3))) ||
	       (length == 8 && !strncasecmp(text, "infinity", 8));
}

bool num_parse_double(const char *text, size_t length, double *out)
{
	char copy[1200]; /* the exact decimal of a double is shorter; strtod needs a NUL */
	char *end;
	if (length == 0 || length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strspn(copy, "0123456789+-.eE") != length && !is_word(copy, length))
		return false;
	double value = strtod(copy, &end);
	if (end != copy + length)
		return false;
	*out = value;
	return true;
}

/* At a power of two the doubles above are twice as far apart as those below, so that the decimal
 * of 16 digits next above may read back where the nearest one, below, does not. Writes it and
 * returns its length, or 0. All such numbers have an exponent, and no 9 for a last digit. */
static size_t round_up(double value, char text[NUM_TEXT])
{
	int exponent;
	if (fabs(frexp(value, &exponent)) != 0.5)
		return 0;
	size_t length = (size_t)snprintf(text, NUM_TEXT, "%.*e", DBL_DIG, value);
	strchr(text, 'e')[-1]++;
	return strtod(text, NULL) == value ? length : 0;
}

__extension__ typedef unsigned __int128 uint128;

/* A value m 2^-e, m < 2^53, times 10^p: 2 m 5^p 2^-(1+e-p), exact in 128 bits for p <= 27. */
struct scaled {
	uint128 m;        /* 2 m 5^p */
	int shift;        /* 1 + e - p, from 1 to 126 */
	uint128 half_ulp; /* in units of m: 5^p */
};

/* The nearest whole number, ties to even, and whether as a decimal it reads back to the value: the
 * ends of the interval read back if the value's significand is even. */
static bool shortest(const struct scaled *s, bool even, uint64_t *whole)
{
	uint128 unit = (uint128)1 << s->shift, rest = s->m & (unit - 1);
	uint64_t down = (uint64_t)(s->m >> s->shift);
	bool up = rest > unit / 2 || (rest == unit / 2 && down % 2 == 1);
	uint128 distance = up ? unit - rest : rest;
	*whole = down + up;
	return distance < s->half_ulp || (distance == s->half_ulp && even);
}

/* Writes whole / 10^p in the fixed notation, without zeros at the end; p >= 0. */
static size_t write_fixed(uint64_t whole, int p, bool negative, char text[NUM_TEXT])
{
	char digits[NUM_TEXT], *out = text;
	size_t n = 0;
	for (; p > 0 && whole % 10 == 0; p--)
		whole /= 10;
	int place = 0;
	do {
		if (place == p && p > 0)
			digits[n++] = '.';
		digits[n++] = (char)('0' + whole % 10);
		whole /= 10;
		place++;
	} while (whole > 0 || place <= p);
	if (negative)
		*out++ = '-';
	while (n > 0)
		*out++ = digits[--n];
	*out = '\0';
	return (size_t)(out - text);
}

/* Most numbers: 1e-4 <= |value| < 1e15 that are no whole powers of two, by exact arithmetic and as
 * the general way below writes them; 0 for the others. */
static size_t format_moderate(double value, char text[NUM_TEXT])
{
	static const double powers[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1,  1e2,  1e3,  1e4,  1e5,
	                                1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	static const uint64_t fives[] = { /* powers of 5 */
	    1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625,
	    1220703125, UINT64_C(6103515625), UINT64_C(30517578125), UINT64_C(152587890625),
	    UINT64_C(762939453125), UINT64_C(3814697265625), UINT64_C(19073486328125),
	    UINT64_C(95367431640625), UINT64_C(476837158203125), UINT64_C(2384185791015625),
	    UINT64_C(11920928955078125), UINT64_C(59604644775390625), UINT64_C(298023223876953125),
	    UINT64_C(1490116119384765625), UINT64_C(7450580596923828125)};
	uint64_t bits, whole;
	double magnitude = fabs(value);
	int order = 0; /* 10^(order-4) <= magnitude */
	if (!(magnitude >= powers[0] && magnitude < powers[19]))
		return 0;
	memcpy(&bits, &magnitude, sizeof(bits));
	uint64_t m = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
	int e = 1075 - (int)(bits >> 52);
	while (magnitude >= powers[order + 1])
		order++;
	for (int digits = DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
		int p = digits - 1 - (order - 4);
		if (p > 27 || 1 + e - p < 1 || 1 + e - p > 126 || m == UINT64_C(1) << 52)
			return 0;
		struct scaled s = {2 * (uint128)m * fives[p], 1 + e - p, fives[p]};
		if (shortest(&s, m % 2 == 0, &whole))
			return write_fixed(whole, p, signbit(value), text);
	}
	return 0;
}

size_t num_format_double(double value, char text[NUM_TEXT])
{
	size_t moderate = format_moderate(value, text);
	if (moderate > 0)
		return moderate;
	if (isnan(value))
		return (size_t)snprintf(text, NUM_TEXT, "nan");
	if (isinf(value))
		return (size_t)snprintf(text, NUM_TEXT, value < 0 ? "-inf" : "inf");
	/* A decimal of up to DBL_DIG digits survives the way to a normal double and back, so
	 * that %g with DBL_DIG prints every number that short; subnormals may be shorter. */
	int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
	for (; digits < DBL_DECIMAL_DIG; digits++) {
		size_t length = (size_t)snprintf(text, NUM_TEXT, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return length;
	}
	size_t length = round_up(value, text);
	return length ? length : (size_t)snprintf(text, NUM_TEXT, "%.*g", digits, value);
}

bool num_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	if (b != 0 && a > UINT64_MAX / b)
		return false;
	*out = a * b;
	return true;
}

bool num_add(uint64_t a, uint64_t b, uint64_t *out)
{
	if (a > UINT64_MAX - b)
		return false;
	*out = a + b;
	return true;
}
