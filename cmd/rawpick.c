/* rawpick: the raw records whose indices are listed. */
#include "base/element.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/index_list.h"
#include "record/reader.h"

#include <inttypes.h>
#include <stdio.h>

static const struct program program = {
    "rawpick", "usage: rawpick -d DIMS [-t u8|f32|f64] [-v] INDICES [file]\n",
    "Write the raw records listed in INDICES: one index per line, from 0, in ascending order."};

struct options {
	bool any_content;
	struct dims dims;
	enum element type;
	bool invert;
	const char *list, *file;
};

static const struct option_spec table[] = {
    {'d', "dims", "DIMS", "size of a record: 784 or 28x28",
     OPTION_DIMS(struct options, dims, 1, 255)},
    {'t', "type", "TYPE", "element type: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {'v', "invert", NULL, "write the records that are not listed",
     OPTION_FLAG(struct options, invert)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32};
	int first = option_parse(&program, table, argc, argv, o);
	if (o->dims.nelements == 0)
		cli_usage("missing option -d DIMS");
	if (first == argc)
		cli_usage("missing operand INDICES");
	o->list = argv[first];
	o->file = cli_operand(argc, argv, first + 1);
	option_check_files(table, o, (const char *[]){o->list, o->file}, 2);
}

/* Writes the wanted records of a batch whose first index is `begin`. After an error in the list,
 * the records before it have been written. */
static enum status write_batch(const struct options *o, struct index_list *l,
                               const unsigned char *batch, uint64_t begin, size_t n,
                               struct error *e)
{
	size_t bytes = o->dims.nelements * element_bytes(o->type);
	for (size_t i = 0; i < n; i++) {
		bool listed = !l->ended && l->next == begin + i;
		if (listed != o->invert)
			fwrite(batch + i * bytes, 1, bytes, stdout);
		if (listed && index_list_advance(l, e) != STATUS_OK)
			break;
	}
	return e->status;
}

static int copy(const struct options *o, struct index_list *l, struct reader *in)
{
	struct error of_list = {0}, of_file = {0};
	const unsigned char *batch;
	size_t n = 1;
	while (!ferror(stdout) && reader_next(in, &batch, &n, &of_file) == STATUS_OK && n > 0) {
		if (write_batch(o, l, batch, in->nrecords - n, n, &of_list) != STATUS_OK)
			return cli_fail(o->list, &of_list);
	}
	if (of_file.status == STATUS_OK && !l->ended && !ferror(stdout))
		error_set(&of_file, STATUS_MISMATCH,
		          "record %" PRIu64 " is listed, but there are only %" PRIu64 " records",
		          l->next, in->nrecords);
	return of_file.status == STATUS_OK ? EXIT_OK : cli_fail(o->file, &of_file);
}

static int run(const struct options *o, int list_fd, int fd)
{
	struct error e = {0};
	struct index_list list = {0};
	struct reader in = {0};
	int status;
	if (reader_open_raw(&in, fd, stdout, o->type, o->dims.nelements, 0, o->any_content, &e) !=
	    STATUS_OK)
		status = cli_fail(NULL, &e);
	else if (index_list_open(&list, list_fd, stdout, &e) != STATUS_OK)
		status = cli_fail(o->list, &e);
	else
		status = copy(o, &list, &in);
	reader_release(&in);
	index_list_release(&list);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int list_fd = -1, fd = -1, status = EXIT_OK;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	if (input_open(o.list, &list_fd, &e) != STATUS_OK)
		return cli_finish(cli_fail(o.list, &e));
	if (input_open(o.file, &fd, &e) == STATUS_OK) {
		cli_confine(SANDBOX_CLOSED);
		status = run(&o, list_fd, fd);
	}
	if (cli_close_input(o.file, fd, &e) != EXIT_OK)
		status = EXIT_BAD;
	input_close(list_fd);
	return cli_finish(status);
}
