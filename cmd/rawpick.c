/* rawpick: the raw records whose numbers are listed. */
#include "cli.h"
#include "num.h"
#include "numbers.h"
#include "stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = {
    "rawpick",
    "usage: rawpick -d DIMS [-t u8|f32|f64] [-v] NUMBERS [file]\n"
    "Write the raw records whose numbers, from 0 and ascending, are the lines of NUMBERS.\n"
    "\n"
    "  -d, --dims DIMS          size of a record: 784 or 28x28\n"
    "  -t, --type TYPE          element type: u8, f32 (default), f64\n"
    "  -v, --invert             write the records that are not listed\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	size_t nelements;
	enum element type;
	bool invert;
	const char *list, *file;
};

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"dims", required_argument, NULL, 'd'},
	                                      {"type", required_argument, NULL, 't'},
	                                      {"invert", no_argument, NULL, 'v'},
	                                      CLI_OPTIONS};
	uint32_t dims[255];
	unsigned rank;
	*o = (struct options){.type = ELEMENT_F32};
	for (int c; (c = getopt_long(argc, argv, "d:t:vhV", table, NULL)) != -1;) {
		switch (c) {
		case 'd':
			o->nelements = cli_dims("-d", optarg, 255, dims, &rank);
			break;
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		case 'v':
			o->invert = true;
			break;
		default:
			cli_option(c);
		}
	}
	if (o->nelements == 0)
		cli_usage("no record size: -d DIMS");
	if (optind == argc)
		cli_usage("no list of numbers");
	o->list = argv[optind++];
	o->file = cli_operand(argc, argv);
	if (strcmp(o->list, "-") == 0 && strcmp(o->file, "-") == 0)
		cli_usage("list and records cannot both come from standard input");
}

/* The list, read one number ahead. */
struct list {
	struct numbers numbers;
	const double *values; /* what is left of the batch */
	size_t n;
	uint64_t index; /* of values[0] in the list */
	bool ended;
	uint64_t next; /* the number that comes next, unless ended */
};

static enum status bad_number(const struct list *l, double value, const char *what, struct error *e)
{
	char place[NUMBERS_PLACE], text[NUM_TEXT];
	numbers_place(&l->numbers, l->index, place);
	num_format_double(value, text);
	return error_set(e, STATUS_MALFORMED, "%s: %s %s", place, text, what);
}

/* Moves on to the next number: a whole one, above the last. */
static enum status list_advance(struct list *l, bool first, struct error *e)
{
	if (l->n == 0 && numbers_next(&l->numbers, &l->values, &l->n, e) != STATUS_OK)
		return e->status;
	l->ended = l->n == 0;
	if (l->ended)
		return STATUS_OK;
	double value = *l->values;
	if (!(value >= 0 && value < 0x1p53) || value != floor(value))
		return bad_number(l, value, "is not the number of a record", e);
	if (!first && value <= (double)l->next)
		return bad_number(l, value, "does not ascend", e);
	l->values++;
	l->n--;
	l->index++;
	l->next = (uint64_t)value;
	return STATUS_OK;
}

/* Writes what is wanted of a batch that begins with record `begin`. An error of the list does
 * not lose the records before it. */
static enum status write_batch(const struct options *o, struct list *l, const unsigned char *batch,
                               uint64_t begin, size_t n, struct error *e)
{
	size_t bytes = o->nelements * element_bytes(o->type);
	for (size_t i = 0; i < n; i++) {
		bool listed = !l->ended && l->next == begin + i;
		if (listed != o->invert)
			fwrite(batch + i * bytes, 1, bytes, stdout);
		if (listed && list_advance(l, false, e) != STATUS_OK)
			break;
	}
	return e->status;
}

static int copy(const struct options *o, struct list *l, struct records *in)
{
	struct error of_list = {0}, of_file = {0};
	const unsigned char *batch;
	size_t n = 1;
	if (list_advance(l, true, &of_list) != STATUS_OK)
		return cli_fail(o->list, &of_list);
	while (!ferror(stdout) && records_next(in, &batch, &n, &of_file) == STATUS_OK && n > 0) {
		if (write_batch(o, l, batch, in->nrecords - n, n, &of_list) != STATUS_OK)
			return cli_fail(o->list, &of_list);
	}
	if (of_file.status == STATUS_OK && !l->ended && !ferror(stdout))
		error_set(&of_file, STATUS_MISMATCH,
		          "record %" PRIu64 " is listed, but there are only %" PRIu64, l->next,
		          in->nrecords);
	return of_file.status == STATUS_OK ? EXIT_OK : cli_fail(o->file, &of_file);
}

static int run(const struct options *o, int list_fd, int fd)
{
	struct error e = {0};
	struct list list = {0};
	struct records in = {0};
	size_t bytes = o->nelements * element_bytes(o->type);
	int status;
	if (numbers_init(&list.numbers, list_fd, stdout, false, &e) != STATUS_OK ||
	    records_init(&in, fd, stdout, bytes, 1 + (1 << 18) / bytes, &e) != STATUS_OK)
		status = cli_fail(NULL, &e);
	else
		status = copy(o, &list, &in);
	records_release(&in);
	numbers_release(&list.numbers);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int list_fd = -1, fd = -1, status;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	if (stream_open(o.list, &list_fd, &e) != STATUS_OK)
		status = cli_fail(o.list, &e);
	else if (stream_open(o.file, &fd, &e) != STATUS_OK)
		status = cli_fail(o.file, &e);
	else {
		cli_confine(SANDBOX_CLOSED);
		status = run(&o, list_fd, fd);
	}
	if (list_fd > 0)
		close(list_fd);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
