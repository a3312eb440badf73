/* The schema that csv2raw learns, and the records of the rows it has learnt it from. */
#include "csv2raw.h"

#include "io/output.h"
#include "table/schema_learner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lesson {
	const struct options *o;
	struct schema_learner learner;
	size_t *columns; /* of the table; owned */
};

/* Takes a name from a list; returns what comes after it, or NULL. */
static const char *next_name(const char *list, size_t *length)
{
	*length = strcspn(list, ",");
	return list[*length] ? list + *length + 1 : NULL;
}

static enum status keep_columns(struct schema_learner *l, const struct table *t, const char *list,
                                struct error *e)
{
	size_t length, column;
	for (const char *name = list, *next; name; name = next) {
		next = next_name(name, &length);
		if (table_find(t, name, length, &column, e) != STATUS_OK ||
		    schema_learner_add_column(l, name, length, e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

static bool is_listed(const char *list, const struct text *column)
{
	size_t length;
	for (const char *name = list, *next; name; name = next) {
		next = next_name(name, &length);
		if (text_compare(name, length, column->text, column->length) == 0)
			return true;
	}
	return false;
}

/* Excluded columns must be there, once or more often. */
static enum status check_dropped(const struct table *t, const char *list, struct error *e)
{
	size_t length;
	for (const char *name = list, *next; name; name = next) {
		bool there = false;
		next = next_name(name, &length);
		for (size_t i = 0; i < t->ncolumns && !there; i++)
			there =
			    text_compare(name, length, t->names[i].text, t->names[i].length) == 0;
		if (!there)
			return error_set(e, STATUS_MISMATCH, "no column '%.*s'", (int)length, name);
	}
	return STATUS_OK;
}

/* All columns but those of a list. */
static enum status drop_columns(struct schema_learner *l, const struct table *t, const char *list,
                                struct error *e)
{
	if (check_dropped(t, list, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct text *name = &t->names[i];
		if (!is_listed(list, name) &&
		    schema_learner_add_column(l, name->text, name->length, e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

/* The first table says which columns there are. */
static enum status begin(void *context, const struct table *t, struct error *e)
{
	struct lesson *l = context;
	if (t->header && t->ncolumns == 1 && strpbrk(t->names[0].text, ",;\t|"))
		return error_set(e, STATUS_MISMATCH,
		                 "one column, '%.200s'; is the separator right (-F)?",
		                 t->names[0].text);
	if (l->learner.ncolumns == 0) {
		if (l->o->keep)
			keep_columns(&l->learner, t, l->o->keep, e);
		else
			drop_columns(&l->learner, t, l->o->drop, e);
		if (e->status != STATUS_OK)
			return e->status;
		l->columns = malloc((l->learner.ncolumns + 1) * sizeof(*l->columns));
		if (!l->columns)
			return error_memory(e);
	}
	return schema_learner_locate(&l->learner, t, l->columns, e);
}

static enum status add_row(void *context, const struct table *t, const struct csv_row *row,
                           const struct schema_rules *rules, bool *gap, struct error *e)
{
	struct lesson *l = context;
	return schema_learner_add_row(&l->learner, t, l->columns, row, rules, gap, e);
}

static int write_schema(const struct schema *s, const char *path, struct output *out)
{
	struct error e = {0};
	char *text = NULL;
	size_t length;
	if (schema_format(s, &text, &length, &e) == STATUS_OK &&
	    output_open(out, &e) == STATUS_OK) {
		fwrite(text, 1, length, out->f);
		output_commit(out, &e);
	}
	output_abandon(out);
	free(text);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail_output(path, &e);
}

static int write_records(const struct lesson *l, const struct schema *s)
{
	struct record record = {0};
	struct error e = {0};
	if (record_init(&record, s, record_type(l->o, NULL), &e) == STATUS_OK)
		for (size_t i = 0; i < l->learner.nrows && !ferror(stdout); i++)
			record_write(&record, s, l->learner.codes + i * l->learner.ncolumns);
	record_release(&record);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(NULL, &e);
}

static int finish(struct lesson *l, struct output *out)
{
	struct schema schema = {0};
	struct error e = {0};
	int status = EXIT_OK;
	if (schema_learner_finish(&l->learner, &schema, &e) != STATUS_OK)
		status = cli_fail(l->o->files[0], &e);
	if (status == EXIT_OK && l->learner.collapsed && record_type(l->o, NULL) == ELEMENT_F32)
		cli_warn(
		    l->o->files[0],
		    "column '%.200s': most values are equal as float32: write float64 (-t f64), "
		    "or exclude the column (-x)",
		    l->learner.collapsed);
	if (status == EXIT_OK)
		status = write_schema(&schema, l->o->learn, out);
	if (status == EXIT_OK)
		status = write_records(l, &schema);
	schema_release(&schema);
	return status;
}

int learn(const struct options *o)
{
	struct lesson lesson = {.o = o};
	struct output out = {0};
	struct error e = {0};
	if (output_prepare(&out, o->learn, &e) != STATUS_OK ||
	    output_check_replaced(&out, schema_recognise, "a schema of csv2raw", &e) != STATUS_OK) {
		output_release(&out);
		return cli_fail_output(o->learn, &e);
	}
	int status = rows_read(o, &(struct visitor){begin, add_row, &lesson, record_type(o, NULL)});
	if (status == EXIT_OK)
		status = finish(&lesson, &out);
	free(lesson.columns);
	schema_learner_release(&lesson.learner);
	output_release(&out);
	return status;
}
