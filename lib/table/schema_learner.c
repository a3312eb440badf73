/* Kinds, levels, medians and steps of the columns of a table. */
#include "table/schema_learner.h"

#include "base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct level {
	struct text t;
	size_t code; /* in the order of their first rows */
};

struct schema_learner_column {
	struct text name;
	bool known; /* a value has told the kind */
	enum schema_kind kind;
	bool gaps;
	struct level *levels; /* in ascending order */
	size_t nlevels;
};

void schema_learner_release(struct schema_learner *l)
{
	for (size_t i = 0; i < l->ncolumns; i++) {
		struct schema_learner_column *c = &l->columns[i];
		for (size_t k = 0; k < c->nlevels; k++)
			free(c->levels[k].t.text);
		free(c->levels);
		free(c->name.text);
	}
	free(l->columns);
	free(l->codes);
	*l = (struct schema_learner){0};
}

enum status schema_learner_add_column(struct schema_learner *l, const char *name, size_t length,
                                      struct error *e)
{
	if (length == 0)
		return error_set(e, STATUS_MISMATCH,
		                 "header: a column has no name: name it, or choose the others");
	if (length > SCHEMA_MAX_NAME)
		return error_set(e, STATUS_MISMATCH, "header: a name of more than %d bytes",
		                 SCHEMA_MAX_NAME);
	struct schema_learner_column *columns =
	    realloc(l->columns, (l->ncolumns + 1) * sizeof(*columns));
	if (!columns)
		return error_memory(e);
	l->columns = columns;
	columns[l->ncolumns] = (struct schema_learner_column){0};
	if (text_copy(&columns[l->ncolumns].name, name, length, e) == STATUS_OK)
		l->ncolumns++;
	return e->status;
}

enum status schema_learner_locate(const struct schema_learner *l, const struct table *t,
                                  size_t *columns, struct error *e)
{
	for (size_t i = 0; i < l->ncolumns; i++) {
		const struct text *name = &l->columns[i].name;
		if (table_find(t, name->text, name->length, &columns[i], e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

/* The first level that is not below the text. */
static size_t lower_bound(const struct schema_learner_column *c, const char *text, size_t length)
{
	size_t low = 0, high = c->nlevels;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct text *t = &c->levels[middle].t;
		if (text_compare(t->text, t->length, text, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* For one more level: most columns have few, and there may be many columns. */
static enum status room_for_level(struct schema_learner_column *c, struct error *e)
{
	size_t n = c->nlevels;
	if ((n & (n - 1)) != 0) /* there is none at 0, 1, 2, 4, ... */
		return STATUS_OK;
	struct level *levels = realloc(c->levels, (n > 0 ? 2 * n : 1) * sizeof(*levels));
	if (!levels)
		return error_memory(e);
	c->levels = levels;
	return STATUS_OK;
}

static enum status insert_level(struct schema_learner_column *c, size_t at, const char *text,
                                size_t length, struct error *e)
{
	struct level made = {.code = c->nlevels};
	if (c->nlevels == SCHEMA_MAX_LEVELS)
		return error_set(e, STATUS_MALFORMED,
		                 "more than %d different texts are not a category; exclude the "
		                 "column",
		                 SCHEMA_MAX_LEVELS);
	if (length > SCHEMA_MAX_NAME)
		return error_set(e, STATUS_MALFORMED,
		                 "a text of more than %d bytes is not a level of a category; "
		                 "exclude the column",
		                 SCHEMA_MAX_NAME);
	if (room_for_level(c, e) != STATUS_OK)
		return e->status;
	if (text_copy(&made.t, text, length, e) != STATUS_OK)
		return e->status;
	memmove(&c->levels[at + 1], &c->levels[at], (c->nlevels - at) * sizeof(*c->levels));
	c->levels[at] = made;
	c->nlevels++;
	return STATUS_OK;
}

static enum status add_level(struct schema_learner_column *c, const struct table_cell *cell,
                             double *code, struct error *e)
{
	size_t at = lower_bound(c, cell->text, cell->length);
	bool there = at < c->nlevels && text_compare(c->levels[at].t.text, c->levels[at].t.length,
	                                             cell->text, cell->length) == 0;
	if (!there && insert_level(c, at, cell->text, cell->length, e) != STATUS_OK)
		return e->status;
	*code = (double)c->levels[at].code;
	return STATUS_OK;
}

static enum status check_kind(struct schema_learner_column *c, const struct table_cell *cell,
                              struct error *e)
{
	enum schema_kind kind = cell->kind == TABLE_CELL_NUMBER ? SCHEMA_NUMBER : SCHEMA_CATEGORY;
	if (!c->known)
		c->kind = kind;
	c->known = true;
	if (kind == c->kind)
		return STATUS_OK;
	if (kind == SCHEMA_NUMBER)
		return error_set(e, STATUS_MALFORMED,
		                 "%g is a number, but '%.100s' in an earlier row is not; write a "
		                 "gap as NA, or exclude the column",
		                 cell->number, c->levels[0].t.text);
	return error_set(e, STATUS_MALFORMED,
	                 "'%.*s' is not a number, but earlier rows have some; write a gap as NA, "
	                 "or exclude the column",
	                 (int)(cell->length < 100 ? cell->length : 100), cell->text);
}

static enum status add_cell(struct schema_learner_column *c, const struct csv_row *row,
                            size_t column, const struct schema_rules *rules, double *code,
                            struct error *e)
{
	struct table_cell cell = table_cell_read(row, column);
	*code = cell.kind == TABLE_CELL_NUMBER ? cell.number : NAN;
	if (schema_row_check(rules, &cell, e) != STATUS_OK || cell.kind == TABLE_CELL_GAP ||
	    check_kind(c, &cell, e) != STATUS_OK)
		return e->status;
	return c->kind == SCHEMA_CATEGORY ? add_level(c, &cell, code, e) : STATUS_OK;
}

static bool has_gap(const struct schema_learner *l, const size_t *columns,
                    const struct csv_row *row)
{
	for (size_t i = 0; i < l->ncolumns; i++)
		if (table_cell_read(row, columns[i]).kind == TABLE_CELL_GAP)
			return true;
	return false;
}

static enum status make_room(struct schema_learner *l, struct error *e)
{
	uint64_t bytes, wanted = l->capacity ? 2 * (uint64_t)l->capacity : 16;
	if (l->nrows < l->capacity)
		return STATUS_OK;
	if (!checked_mul(wanted, l->ncolumns * sizeof(*l->codes), &bytes) || bytes > SIZE_MAX / 2)
		return error_memory(e);
	double *codes = realloc(l->codes, (size_t)bytes);
	if (!codes)
		return error_memory(e);
	l->codes = codes;
	l->capacity = (size_t)wanted;
	return STATUS_OK;
}

enum status schema_learner_add_row(struct schema_learner *l, const struct table *t,
                                   const size_t *columns, const struct csv_row *row,
                                   const struct schema_rules *rules, bool *gap, struct error *e)
{
	if (make_room(l, e) != STATUS_OK)
		return e->status;
	double *codes = l->codes + l->nrows * l->ncolumns;
	*gap = has_gap(l, columns, row);
	if (*gap && rules->missing == SCHEMA_SKIP)
		return STATUS_OK;
	for (size_t i = 0; i < l->ncolumns; i++) {
		if (add_cell(&l->columns[i], row, columns[i], rules, &codes[i], e) != STATUS_OK)
			return table_prefix(t, columns[i], e);
		l->columns[i].gaps |= isnan(codes[i]);
	}
	l->nrows++;
	return STATUS_OK;
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Median and smallest step of column i, whose values go to sorted (nrows). */
static void finish_number(struct schema_learner *l, size_t i, double *sorted,
                          struct schema_column *c)
{
	size_t n = 0;
	for (size_t r = 0; r < l->nrows; r++) {
		double value = l->codes[r * l->ncolumns + i];
		if (!isnan(value))
			sorted[n++] = value + 0.0; /* of -0, 0 */
	}
	qsort(sorted, n, sizeof(*sorted), compare_numbers);
	double step = INFINITY;
	size_t nsteps = 0, nfloat_steps = 0;
	for (size_t r = 1; r < n; r++) {
		if (sorted[r] <= sorted[r - 1])
			continue;
		step = fmin(step, sorted[r] - sorted[r - 1]);
		nsteps++;
		nfloat_steps += (float)sorted[r] > (float)sorted[r - 1];
	}
	if (nfloat_steps < nsteps / 2)
		l->collapsed = c->name.text;
	c->fill = sorted[n / 2];
	if (n % 2 == 0)
		c->fill = sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
	c->step = isinf(step) ? 0 : step;
}

/* Moves the levels, and makes the codes of column i their positions in ascending order. */
static enum status finish_category(struct schema_learner *l, size_t i, struct schema_column *c,
                                   struct error *e)
{
	struct schema_learner_column *from = &l->columns[i];
	double position[SCHEMA_MAX_LEVELS];
	c->levels = calloc(from->nlevels, sizeof(*c->levels));
	if (!c->levels)
		return error_memory(e);
	for (size_t k = 0; k < from->nlevels; k++) {
		position[from->levels[k].code] = (double)k;
		c->levels[k] = from->levels[k].t;
		from->levels[k].t.text = NULL;
	}
	c->nlevels = from->nlevels;
	for (size_t r = 0; r < l->nrows; r++) {
		double *code = &l->codes[r * l->ncolumns + i];
		if (!isnan(*code))
			*code = position[(size_t)*code];
	}
	return STATUS_OK;
}

static enum status finish_columns(struct schema_learner *l, double *sorted, struct schema *s,
                                  struct error *e)
{
	for (size_t i = 0; i < l->ncolumns; i++) {
		struct schema_learner_column *from = &l->columns[i];
		struct schema_column *c = &s->columns[i];
		if (!from->known)
			return error_set(e, STATUS_MISMATCH,
			                 "column '%.200s' has no values: exclude it",
			                 from->name.text);
		c->name = from->name;
		from->name.text = NULL;
		s->ncolumns++;
		c->kind = from->kind;
		c->gaps = from->gaps;
		if (c->kind == SCHEMA_NUMBER)
			finish_number(l, i, sorted, c);
		else if (finish_category(l, i, c, e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

enum status schema_learner_finish(struct schema_learner *l, struct schema *s, struct error *e)
{
	struct schema made = {0};
	if (l->ncolumns == 0 || l->nrows == 0)
		return error_set(e, STATUS_MISMATCH, "no %s to learn from",
		                 l->nrows == 0 ? "rows" : "columns");
	made.columns = calloc(l->ncolumns, sizeof(*made.columns));
	double *sorted = malloc(l->nrows * sizeof(*sorted));
	if (!made.columns || !sorted)
		error_memory(e);
	else if (finish_columns(l, sorted, &made, e) == STATUS_OK)
		schema_number_elements(&made);
	free(sorted);
	if (e->status == STATUS_OK)
		*s = made;
	else
		schema_release(&made);
	return e->status;
}
