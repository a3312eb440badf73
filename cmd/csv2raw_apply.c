/* Records of rows, by the schema that csv2raw is given. */
#include "csv2raw.h"

#include "io/input.h"
#include "model/model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum element record_type(const struct options *o, const char *noted)
{
	if (o->type == TYPE_DEFAULT && noted)
		return strcmp(noted, "f64") == 0 ? ELEMENT_F64 : ELEMENT_F32;
	return o->type == TYPE_F64 ? ELEMENT_F64 : ELEMENT_F32;
}

enum status record_init(struct record *r, const struct schema *s, enum element type,
                        struct error *e)
{
	*r = (struct record){malloc(s->nelements * sizeof(double)),
	                     malloc(s->nelements * element_bytes(type)), type, s->nelements};
	return r->values && r->raw ? STATUS_OK : error_memory(e);
}

void record_release(struct record *r)
{
	free(r->values);
	free(r->raw);
}

void record_write(struct record *r, const struct schema *s, const double *codes)
{
	schema_row_encode(s, codes, r->values);
	element_from_double(r->type, r->values, r->d, r->raw);
	fwrite(r->raw, element_bytes(r->type), r->d, stdout);
}

struct application {
	struct schema schema;
	size_t *columns; /* of the table; owned */
	double *codes;   /* owned */
	enum element type;
	struct record record;
};

static enum status begin(void *context, const struct table *t, struct error *e)
{
	struct application *a = context;
	return schema_row_locate(&a->schema, t, a->columns, e);
}

static enum status add_row(void *context, const struct table *t, const struct csv_row *row,
                           const struct schema_rules *rules, bool *gap, struct error *e)
{
	struct application *a = context;
	if (schema_row_read(&a->schema, t, a->columns, row, rules, a->codes, gap, e) != STATUS_OK)
		return e->status;
	if (!*gap || rules->missing != SCHEMA_SKIP)
		record_write(&a->record, &a->schema, a->codes);
	return STATUS_OK;
}

static enum status read_model(int fd, const struct options *o, struct application *a,
                              struct error *e)
{
	struct tensors model = {0};
	if (model_file_read(fd, o->way, &model, e) == STATUS_OK) {
		const char *text = tensors_find_note(&model, "schema");
		if (!text)
			error_set(e, STATUS_MISMATCH,
			          "the model has no schema; train it with nicetrain --schema, or "
			          "use -s");
		else if (schema_parse(&a->schema, text, strlen(text), e) != STATUS_OK)
			error_prefix(e, "note 'schema': ");
		a->type = record_type(o, tensors_find_note(&model, "type"));
	}
	tensors_release(&model);
	return e->status;
}

static int read_schema(const struct options *o, struct application *a)
{
	const char *path = o->model ? o->model : o->schema;
	struct error e = {0};
	int fd = -1;
	if (input_open(path, &fd, &e) == STATUS_OK) {
		if (o->model)
			read_model(fd, o, a, &e);
		else
			schema_read(&a->schema, fd, NULL, &e);
	}
	return cli_close_input(path, fd, &e);
}

int apply(const struct options *o)
{
	struct application a = {.type = record_type(o, NULL)};
	struct error e = {0};
	int status = read_schema(o, &a);
	if (status == EXIT_OK) {
		a.columns = malloc(a.schema.ncolumns * sizeof(*a.columns));
		a.codes = malloc(a.schema.ncolumns * sizeof(*a.codes));
		if (!a.columns || !a.codes)
			error_memory(&e);
		else
			record_init(&a.record, &a.schema, a.type, &e);
		status = e.status == STATUS_OK
		             ? rows_read(o, &(struct visitor){begin, add_row, &a, a.type})
		             : cli_fail(NULL, &e);
	}
	record_release(&a.record);
	free(a.codes);
	free(a.columns);
	schema_release(&a.schema);
	return status;
}
