/* Tables, and their columns by name. */
#include "table/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct text *s = *(const struct text *const *)a;
	const struct text *t = *(const struct text *const *)b;
	int order = text_compare(s->text, s->length, t->text, t->length);
	return order != 0 ? order : (s > t) - (s < t);
}

static enum status copy_name(struct text *name, const struct csv_row *row, size_t column,
                             bool header, struct error *e)
{
	char number[24];
	size_t length = (size_t)snprintf(number, sizeof(number), "%zu", column + 1);
	const char *text = header ? csv_text(row, column, &length) : number;
	return text_copy(name, text, length, e);
}

static enum status name_columns(struct table *t, const struct csv_row *row, struct error *e)
{
	t->names = calloc(row->ncells, sizeof(*t->names));
	t->sorted = calloc(row->ncells, sizeof(struct text *));
	if (!t->names || !t->sorted)
		return error_memory(e);
	for (size_t i = 0; i < row->ncells; i++) {
		t->ncolumns = i + 1;
		t->sorted[i] = &t->names[i];
		if (copy_name(&t->names[i], row, i, t->header, e) != STATUS_OK)
			return e->status;
	}
	qsort(t->sorted, t->ncolumns, sizeof(struct text *), compare);
	return STATUS_OK;
}

enum status table_open(struct table *t, int fd, FILE *tied, const struct table_format *format,
                       struct error *e)
{
	struct table made = {.header = format->header};
	struct csv_row row;
	bool more = false;
	if (csv_init(&made.csv, fd, tied, format->separator, format->header, e) == STATUS_OK &&
	    csv_next(&made.csv, &row, &more, e) == STATUS_OK) {
		if (more && format->header && made.csv.unterminated)
			error_set(e, STATUS_TRUNCATED, "header: unexpected end of input");
		else if (more)
			name_columns(&made, &row, e);
		else if (format->header)
			error_set(e, STATUS_MALFORMED, "no header: the input is empty");
		made.first = row;
		made.has_first = more && !format->header;
	}
	if (e->status == STATUS_OK)
		*t = made;
	else
		table_release(&made);
	return e->status;
}

void table_release(struct table *t)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		free(t->names[i].text);
	free(t->names);
	free(t->sorted);
	csv_release(&t->csv);
	*t = (struct table){0};
}

static size_t column_of(const struct table *t, size_t in_order)
{
	return (size_t)(t->sorted[in_order] - t->names);
}

enum status table_find(const struct table *t, const char *name, size_t length, size_t *column,
                       struct error *e)
{
	size_t low = 0, high = t->ncolumns;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct text *n = t->sorted[middle];
		if (text_compare(n->text, n->length, name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t same = low;
	while (same < t->ncolumns &&
	       text_compare(t->sorted[same]->text, t->sorted[same]->length, name, length) == 0)
		same++;
	if (same == low)
		return error_set(e, STATUS_MISMATCH, "%s: no column '%.*s'%s",
		                 t->header ? "header" : "no header", (int)length, name,
		                 t->ncolumns > 1 ? "" : "; is the separator right?");
	if (same > low + 1)
		return error_set(
		    e, STATUS_MISMATCH, "header: columns %zu and %zu are both called '%.*s'",
		    column_of(t, low) + 1, column_of(t, low + 1) + 1, (int)length, name);
	*column = column_of(t, low);
	return STATUS_OK;
}

enum status table_next(struct table *t, struct csv_row *row, bool *more, struct error *e)
{
	char place[CSV_PLACE];
	if (t->has_first) {
		*row = t->first;
		t->has_first = false;
		*more = true;
		return STATUS_OK;
	}
	if (csv_next(&t->csv, row, more, e) != STATUS_OK || !*more || row->ncells == t->ncolumns)
		return e->status;
	*more = false;
	csv_place(&t->csv, place);
	return error_set(e, STATUS_MALFORMED, "%s: %zu column%s, but the %s has %zu", place,
	                 row->ncells, row->ncells == 1 ? "" : "s",
	                 t->header ? "header" : "first row", t->ncolumns);
}

enum status table_prefix(const struct table *t, size_t column, struct error *e)
{
	char place[CSV_PLACE];
	csv_place(&t->csv, place);
	return error_prefix(e, "%s, column '%.200s': ", place, t->names[column].text);
}
