/* A table: rows of a CSV file (table/csv.h) whose columns have names, those of its header, or "1",
 * "2", ... if it has none. All rows have as many cells as the first. */
#ifndef TABLE_H
#define TABLE_H

#include "base/error.h"
#include "table/csv.h"
#include "table/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table {
	struct csv csv;
	struct text *names;   /* owned; in the order of the file */
	struct text **sorted; /* owned; by name, and then in the order of the file */
	size_t ncolumns;
	bool header;
	struct csv_row first; /* without a header: read already, and handed out next */
	bool has_first;
};

struct table_format {
	char separator;
	bool header;
};

/* Reads the header, or without one the first row. An empty input is STATUS_MALFORMED with a header,
 * and else a table without columns. The caller keeps fd; tied: see io/input.h. A zeroed struct may
 * be released, also after a failed table_open. */
enum status table_open(struct table *t, int fd, FILE *tied, const struct table_format *format,
                       struct error *e);
void table_release(struct table *t);

/* The column of that name, from 0. STATUS_MISMATCH if there is none, or more than one. */
enum status table_find(const struct table *t, const char *name, size_t length, size_t *column,
                       struct error *e);

/* As csv_next; a row with more or fewer cells than the first is STATUS_MALFORMED. */
enum status table_next(struct table *t, struct csv_row *row, bool *more, struct error *e);

/* Puts "row 17 (line 18), column 'name': " before the text of e, for the last row. */
enum status table_prefix(const struct table *t, size_t column, struct error *e);

#endif
