/* The tables of csv2raw, row by row. */
#include "csv2raw.h"

#include "io/input.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Rows that were left out, and the numbers of the first ones. */
struct skipped {
	uint64_t n;
	char numbers[200];
};

static void skip(struct skipped *s, uint64_t row)
{
	size_t used = strlen(s->numbers), room = sizeof(s->numbers) - used;
	s->n++;
	if (room > 48)
		snprintf(s->numbers + used, room, "%s%" PRIu64, used ? ", " : "", row);
	else if (room > 8 && strcmp(s->numbers + used - 3, "...") != 0)
		strcat(s->numbers, ", ...");
}

static void report_skipped(const char *file, const struct skipped *s)
{
	if (s->n > 0)
		cli_warn(file, "%" PRIu64 " row%s with gaps left out: %s", s->n,
		         s->n == 1 ? "" : "s", s->numbers);
}

static enum status read_table(struct table *t, const struct schema_rules *rules,
                              const struct visitor *v, struct skipped *skipped, struct error *e)
{
	struct csv_row row;
	bool more = t->ncolumns > 0, gap;
	if (more && v->begin(v->context, t, e) != STATUS_OK)
		return e->status;
	while (more && !ferror(stdout) && table_next(t, &row, &more, e) == STATUS_OK && more) {
		if (v->row(v->context, t, &row, rules, &gap, e) != STATUS_OK)
			return e->status;
		if (gap && rules->missing == SCHEMA_SKIP)
			skip(skipped, t->csv.nrows - t->header);
	}
	return e->status;
}

int rows_read(const struct options *o, const struct visitor *v)
{
	int status = EXIT_OK;
	const struct schema_rules rules = {o->missing, v->type == ELEMENT_F32 ? FLT_MAX : DBL_MAX};
	for (char **file = o->files; *file && status == EXIT_OK && !ferror(stdout); file++) {
		struct error e = {0};
		struct table t = {0};
		struct skipped skipped = {0};
		int fd = -1;
		if (input_open(*file, &fd, &e) == STATUS_OK &&
		    table_open(&t, fd, stdout, &o->format, &e) == STATUS_OK)
			read_table(&t, &rules, v, &skipped, &e);
		report_skipped(*file, &skipped);
		if (e.status == STATUS_OK && t.csv.unterminated)
			cli_warn(*file, "the last row has no line end; it may have been cut");
		table_release(&t);
		status = cli_close_input(*file, fd, &e);
	}
	return status;
}
