/* Rows of a table to records, as a schema says. Between them a row is a code for each column: of a
 * number its value, of a category the position of its level (nlevels: another one), NaN of a gap.
 */
#ifndef SCHEMA_ROW_H
#define SCHEMA_ROW_H

#include "base/error.h"
#include "table/schema.h"
#include "table/table.h"
#include "table/table_cell.h"

#include <stdbool.h>
#include <stddef.h>

enum schema_missing { SCHEMA_FILL, SCHEMA_REFUSE, SCHEMA_SKIP };

struct schema_rules {
	enum schema_missing missing; /* REFUSE: a gap is an error */
	double greatest;             /* magnitude of a number */
};

/* Where the columns of the schema are in the table. STATUS_MISMATCH if one is not there. */
enum status schema_row_locate(const struct schema *s, const struct table *t, size_t *columns,
                              struct error *e);

/* codes (ncolumns); *gap: there is one. Errors name row and column. */
enum status schema_row_read(const struct schema *s, const struct table *t, const size_t *columns,
                            const struct csv_row *row, const struct schema_rules *rules,
                            double *codes, bool *gap, struct error *e);

/* codes (ncolumns) to a record of D elements. A gap becomes the fill of a number, and of a category
 * no level, or the other one if gaps have no element. */
void schema_row_encode(const struct schema *s, const double *codes, double *record);

/* Shared with the learner: refuses a number that is too great or misspelt, and a gap that is not
 * wanted. The text of e has no place yet. */
enum status schema_row_check(const struct schema_rules *rules, const struct table_cell *cell,
                             struct error *e);

#endif
