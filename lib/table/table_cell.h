/* What a cell of a table says: a number, a gap or a text. */
#ifndef TABLE_CELL_H
#define TABLE_CELL_H

#include "table/csv.h"

#include <stdbool.h>
#include <stddef.h>

enum table_cell_kind {
	TABLE_CELL_NUMBER,
	TABLE_CELL_GAP,
	TABLE_CELL_TEXT,
	TABLE_CELL_MISSPELT, /* meant as a number, but none: 1e400, 0x10, 1_000, "1,5", inf */
};

struct table_cell {
	enum table_cell_kind kind;
	double number;
	const char *text; /* not NUL-terminated; of a TEXT or MISSPELT one */
	size_t length;
};

/* A number is a finite decimal. Gaps: nothing, NA, N/A, NaN, nan, NULL, null. Spaces and tabs
 * around either do not count, those of a text do. */
struct table_cell table_cell_read(const struct csv_row *row, size_t column);

/* The same where numbers are texts, too: a GAP or a TEXT. */
struct table_cell table_cell_read_text(const struct csv_row *row, size_t column);

#endif
