/*
 * Reports: named numbers and short texts in order of insertion, written as lines of name, TAB,
 * value, or as one JSON object with the same digits.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FIELDS_MAX_LINES = 160, FIELDS_NAME = 48, FIELDS_VALUE = 80 };

struct field {
	char name[FIELDS_NAME];
	char value[FIELDS_VALUE];
	bool quoted, missing; /* in JSON: a string; null */
};

/* Initialise with {0}. */
struct fields {
	size_t nlines;
	struct field lines[FIELDS_MAX_LINES];
};

/* Names and texts must be printable ASCII without quotes or backslashes, and fit in a report_line.
 */
void fields_add_text(struct fields *r, const char *name, const char *text);
void fields_add_count(struct fields *r, const char *name, uint64_t count);

/* The shortest decimal that reads back as the same double; nan, inf and -inf are null in JSON. */
void fields_add_number(struct fields *r, const char *name, double number);

/* Write errors are left to ferror(f). */
void fields_write(const struct fields *r, FILE *f);
void fields_write_json(const struct fields *r, FILE *f);

#endif
