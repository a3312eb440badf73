/* The schema of nicetrain --schema: the size of a record, and a note of the model. */
#include "nicetrain.h"

#include "io/input.h"
#include "table/schema.h"

#include <stdlib.h>

/* csv2raw -w writes the schema before the records: when these begin, or end, it is there. */
int schema_take(struct options *o, int records)
{
	struct schema schema = {0};
	struct error e = {0};
	int fd = -1;
	if (!o->schema)
		return EXIT_OK;
	input_ready(records, -1);
	if (input_open(o->schema, &fd, &e) == STATUS_OK &&
	    schema_read(&schema, fd, &o->schema_text, &e) == STATUS_OK) {
		o->d = schema.nelements;
		defaults_by_size(o);
		if (o->kind == KIND_NICE && schema.nelements < 2)
			error_set(&e, STATUS_UNSUPPORTED,
			          "records of 1 element: the flow needs 2 or more");
		else
			trainer_check(&o->trainer, o->checkpoint != NULL, &e);
	}
	schema_release(&schema);
	return cli_close_input(o->schema, fd, &e);
}

enum status schema_note(const struct options *o, struct tensors *model, struct error *e)
{
	if (e->status != STATUS_OK || !o->schema_text)
		return e->status;
	return tensors_note(model, "schema", o->schema_text, e);
}
