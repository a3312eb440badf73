/*
 * Rows of comma-separated values (RFC 4180), with any separator, from a descriptor, one at a time.
 * A line ends with LF or CRLF; a cell in quotes may contain separators, line ends and doubled
 * quotes; a byte order mark at the beginning is skipped. An empty line is a row with one empty
 * cell. Memory depends on the largest row alone.
 */
#ifndef CSV_H
#define CSV_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	CSV_MAX_CELL = 1 << 20, /* bytes */
	CSV_MAX_CELLS = 1 << 16,
	CSV_MAX_ROW = 1 << 24, /* bytes */
	CSV_PLACE = 64,
};

struct csv_cell {
	uint32_t begin, length; /* in the row; without the quotes around it */
	bool doubled;           /* it contains doubled quotes: see csv_text */
};

struct csv_row {
	char *text;    /* the row as it stands, without its line end; valid until the next call */
	size_t length; /* of text; DECIMAL_PADDING bytes after it are readable, the first no part of
	                  a number */
	bool crlf;     /* the line ended so */
	struct csv_cell *cells;
	size_t ncells; /* at least 1 */
};

struct csv {
	int fd;
	FILE *tied;
	bool header; /* the first row is not counted */
	bool ended, started;
	bool unterminated; /* the last row had no line end: it may have been cut */
	uint64_t nrows;    /* handed out or begun, the header included */
	uint64_t line;     /* in which the row begins, from 1 */
	uint64_t next_line;
	char *text; /* owned */
	size_t capacity, begin, end;
	size_t at; /* what has been scanned of the row that begins at begin */
	int state;
	struct csv_cell *cells; /* owned */
	size_t ncells, cells_capacity;
	size_t cell; /* where the present cell begins */
	bool doubled;
	bool special[256]; /* bytes that end the plain part of a cell */
	char separator;
};

/* Takes one byte, or "tab" or "\\t" for a tab; false if it cannot separate cells: a part of a
 * number or a word, a quote, a line end. */
bool csv_parse_separator(const char *text, char *separator);

/* Reads from fd from now on; the caller keeps it. tied: see io/input.h. header: the first row is
 * one, for csv_place alone. */
enum status csv_init(struct csv *c, int fd, FILE *tied, char separator, bool header,
                     struct error *e);
void csv_release(struct csv *c);

/* Waits for the next row; *row is valid until the next call, and *more is false at the end.
 * STATUS_MALFORMED, with the row, its line and the column: NUL bytes, quotes inside a cell that
 * does not begin with one, text after a closing quote, a quote that is not closed, too large a
 * cell or row. */
enum status csv_next(struct csv *c, struct csv_row *row, bool *more, struct error *e);

/* The text of a cell, with doubled quotes made single: in place, so that row->text changes. Not
 * NUL-terminated. */
const char *csv_text(const struct csv_row *row, size_t cell, size_t *length);

/* The row that was handed out last: "row 17 (line 18)", counted from 1, or "header". */
void csv_place(const struct csv *c, char place[CSV_PLACE]);

#endif
