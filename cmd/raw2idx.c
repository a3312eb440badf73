/* raw2idx: raw records to an IDX file. */
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/idx_writer.h"
#include "record/reader.h"

#include <stdio.h>
#include <unistd.h>

static const struct program program = {
    "raw2idx", "usage: raw2idx (-d SIZE[xSIZE...] | -1) [-t u8|f32|f64] [file]\n",
    "Write raw records as an IDX file."};

struct options {
	bool any_content;
	enum element type;
	struct dims dims; /* of rank 0: -1 */
	const char *file;
};

/* -d, or -1 without an argument. */
static void parse_shape(const char *option, const char *arg, void *options)
{
	struct options *o = options;
	if (o->dims.nelements > 0)
		cli_usage("-d and -1 are mutually exclusive");
	if (arg)
		option_dims(option, arg, IDX_WRITER_MAX_RANK, &o->dims);
	else
		o->dims.nelements = 1;
}

static const struct option_spec table[] = {
    {'d', "dims", "SIZE[xSIZE...]", "dimensions of a record, such as 28x28",
     OPTION_CUSTOM(parse_shape)},
    {'1', "scalars", NULL, "write an array of rank 1, such as labels: each record is one number",
     OPTION_CUSTOM(parse_shape)},
    {'t', "type", "TYPE", "element type of input and output: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	option_check_files(table, o, &o->file, 1);
	if (o->dims.nelements == 0)
		cli_usage("missing option -d SIZE[xSIZE...] or -1");
}

static enum status copy_records(struct reader *r, struct idx_writer *w, struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && !ferror(w->file.body) && reader_next(r, &batch, &n, e) == STATUS_OK) {
		if (idx_writer_add(w, batch, n, e) != STATUS_OK)
			break;
	}
	return e->status;
}

/* After an error in the input, the file holds the records before it. */
static enum status convert(int fd, const struct options *o, struct idx_writer *w, struct error *e)
{
	struct reader records = {0};
	struct error writing = {0};
	if (reader_open_raw(&records, fd, NULL, o->type, o->dims.nelements, 0, o->any_content, e) !=
	    STATUS_OK)
		return e->status;
	idx_writer_begin(w, o->type, o->dims.rank, o->dims.sizes);
	copy_records(&records, w, e);
	if (idx_writer_finish(w, &writing) != STATUS_OK)
		error_set(e, writing.status, "%s", writing.text);
	reader_release(&records);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct idx_writer writer = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	if (idx_writer_open(&writer, stdout, STDOUT_FILENO, &e) != STATUS_OK)
		return cli_finish(cli_fail(NULL, &e));
	enum status opened = input_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK)
		convert(fd, &o, &writer, &e);
	idx_writer_release(&writer);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
