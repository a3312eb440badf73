/* idx2raw: IDX files, gzip or not, to raw records. */
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/idx.h"
#include "record/reader.h"
#include "record/selection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct program program = {
    "idx2raw",
    "usage: idx2raw [-t u8|f32|f64] [-r FIRST:LAST] [-n N [-S SEED] [-v]]\n"
    "               [-l LABELS -c CLASSES] [-i] [file]\n",
    "Write the records of an IDX file, gzip or not, as raw little-endian numbers."};

struct options {
	enum element type;
	struct selection selection;
	bool info;
	const char *file;
};

static void parse_range(const char *option, const char *arg, void *options)
{
	if (!selection_parse_range(&((struct options *)options)->selection, arg))
		cli_usage("%s: '%s' is not a range FIRST:LAST", option, arg);
}

static void parse_classes(const char *option, const char *arg, void *options)
{
	if (!selection_parse_classes(&((struct options *)options)->selection, arg))
		cli_usage("%s: '%s' is not a list of classes such as 3,7", option, arg);
}

static void parse_random(const char *option, const char *arg, void *options)
{
	struct selection *s = &((struct options *)options)->selection;
	s->random = true;
	s->npicks = option_count(option, arg, 0, UINT32_MAX);
}

static const struct option_spec table[] = {
    {'t', "type", "TYPE", "element type of the output: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {'r', "range", "FIRST:LAST", "write records FIRST to LAST-1, counting from 0",
     OPTION_CUSTOM(parse_range)},
    {'l', "labels", "LABELS", "IDX file with the class of each record",
     OPTION_INPUT(struct options, selection.labels)},
    {'c', "classes", "C,C,...", "keep the records of these classes", OPTION_CUSTOM(parse_classes)},
    {'n', "random", "N", "pick N records at random, in file order", OPTION_CUSTOM(parse_random)},
    {'S', "seed", "SEED", "seed of -n (default 0)",
     OPTION_COUNT(struct options, selection.seed, 0, UINT64_MAX)},
    {'v', "invert", NULL, "write the records that -n does not pick",
     OPTION_FLAG(struct options, selection.invert)},
    {'i', "info", NULL, "print type, dimensions, number of records and bytes per record",
     OPTION_FLAG(struct options, info)},
    {0}};

static void check_options(const struct selection *s)
{
	if (!s->labels != (s->nclasses == 0))
		cli_usage("-l and -c must be given together");
	if (s->invert && !s->random)
		cli_usage("-v requires -n");
	if (s->labels && strcmp(s->labels, "-") == 0)
		cli_usage("-l: the labels cannot come from standard input");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32, .selection = {.last = UINT64_MAX}};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	option_check_files(table, o, &o->file, 1);
	check_options(&o->selection);
}

static void print_info(const struct idx *x)
{
	printf("type\t%s\ndims\t", element_name(x->type));
	for (unsigned i = 0; i < x->rank; i++)
		printf("%s%" PRIu32, i ? "x" : "", x->dims[i]);
	printf("\nrecords\t%" PRIu64 "\nrecord_bytes\t%zu\n", x->nrecords, x->record_bytes);
}

static enum status write_records(struct reader *r, struct selection *s, struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && !ferror(stdout) && reader_next(r, &batch, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n; i++) {
			bool wanted;
			if (selection_next(s, &wanted, e) != STATUS_OK)
				return e->status;
			if (wanted)
				fwrite(batch + i * r->record_bytes, 1, r->record_bytes, stdout);
		}
	}
	return n == 0 ? selection_finish(s, e) : e->status;
}

static enum status convert(struct idx *x, const struct options *o, struct error *e)
{
	struct selection selection = o->selection;
	struct reader reader = {0};
	if (idx_reader_open(&reader, x, o->type, e) == STATUS_OK &&
	    selection_open(&selection, x->nrecords, e) == STATUS_OK)
		write_records(&reader, &selection, e);
	selection_release(&selection);
	reader_release(&reader);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct idx idx = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	if (input_open(o.file, &fd, &e) == STATUS_OK &&
	    idx_open(&idx, fd, stdout, &e) == STATUS_OK) {
		if (o.info)
			print_info(&idx);
		else
			convert(&idx, &o, &e);
	}
	idx_release(&idx);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
