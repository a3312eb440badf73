/* The Test Anything Protocol for C units: a test is a call of ok(); tap_end() is main's value. */
#ifndef TAP_H
#define TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failures;

/* Passes if the condition holds; the text says what was tested. */
__attribute__((format(printf, 2, 3))) static inline bool ok(bool passed, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	tap_failures += !passed;
	return passed;
}

/* Passes if |got - expected| <= tolerance; NaN never passes. */
static inline bool ok_near(double got, double expected, double tolerance, const char *what)
{
	bool passed = fabs(got - expected) <= tolerance;
	ok(passed, "%s", what);
	if (!passed)
		printf("# got %.17g, expected %.17g within %g\n", got, expected, tolerance);
	return passed;
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures > 0;
}

#endif
