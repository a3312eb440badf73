/* The parts of csv2raw: its options, the tables that it reads, and what becomes of their rows. */
#ifndef CSV2RAW_H
#define CSV2RAW_H

#include "base/element.h"
#include "cli.h"
#include "io/whole_file.h"
#include "table/schema.h"
#include "table/schema_row.h"
#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>

struct options {
	const char *learn, *schema, *model; /* one of them */
	enum whole_file_way way;            /* of the model */
	struct table_format format;
	bool no_header;
	const char *keep, *drop;                        /* names of columns, or NULL */
	enum { TYPE_DEFAULT, TYPE_F32, TYPE_F64 } type; /* f32, or with a model as it notes */
	enum schema_missing missing;
	char **files; /* ends with NULL */
};

/* The following report a failure, and return the status to end with. */

/* ---- csv2raw_rows.c ---- */

/* What is done with each table, before its rows, and with each row. */
struct visitor {
	enum status (*begin)(void *context, const struct table *t, struct error *e);
	enum status (*row)(void *context, const struct table *t, const struct csv_row *row,
	                   const struct schema_rules *rules, bool *gap, struct error *e);
	void *context;
	enum element type; /* which bounds the numbers */
};

/* All rows of all files, unless standard output is lost. */
int rows_read(const struct options *o, const struct visitor *v);

/* ---- csv2raw_apply.c ---- */

/* A record as it is made and written. */
struct record {
	double *values;     /* (D), owned */
	unsigned char *raw; /* owned */
	enum element type;
	size_t d;
};

/* noted: by a model, or NULL. */
enum element record_type(const struct options *o, const char *noted);

enum status record_init(struct record *r, const struct schema *s, enum element type,
                        struct error *e);
void record_release(struct record *r);

/* Lost output shows when standard output is closed. */
void record_write(struct record *r, const struct schema *s, const double *codes);

/* Records by a schema that there is. */
int apply(const struct options *o);

/* ---- csv2raw_learn.c ---- */

/* The schema of all rows, and then their records. */
int learn(const struct options *o);

#endif
