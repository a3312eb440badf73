/* Decimal numbers as text, parsed and written exactly, whatever the locale. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than the exact decimal of any double has; longer texts are refused. */
enum { DECIMAL_MAX_BYTES = 1199 };

/* The whole string is a decimal integer in [min, max]; false, and *out untouched, otherwise.
 * No sign, no leading or trailing space. */
bool decimal_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The length bytes at text are a decimal floating-point number, "nan", "inf" or "infinity" with an
 * optional sign; correctly rounded, whatever the locale. No hexadecimal, no space. Values
 * beyond the range of a double become infinite or zero, as IEEE 754 rounds them. */
bool decimal_parse_double(const char *text, size_t length, double *out);

/* Reads the decimal number that text begins with, if it has at most 19 digits and a moderate
 * exponent, and returns where it ends. NULL, for another way to try, otherwise. Exact: the value is
 * that of decimal_parse_double. The text must contain a character that no number contains. */
const char *decimal_parse_prefix(const char *text, double *out);

/* The same for at most eight digits, a point and at most eight digits more, without an exponent;
 * the fastest way for a number of few digits. DECIMAL_PADDING bytes at text must be readable. */
enum { DECIMAL_PADDING = 32 };
const char *decimal_parse_short(const char *text, double *out);

/* The same as decimal_parse_double, faster; the text must contain, at text[length] or later, a
 * character that no number contains, such as NUL or a newline. */
bool decimal_parse_delimited(const char *text, size_t length, double *out);

/* Enough for any double in shortest form and its NUL. */
#define DECIMAL_TEXT 32

/* The shortest decimal that reads back to the same double; "nan", "inf", "-inf". Returns
 * the length. */
size_t decimal_format_double(double value, char text[DECIMAL_TEXT]);

#endif
