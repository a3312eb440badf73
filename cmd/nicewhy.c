/* nicewhy: the elements that contribute most to a record's log-likelihood. */
#include "base/element.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/reader.h"
#include "table/schema.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct program program = {
    "nicewhy", "usage: nicewhy (-d DIMS | -s SCHEMA) [-n N] [file]\n",
    "Print the greatest of each record's attributions, as niceflow --attribute writes them."};

struct options {
	bool any_content;
	struct dims dims;
	size_t n;
	const char *schema, *file;
};

static const struct option_spec table[] = {
    {'d', "dims", "DIMS", "size of a record: 784 or 28x28",
     OPTION_DIMS(struct options, dims, 1, 255)},
    {'s', "schema", "SCHEMA",
     "schema of the table, as csv2raw -w writes it: print the columns' names",
     OPTION_INPUT(struct options, schema)},
    {'n', "count", "N", "number of attributions printed per record (default 3)",
     OPTION_SIZE(struct options, n, 1, UINT32_MAX)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.n = 3};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	if (o->dims.nelements == 0 && !o->schema)
		cli_usage("missing option -d DIMS or -s SCHEMA");
	if (o->dims.nelements > 0 && o->schema)
		cli_usage("-d and -s are mutually exclusive");
	option_check_files(table, o, &o->file, 1);
}

/* What one column contributes; without a schema, every element is one. */
struct share {
	size_t column;
	double value, magnitude; /* of NaN, infinite */
};

struct run {
	const struct options *o;
	struct schema schema; /* or without columns */
	size_t d;
	struct reader in;
	double *values;       /* (D) */
	struct share *shares; /* one for each column */
	size_t ncolumns;
};

/* The greatest magnitude first; of equals, the first column. */
static int compare(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	if (x->magnitude != y->magnitude)
		return x->magnitude > y->magnitude ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

/* As the shortest decimal that reads back to the same float32. */
static void write_value(double value)
{
	char text[32];
	for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if ((float)strtod(text, NULL) == (float)value)
			break;
	}
	fputs(isnan(value) ? "nan" : text, stdout);
}

/* Levels of a category, and the element that tells a gap, count with their column. */
static double column_value(const struct run *r, size_t column)
{
	double sum = 0;
	if (r->schema.ncolumns == 0)
		return r->values[column] + 0.0; /* no -0 */
	const struct schema_column *c = &r->schema.columns[column];
	for (size_t j = 0; j < c->nelements; j++)
		sum += r->values[c->first + j];
	return sum;
}

static void write_share(const struct run *r, const struct share *s)
{
	if (r->schema.ncolumns > 0)
		schema_write_column(&r->schema, s->column, stdout);
	else
		printf("%zu", s->column);
	putchar(':');
	write_value(s->value);
}

static void write_record(struct run *r, const unsigned char *raw)
{
	size_t n = r->o->n < r->ncolumns ? r->o->n : r->ncolumns;
	element_to_double(ELEMENT_F32, raw, r->d, r->values);
	for (size_t i = 0; i < r->ncolumns; i++) {
		double value = column_value(r, i);
		r->shares[i] =
		    (struct share){i, value, isnan(value) ? (double)INFINITY : fabs(value)};
	}
	qsort(r->shares, r->ncolumns, sizeof(*r->shares), compare);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			putchar('\t');
		write_share(r, &r->shares[i]);
	}
	putchar('\n');
}

static enum status rank(struct run *r, int fd, struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	if (reader_open_raw(&r->in, fd, stdout, ELEMENT_F32, r->d, 0, r->o->any_content, e) !=
	    STATUS_OK)
		return e->status;
	r->ncolumns = r->schema.ncolumns > 0 ? r->schema.ncolumns : r->d;
	r->values = calloc(r->d, sizeof(*r->values));
	r->shares = calloc(r->ncolumns, sizeof(*r->shares));
	if (!r->values || !r->shares)
		return error_memory(e);
	while (!ferror(stdout) && n > 0 && reader_next(&r->in, &batch, &n, e) == STATUS_OK)
		for (size_t i = 0; i < n; i++)
			write_record(r, batch + i * r->d * element_bytes(ELEMENT_F32));
	if (e->status == STATUS_TRUNCATED && r->schema.ncolumns > 0)
		error_add(e, STATUS_TRUNCATED, "the schema makes records of %zu elements", r->d);
	return e->status;
}

/* Opens the input first: csv2raw -w may still be writing the schema. */
static int read_schema(struct run *r, int fd)
{
	struct error e = {0};
	int schema_fd = -1;
	r->d = r->o->dims.nelements;
	if (!r->o->schema)
		return EXIT_OK;
	input_ready(fd, -1);
	if (input_open(r->o->schema, &schema_fd, &e) == STATUS_OK &&
	    schema_read(&r->schema, schema_fd, NULL, &e) == STATUS_OK)
		r->d = r->schema.nelements;
	return cli_close_input(r->o->schema, schema_fd, &e);
}

static int run(struct run *r)
{
	struct error e = {0};
	int fd = -1;
	if (input_open(r->o->file, &fd, &e) == STATUS_OK && read_schema(r, fd) != EXIT_OK) {
		input_close(fd);
		return EXIT_BAD;
	}
	cli_confine(SANDBOX_CLOSED);
	if (e.status == STATUS_OK)
		rank(r, fd, &e);
	return cli_close_input(r->o->file, fd, &e);
}

int main(int argc, char **argv)
{
	struct options o;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	struct run r = {.o = &o};
	int status = run(&r);
	reader_release(&r.in);
	schema_release(&r.schema);
	free(r.values);
	free(r.shares);
	return cli_finish(status);
}
