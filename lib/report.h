/*
 * Results: named values, numbers and short texts, in the order in which they were added; written as
 * lines of name, TAB, value, or as one JSON object, with the same digits.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { REPORT_MAX_LINES = 160, REPORT_NAME = 48, REPORT_VALUE = 80 };

struct report_line {
	char name[REPORT_NAME];
	char value[REPORT_VALUE];
	bool quoted, missing; /* in JSON: a text; null */
};

/* Initialise with {0}. */
struct report {
	size_t nlines;
	struct report_line lines[REPORT_MAX_LINES];
};

/* Names and texts are of printable ASCII without quotes and backslashes, and short enough. */
void report_text(struct report *r, const char *name, const char *text);
void report_count(struct report *r, const char *name, uint64_t count);

/* The shortest decimal that reads back to the same double; nan, inf and -inf are null in JSON. */
void report_number(struct report *r, const char *name, double number);

/* Losses show at ferror(f). */
void report_write(const struct report *r, FILE *f);
void report_write_json(const struct report *r, FILE *f);

#endif
