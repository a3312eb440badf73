/* Rows to records. */
#include "table/schema_row.h"

#include "base/decimal.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 100 }; /* bytes of a cell in a message */

enum status schema_row_locate(const struct schema *s, const struct table *t, size_t *columns,
                              struct error *e)
{
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct text *name = &s->columns[i].name;
		if (table_find(t, name->text, name->length, &columns[i], e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

static enum status refuse(const struct table_cell *cell, const char *what, struct error *e)
{
	return error_set(e, STATUS_MALFORMED, "'%.*s' %s",
	                 (int)(cell->length < SHOWN ? cell->length : SHOWN), cell->text, what);
}

enum status schema_row_check(const struct schema_rules *rules, const struct table_cell *cell,
                             struct error *e)
{
	if (cell->kind == TABLE_CELL_MISSPELT)
		return refuse(cell, "is not a finite decimal number, such as -1234.5e6", e);
	if (cell->kind == TABLE_CELL_GAP && rules->missing == SCHEMA_REFUSE)
		return error_set(e, STATUS_MALFORMED, "missing value");
	if (cell->kind == TABLE_CELL_NUMBER && fabs(cell->number) > rules->greatest)
		return error_set(e, STATUS_MALFORMED,
		                 "%g is beyond float32; write the records as float64 (-t f64)",
		                 cell->number);
	return STATUS_OK;
}

/* Most cells: a short number in a column of numbers. */
static bool read_fast(const struct schema_column *c, const struct csv_row *row, size_t column,
                      const struct schema_rules *rules, double *code)
{
	const struct csv_cell *cell = &row->cells[column];
	const char *text = row->text + cell->begin;
	double value;
	if (c->kind != SCHEMA_NUMBER || decimal_parse_short(text, &value) != text + cell->length ||
	    fabs(value) > rules->greatest)
		return false;
	*code = value;
	return true;
}

static enum status read_cell(const struct schema_column *c, const struct csv_row *row,
                             size_t column, const struct schema_rules *rules, double *code,
                             struct error *e)
{
	bool number = c->kind == SCHEMA_NUMBER;
	struct table_cell cell =
	    number ? table_cell_read(row, column) : table_cell_read_text(row, column);
	if (schema_row_check(rules, &cell, e) != STATUS_OK)
		return e->status;
	if (cell.kind == TABLE_CELL_GAP)
		*code = NAN;
	else if (!number)
		*code = (double)schema_find_level(c, cell.text, cell.length);
	else if (cell.kind == TABLE_CELL_NUMBER)
		*code = cell.number;
	else
		return refuse(&cell, "is not a number", e);
	return STATUS_OK;
}

enum status schema_row_read(const struct schema *s, const struct table *t, const size_t *columns,
                            const struct csv_row *row, const struct schema_rules *rules,
                            double *codes, bool *gap, struct error *e)
{
	*gap = false;
	for (size_t i = 0; i < s->ncolumns; i++) {
		if (read_fast(&s->columns[i], row, columns[i], rules, &codes[i]))
			continue;
		if (read_cell(&s->columns[i], row, columns[i], rules, &codes[i], e) != STATUS_OK)
			return table_prefix(t, columns[i], e);
		*gap |= isnan(codes[i]);
	}
	return STATUS_OK;
}

static void encode_category(const struct schema_column *c, double code, double *elements)
{
	memset(elements, 0, c->nelements * sizeof(*elements));
	if (!isnan(code) && (size_t)code < c->nlevels)
		elements[(size_t)code] = 1;
	else if (!isnan(code) || !c->gaps)
		elements[c->other - c->first] = 1;
}

void schema_row_encode(const struct schema *s, const double *codes, double *record)
{
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct schema_column *c = &s->columns[i];
		bool gap = isnan(codes[i]);
		if (c->kind == SCHEMA_CATEGORY)
			encode_category(c, codes[i], record + c->first);
		else
			record[c->first] = gap ? c->fill : codes[i];
		if (c->gaps)
			record[c->first + c->nelements - 1] = gap;
	}
}
