/* Learns a schema from the rows of a table. All rows are kept as codes (table/schema_row.h), 8
 * bytes a column, so that they can become records when the schema is known. */
#ifndef SCHEMA_LEARNER_H
#define SCHEMA_LEARNER_H

#include "base/error.h"
#include "table/schema.h"
#include "table/schema_row.h"
#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct schema_learner_column;

struct schema_learner {
	struct schema_learner_column *columns; /* owned */
	size_t ncolumns;
	double *codes; /* (nrows, ncolumns), owned */
	size_t nrows, capacity;
	const char *collapsed; /* after the end: a column, named by the schema, most of whose values
	                          are equal as float32; or NULL */
};

void schema_learner_release(struct schema_learner *l);

/* Adds a column, which no row may precede; the name is copied. STATUS_MISMATCH if it is empty or
 * too long. */
enum status schema_learner_add_column(struct schema_learner *l, const char *name, size_t length,
                                      struct error *e);

/* Where the columns are in the table, as schema_row_locate. */
enum status schema_learner_locate(const struct schema_learner *l, const struct table *t,
                                  size_t *columns, struct error *e);

/* *gap: the row has one, and with SCHEMA_SKIP it was not added. A column is a number if its first
 * value is, else a category. STATUS_MALFORMED, naming row and column: a number among texts, a text
 * among numbers, a misspelt number, more than SCHEMA_MAX_LEVELS. */
enum status schema_learner_add_row(struct schema_learner *l, const struct table *t,
                                   const size_t *columns, const struct csv_row *row,
                                   const struct schema_rules *rules, bool *gap, struct error *e);

/* Moves the columns to a schema, to be released; l->codes are then as schema_row_encode takes them.
 * Fails without rows or columns, and if a column has nothing but gaps. */
enum status schema_learner_finish(struct schema_learner *l, struct schema *s, struct error *e);

#endif
