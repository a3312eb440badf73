/* Fractions as text and as doubles (base/bignum.h). */
#ifndef FRACTION_H
#define FRACTION_H

#include "base/bignum.h"

#include <stddef.h>

enum { FRACTION_MAX_BYTES = 4096, FRACTION_MAX_EXPONENT = 400 };

/* The length bytes at text are an integer ("-3"), a decimal ("0.25", "1e-3") or a fraction ("1/3"),
 * each with an optional sign: its exact value. Returns NULL, or what is wrong, to be put after the
 * text; then *out is any number. */
const char *fraction_parse(const char *text, size_t length, mpq_t out);

/* The next number of a line of numbers that are separated by blanks, a comma, or both. *text is
 * moved behind it; *out stays as it is at the end, where *text is moved to the NUL. As
 * fraction_parse otherwise; *begin and *length are the number as text. */
const char *fraction_next(const char **text, mpq_t out, const char **begin, size_t *length);

/* The nearest double, ties to even; infinite if the number is too large. */
double fraction_to_double(const mpq_t x);

#endif
