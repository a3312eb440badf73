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

size_t num_format_double(double value, char text[NUM_TEXT])
{
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
