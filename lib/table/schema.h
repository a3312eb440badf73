/*
 * What the columns of a table become: the schema that csv2raw learns, nicetable(5). A number is one
 * element; a category is one for each of its levels and one for all others; and where training rows
 * had gaps, another element tells them.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "base/error.h"
#include "table/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	SCHEMA_MAX_BYTES = 1 << 24,
	SCHEMA_MAX_COLUMNS = 1 << 16,
	SCHEMA_MAX_LEVELS = 256, /* of a column */
	SCHEMA_MAX_NAME = 1000,  /* bytes of a column's name or a level */
};

enum schema_kind { SCHEMA_NUMBER, SCHEMA_CATEGORY };

struct schema_column {
	struct text name;
	enum schema_kind kind;
	bool gaps;           /* training rows had some: the column's last element tells them */
	double fill, step;   /* of a number: the median, the smallest step or 0 */
	struct text *levels; /* of a category; owned; in ascending order of their bytes */
	size_t nlevels;
	size_t first, nelements; /* of a record */
	size_t other;            /* of a category: the element of unknown levels */
};

struct schema {
	struct schema_column *columns; /* owned */
	size_t ncolumns, nelements;    /* nelements: D, the size of a record */
};

void schema_release(struct schema *s);

/* Sets first, nelements and other of all columns, from the rest of them, and nelements of s. */
void schema_number_elements(struct schema *s);

/* The position of a level among those of the column, or nlevels. */
size_t schema_find_level(const struct schema_column *c, const char *text, size_t length);

/* Whether these first bytes of a file are those of a schema. */
bool schema_recognise(const unsigned char *head, size_t n);

/* Reads the text of a schema, which must be as schema_format writes it, to the byte. Errors name
 * the line. */
enum status schema_parse(struct schema *s, const char *text, size_t length, struct error *e);

/* Reads fd to its end; the caller keeps it. *text, unless NULL, receives the text itself: to be
 * freed, ends with a NUL. */
enum status schema_read(struct schema *s, int fd, char **text, struct error *e);

/* The text, to be freed, and its length. Fails if it would be longer than can be read. */
enum status schema_format(const struct schema *s, char **text, size_t *length, struct error *e);

/* The name of a column, unprintable bytes as in the text of a schema. */
void schema_write_column(const struct schema *s, size_t column, FILE *f);

#endif
