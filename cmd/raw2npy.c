/* raw2npy: raw records to a NumPy file. */
#include "cli.h"
#include "io/input.h"
#include "numpy/npy_writer.h"
#include "option.h"
#include "record/reader.h"

#include <stdio.h>
#include <unistd.h>

static const struct program program = {"raw2npy",
                                       "usage: raw2npy -d SIZE[xSIZE...] [-t u8|f32|f64] [file]\n",
                                       "Write raw records as a NumPy array, a .npy file."};

struct options {
	bool any_content;
	enum element type;
	struct dims dims;
	const char *file;
};

static const struct option_spec table[] = {
    {'d', "dims", "SIZE[xSIZE...]", "dimensions of a record, such as 28x28; 1: an array of rank 1",
     OPTION_DIMS(struct options, dims, 1, NPY_WRITER_MAX_RANK)},
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
		cli_usage("missing option -d SIZE[xSIZE...]");
}

/* Single numbers make an array of rank 1. */
static void begin(struct npy_writer *w, const struct options *o)
{
	bool scalars = o->dims.rank == 1 && o->dims.sizes[0] == 1;
	npy_writer_begin(w, o->type, scalars ? 0 : o->dims.rank, o->dims.sizes);
}

/* After an error in the input, the file holds the records before it. */
static enum status convert(int fd, const struct options *o, struct npy_writer *w, struct error *e)
{
	struct reader records = {0};
	struct error writing = {0};
	const unsigned char *batch;
	size_t n = 1;
	if (reader_open_raw(&records, fd, NULL, o->type, o->dims.nelements, 0, o->any_content, e) !=
	    STATUS_OK)
		return e->status;
	begin(w, o);
	while (n > 0 && !ferror(w->file.body) && reader_next(&records, &batch, &n, e) == STATUS_OK)
		npy_writer_add(w, batch, n);
	if (npy_writer_finish(w, &writing) != STATUS_OK)
		error_set(e, writing.status, "%s", writing.text);
	reader_release(&records);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct npy_writer writer = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	if (npy_writer_open(&writer, stdout, STDOUT_FILENO, &e) != STATUS_OK)
		return cli_finish(cli_fail(NULL, &e));
	enum status opened = input_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK)
		convert(fd, &o, &writer, &e);
	npy_writer_release(&writer);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
