/* Numbers as text: whole-string parsing at its bounds, and the shortest decimal checked against
 * its definition with nothing but the C library's correctly rounded conversions. */
#include "base/decimal.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "tap.h"

#include <math.h>

#include <stdio.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_NUMBERS = 1000000 };

static double double_of(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static void parse_u64(void)
{
	static const char *const bad[] = {"",
	                                  " 1",
	                                  "1 ",
	                                  "+1",
	                                  "-1",
	                                  "0x1",
	                                  "1.",
	                                  "1e1",
	                                  "a",
	                                  "1a",
	                                  "18446744073709551616",
	                                  "99999999999999999999"};
	uint64_t v = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!decimal_parse_u64(bad[i], 0, UINT64_MAX, &v) && v == 7, "not a number: '%s'",
		   bad[i]);
	ok(!decimal_parse_u64("1\n", 0, UINT64_MAX, &v) && v == 7,
	   "a newline is not part of a number");
	ok(decimal_parse_u64("18446744073709551615", 0, UINT64_MAX, &v) && v == UINT64_MAX,
	   "2^64 - 1");
	ok(decimal_parse_u64("007", 7, 7, &v) && v == 7, "leading zeros");
	ok(!decimal_parse_u64("6", 7, 9, &v) && !decimal_parse_u64("10", 7, 9, &v),
	   "bounds are kept");
}

/* A short number is taken whole and right, or left to others. */
static bool short_is_right(const char *number)
{
	char text[64 + DECIMAL_PADDING];
	double value = NAN, expected = strtod(number, NULL);
	memset(text, ',', sizeof(text));
	memcpy(text, number, strlen(number));
	const char *end = decimal_parse_short(text, &value);
	return !end || (end == text + strlen(number) && bits_of(value) == bits_of(expected));
}

static void parse_short(void)
{
	static const char *const taken[] = {"0",    "-0",       "7",
	                                    "-1.5", "12345678", "12345678.12345678",
	                                    "0.1",  "00.10",    "90071992.54740992"};
	static const char *const left[] = {"",          "-",           ".5",    "5.",
	                                   "+1",        "1e5",         "1.2.3", "nan",
	                                   "123456789", "1.123456789", "--1",   "1.5e2"};
	char text[64 + DECIMAL_PADDING];
	double value;
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		memset(text, ',', sizeof(text));
		memcpy(text, taken[i], strlen(taken[i]));
		ok(decimal_parse_short(text, &value) != NULL && short_is_right(taken[i]),
		   "short: '%s'", taken[i]);
	}
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++) {
		memset(text, ',', sizeof(text));
		memcpy(text, left[i], strlen(left[i]));
		ok(decimal_parse_short(text, &value) == NULL, "not short: '%s'", left[i]);
	}
	for (uint64_t i = 0, r = 1; i < RANDOM_NUMBERS; i++) {
		char number[64];
		r = r * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		snprintf(number, sizeof(number), "%s%.*f", r >> 63 ? "-" : "",
		         (int)(r >> 58 & 7) + 1,
		         (double)(r >> 20 & 0xffffffff) / (double)(UINT64_C(1) << (r >> 4 & 31)));
		wrong += !short_is_right(number);
	}
	ok(wrong == 0, "random short numbers are those of strtod");
}

static void parse_double(void)
{
	static const char *const bad[] = {
	    "",      " 1",   "1 ",      "0x1p3", "1e",    "e1",  "--1", "1,5", ".",        "+",
	    "nan()", "nano", "infinit", "1f",    "1.2.3", "1e+", "in",  "+-1", "infinityy"};
	double v = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!decimal_parse_double(bad[i], strlen(bad[i]), &v) && v == 7,
		   "not a number: '%s'", bad[i]);
	ok(!decimal_parse_double("1\0002", 3, &v), "a NUL is not part of a number");
	ok(!decimal_parse_double("1\r", 2, &v), "a carriage return is not part of a number");
	ok(decimal_parse_double("15", 1, &v) && v == 1, "no byte beyond the length is read");
	ok(decimal_parse_double("-.5e+1", 6, &v) && v == -5, "-.5e+1");
	ok(decimal_parse_double("1e999", 5, &v) && isinf(v), "1e999 is infinite");
	ok(decimal_parse_double("1e-999", 6, &v) && v == 0, "1e-999 is zero");
	ok(decimal_parse_double("-NaN", 4, &v) && isnan(v), "-NaN");
	ok(decimal_parse_double("-Infinity", 9, &v) && isinf(v) && v < 0, "-Infinity");
	ok(decimal_parse_double("+inf", 4, &v) && isinf(v) && v > 0, "+inf");
}

/* The longest exact decimal of a double is that of the largest subnormal. */
static void parse_exact_decimals(void)
{
	char text[1200];
	double largest = double_of(UINT64_C(0x000fffffffffffff)), v = 0;
	int length = snprintf(text, sizeof(text), "%.1074f", -largest);
	ok(decimal_parse_double(text, (size_t)length, &v) && v == -largest,
	   "an exact decimal of %d characters", length);
}

/* The decimal with p digits next to value's nearest one, away from or towards zero. */
static double neighbour(double value, int p, int step)
{
	char text[64];
	snprintf(text, sizeof(text), "%.*e", p - 1, value);
	char *e = strchr(text, 'e');
	int exponent = atoi(e + 1) - (p - 1);
	*e = '\0';
	char *dot = strchr(text, '.');
	if (dot)
		memmove(dot, dot + 1, strlen(dot));
	int64_t digits = strtoll(text, NULL, 10);
	snprintf(text, sizeof(text), "%" PRId64 "e%d", digits + (digits < 0 ? -step : step),
	         exponent);
	return strtod(text, NULL);
}

static int significant_digits(const char *text)
{
	int n = 0, zeros = 0;
	for (; *text && *text != 'e'; text++) {
		if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
			continue;
		n++;
		zeros = *text == '0' ? zeros + 1 : 0;
	}
	return n - zeros;
}

/* Reads back, and no decimal of one digit less does: neither the nearest nor its neighbours. (If
 * one of still fewer digits did, it would with zeros appended.) */
static bool is_shortest(double value)
{
	char text[DECIMAL_TEXT], shorter[64];
	double back = 0;
	size_t length = decimal_format_double(value, text);
	if (length != strlen(text) || !decimal_parse_double(text, length, &back) ||
	    bits_of(back) != bits_of(value))
		return false;
	int p = significant_digits(text) - 1;
	if (p < 1)
		return true;
	snprintf(shorter, sizeof(shorter), "%.*e", p - 1, value);
	return strtod(shorter, NULL) != value && neighbour(value, p, 1) != value &&
	       neighbour(value, p, -1) != value;
}

static void all_shortest(const char *what, double (*number)(uint64_t), uint64_t n)
{
	uint64_t failures = 0;
	for (uint64_t i = 0; i < n; i++) {
		if (is_shortest(number(i)))
			continue;
		if (failures++ == 0)
			printf("# %.17g is not in its shortest form\n", number(i));
	}
	ok(failures == 0, "shortest decimals of %s: %" PRIu64 " of %" PRIu64 " are not", what,
	   failures, n);
}

static double power_of_two(uint64_t i)
{
	return ldexp(i % 2 ? -1 : 1, (int)(i / 2) - 1074);
}

static double subnormal(uint64_t i)
{
	return double_of(i < 2000 ? i : (i * UINT64_C(0x9e3779b97f4a7c15)) >> 12);
}

/* splitmix64 (S. Vigna), so that every run checks the same numbers. */
static double any(uint64_t i)
{
	uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	double value = double_of(z ^ (z >> 31));
	return isfinite(value) ? value : (double)i;
}

static double short_decimal(uint64_t i)
{
	return (double)(i % 1000) / 1000 - (double)(i / 1000);
}

static void format_specials(void)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(-(double)NAN, text);
	ok(strcmp(text, "nan") == 0, "nan has no sign");
	decimal_format_double(-(double)INFINITY, text);
	ok(strcmp(text, "-inf") == 0, "-inf");
	decimal_format_double(-0.0, text);
	ok(strcmp(text, "-0") == 0, "-0 keeps its sign");
	decimal_format_double(-1.7976931348623157e308, text);
	ok(strcmp(text, "-1.7976931348623157e+308") == 0, "the longest number");
	decimal_format_double(0.1, text);
	ok(strcmp(text, "0.1") == 0, "0.1");
}

static void products_and_sums(void)
{
	uint64_t v = 7;
	const uint64_t half = UINT64_C(1) << 32;
	ok(!checked_mul(half, half, &v) && v == 7, "2^32 * 2^32 does not fit");
	ok(checked_mul(half - 1, half + 1, &v) && v == UINT64_MAX,
	   "(2^32 - 1)(2^32 + 1) = 2^64 - 1");
	ok(checked_mul(UINT64_MAX, 0, &v) && v == 0 && checked_mul(0, UINT64_MAX, &v) && v == 0,
	   "times 0");
	v = 7;
	ok(!checked_add(UINT64_MAX, 1, &v) && v == 7, "2^64 does not fit");
	ok(checked_add(UINT64_MAX - 1, 1, &v) && v == UINT64_MAX, "2^64 - 1 fits");
}

static void bytes(void)
{
	unsigned char p[8];
	bytes_put_be32(p, 0x80a1b2c3);
	ok(memcmp(p, "\x80\xa1\xb2\xc3", 4) == 0 && bytes_be32(p) == 0x80a1b2c3,
	   "big-endian 32 bits");
	bytes_put_le32(p, 0x80a1b2c3);
	ok(memcmp(p, "\xc3\xb2\xa1\x80", 4) == 0 && bytes_le32(p) == 0x80a1b2c3,
	   "little-endian 32 bits");
	bytes_put_le64(p, UINT64_C(0x80a1b2c3d4e5f607));
	ok(memcmp(p, "\x07\xf6\xe5\xd4\xc3\xb2\xa1\x80", 8) == 0 &&
	       bytes_le64(p) == UINT64_C(0x80a1b2c3d4e5f607) &&
	       bytes_be64(p) == UINT64_C(0x07f6e5d4c3b2a180),
	   "64 bits, both ways");
}

/* What the C library prints with the fewest digits from 15 on that read back. */
static void like_the_library(void)
{
	size_t different = 0;
	uint64_t state = 1;
	for (int i = 0; i < 100000; i++) {
		char ours[DECIMAL_TEXT], theirs[DECIMAL_TEXT];
		int exponent;
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		double value = ldexp((double)(state >> (11 + i % 40)), -(int)(state >> 20 & 63));
		value = i % 3 == 0 ? (double)(state >> 40) / pow(10, i % 9) : value;
		if (value == 0 || fabs(frexp(value, &exponent)) == 0.5)
			continue; /* powers of two: see above */
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(theirs, sizeof(theirs), "%.*g", digits, value);
			if (strtod(theirs, NULL) == value)
				break;
		}
		different += decimal_format_double(value, ours) != strlen(theirs) ||
		             strcmp(ours, theirs) != 0;
	}
	ok(different == 0, "100000 numbers are printed as the C library prints them (%zu differ)",
	   different);
}

int main(void)
{
	parse_u64();
	parse_short();
	parse_double();
	parse_exact_decimals();
	format_specials();
	all_shortest("powers of two", power_of_two, 2 * (1074 + 1024));
	all_shortest("subnormals", subnormal, 20000);
	all_shortest("short decimals", short_decimal, 20000);
	all_shortest("random bit patterns", any, RANDOM_NUMBERS);
	products_and_sums();
	bytes();
	like_the_library();
	return tap_end();
}
