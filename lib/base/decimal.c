/* Decimal numbers as text. The C library rounds what the fast, exact ways for most numbers leave to
 * it. Programs never call setlocale, so that the decimal point is a point everywhere. */
#include "base/decimal.h"

#include "base/bytes.h"
#include "base/checked.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

__extension__ typedef unsigned __int128 uint128;

enum { MAX_POWER = 27 }; /* 5^27 is the greatest power of five below 2^64 */
static const uint64_t powers_of_five[MAX_POWER + 1] = {1,
                                                       5,
                                                       25,
                                                       125,
                                                       625,
                                                       3125,
                                                       15625,
                                                       78125,
                                                       390625,
                                                       1953125,
                                                       9765625,
                                                       48828125,
                                                       244140625,
                                                       1220703125,
                                                       UINT64_C(6103515625),
                                                       UINT64_C(30517578125),
                                                       UINT64_C(152587890625),
                                                       UINT64_C(762939453125),
                                                       UINT64_C(3814697265625),
                                                       UINT64_C(19073486328125),
                                                       UINT64_C(95367431640625),
                                                       UINT64_C(476837158203125),
                                                       UINT64_C(2384185791015625),
                                                       UINT64_C(11920928955078125),
                                                       UINT64_C(59604644775390625),
                                                       UINT64_C(298023223876953125),
                                                       UINT64_C(1490116119384765625),
                                                       UINT64_C(7450580596923828125)};

enum { MAX_EXACT = 22 }; /* 10^22 is the greatest power of ten that is a double */
static const double powers_of_ten[MAX_EXACT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t whole_powers_of_ten[9] = {1,      10,      100,      1000,     10000,
                                                100000, 1000000, 10000000, 100000000};

bool decimal_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (!checked_mul(value, 10, &value) ||
		    !checked_add(value, (uint64_t)(*text - '0'), &value))
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

bool decimal_parse_double(const char *text, size_t length, double *out)
{
	char copy[DECIMAL_MAX_BYTES + 1]; /* strtod needs a NUL */
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

/* m 2^exponent for a normal result; the conversion of m is the one rounding. */
static double times_power_of_two(uint64_t m, int exponent)
{
	uint64_t bits = (uint64_t)(1023 + exponent) << 52;
	double power;
	memcpy(&power, &bits, sizeof(power));
	return (double)m * power;
}

/* m 10^power for 0 < m and |power| <= MAX_POWER, correctly rounded: the integer product with, or
 * quotient by, a power of five, cut to its upper 62 to 64 bits. The last bit is set if anything was
 * cut off; it lies far below the 53 bits to which the conversion rounds. */
static double times_power_of_ten(uint64_t m, int power)
{
	if (m <= UINT64_C(1) << 53 && power >= -MAX_EXACT && power <= MAX_EXACT) /* one rounding */
		return power < 0 ? (double)m / powers_of_ten[-power]
		                 : (double)m * powers_of_ten[power];
	if (power >= 0) {
		uint128 product = (uint128)m * powers_of_five[power];
		uint64_t high = (uint64_t)(product >> 64);
		if (high == 0)
			return times_power_of_two((uint64_t)product, power);
		int cut = 64 - __builtin_clzll(high);
		uint64_t rest = (uint64_t)product << (64 - cut);
		return times_power_of_two((uint64_t)(product >> cut) | (rest != 0), power + cut);
	}
	uint64_t divisor = powers_of_five[-power];
	int up = __builtin_clzll(m), divisor_up = __builtin_clzll(divisor);
	uint128 dividend = (uint128)(m << up) << 63;
	divisor <<= divisor_up;
	uint64_t quotient = (uint64_t)(dividend / divisor); /* at least 2^62 */
	uint64_t product_low = quotient * divisor;
	return times_power_of_two(quotient | (product_low != (uint64_t)dividend),
	                          divisor_up - up - 63 + power);
}

/* Appends the digits at p to *m, which is exact up to 19 digits in all, and returns their end. */
static const char *parse_digits(const char *p, uint64_t *m)
{
	uint64_t value = *m;
	for (unsigned d; (d = (unsigned)(*p - '0')) < 10; p++)
		value = value * 10 + d;
	*m = value;
	return p;
}

/* Adds the exponent at p, "e-5", to *power and returns its end; NULL if it is malformed or long. */
static const char *parse_exponent(const char *p, int *power)
{
	uint64_t value = 0;
	bool negative = p[1] == '-';
	const char *first = p + 1 + (p[1] == '-' || p[1] == '+');
	const char *end = parse_digits(first, &value);
	if (end == first || end - first > 4)
		return NULL;
	*power += negative ? -(int)value : (int)value;
	return end;
}

const char *decimal_parse_prefix(const char *p, double *out)
{
	uint64_t m = 0;
	int power = 0;
	bool negative = *p == '-';
	p += negative || *p == '+';
	const char *first = p, *point = NULL;
	while (*p == '0')
		p++;
	const char *significant = p;
	p = parse_digits(p, &m);
	bool any = p > first;
	if (*p == '.') {
		point = p++;
		if (p - 1 == significant)
			while (*p == '0')
				p++;
		const char *fraction = p;
		significant = point == significant ? fraction : significant + 1;
		p = parse_digits(p, &m);
		any |= p > point + 1;
		power = -(int)(p - point - 1);
	}
	if (!any || p - significant > 19 || p - first > DECIMAL_MAX_BYTES / 2)
		return NULL;
	if ((*p == 'e' || *p == 'E') && !(p = parse_exponent(p, &power)))
		return NULL;
	if (m != 0 && (power < -MAX_POWER || power > MAX_POWER))
		return NULL;
	double magnitude = m == 0 ? 0.0 : times_power_of_ten(m, power);
	*out = negative ? -magnitude : magnitude;
	return p;
}

/* How many of the eight bytes at p, at most 8, are digits before the first that is none, and their
 * value, without a branch for each: pairs, fours and eights of digits are joined by products. */
static size_t eight_digits(const char *p, uint64_t *value)
{
	uint64_t digits = bytes_le64((const unsigned char *)p) ^ UINT64_C(0x3030303030303030);
	uint64_t others = ((digits + UINT64_C(0x7676767676767676)) | digits) &
	                  UINT64_C(0x8080808080808080); /* right up to the first one */
	size_t n = others ? (size_t)__builtin_ctzll(others) / 8 : 8;
	uint64_t v = n > 0 ? digits << (64 - 8 * n) : 0;
	v = v * 10 + (v >> 8);
	v = ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
	     (v >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
	    32;
	*value = v;
	return n;
}

const char *decimal_parse_short(const char *p, double *out)
{
	uint64_t whole, fraction = 0;
	bool negative = *p == '-';
	p += negative;
	size_t n = eight_digits(p, &whole), places = 0;
	if (n == 0)
		return NULL;
	p += n;
	if (*p == '.') {
		places = eight_digits(p + 1, &fraction);
		if (places == 0)
			return NULL;
		p += 1 + places;
	}
	uint64_t m = whole * whole_powers_of_ten[places] + fraction;
	if ((*p >= '0' && *p <= '9') || *p == 'e' || *p == 'E' || *p == '.' ||
	    m > UINT64_C(1) << 53)
		return NULL;
	const double signs[] = {1, -1}; /* no branch, which signs would make hard to predict */
	*out = (double)m * signs[negative] / powers_of_ten[places]; /* exact: one rounding */
	return p;
}

bool decimal_parse_delimited(const char *text, size_t length, double *out)
{
	double value;
	if (decimal_parse_prefix(text, &value) == text + length) {
		*out = value;
		return true;
	}
	return decimal_parse_double(text, length, out);
}

/* At a power of two the doubles above are twice as far apart as those below, so that the decimal
 * of 16 digits next above may read back where the nearest one, below, does not. Writes it and
 * returns its length, or 0. All such numbers have an exponent, and no 9 for a last digit. */
static size_t round_up(double value, char text[DECIMAL_TEXT])
{
	int exponent;
	if (fabs(frexp(value, &exponent)) != 0.5)
		return 0;
	size_t length = (size_t)snprintf(text, DECIMAL_TEXT, "%.*e", DBL_DIG, value);
	strchr(text, 'e')[-1]++;
	return strtod(text, NULL) == value ? length : 0;
}

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
static size_t write_fixed(uint64_t whole, int p, bool negative, char text[DECIMAL_TEXT])
{
	char digits[DECIMAL_TEXT], *out = text;
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
static size_t format_moderate(double value, char text[DECIMAL_TEXT])
{
	static const double powers[] = {1e-4, 1e-3, 1e-2, 1e-1, 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
	                                1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
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
		if (p > MAX_POWER || 1 + e - p < 1 || 1 + e - p > 126 || m == UINT64_C(1) << 52)
			return 0;
		struct scaled s = {2 * (uint128)m * powers_of_five[p], 1 + e - p,
		                   powers_of_five[p]};
		if (shortest(&s, m % 2 == 0, &whole))
			return write_fixed(whole, p, signbit(value), text);
	}
	return 0;
}

size_t decimal_format_double(double value, char text[DECIMAL_TEXT])
{
	size_t moderate = format_moderate(value, text);
	if (moderate > 0)
		return moderate;
	if (isnan(value))
		return (size_t)snprintf(text, DECIMAL_TEXT, "nan");
	if (isinf(value))
		return (size_t)snprintf(text, DECIMAL_TEXT, value < 0 ? "-inf" : "inf");
	/* A decimal of up to DBL_DIG digits survives the way to a normal double and back, so
	 * that %g with DBL_DIG prints every number that short; subnormals may be shorter. */
	int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
	for (; digits < DBL_DECIMAL_DIG; digits++) {
		size_t length = (size_t)snprintf(text, DECIMAL_TEXT, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return length;
	}
	size_t length = round_up(value, text);
	return length ? length : (size_t)snprintf(text, DECIMAL_TEXT, "%.*g", digits, value);
}
