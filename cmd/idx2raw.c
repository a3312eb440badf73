/* idx2raw: IDX files, gzip or not, to raw records. */
#include "cli.h"
#include "idx.h"
#include "num.h"
#include "selection.h"
#include "stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = {
    "idx2raw",
    "usage: idx2raw [-t u8|f32|f64] [-r FIRST:LAST] [-n N [-S SEED] [-v]]\n"
    "               [-l LABELS -c CLASSES] [-i] [file]\n"
    "Write the records of an IDX file, gzip or not, as raw little-endian numbers.\n"
    "\n"
    "  -t, --type TYPE          element type of the output: u8, f32 (default), f64\n"
    "  -r, --range FIRST:LAST   records FIRST to LAST-1, counted from 0\n"
    "  -l, --labels LABELS      IDX file with the class of each record\n"
    "  -c, --classes C,C,...    keep the records of these classes\n"
    "  -n, --random N           pick N of them at random, in file order\n"
    "  -S, --seed SEED          seed of -n (default 0)\n"
    "  -v, --invert             the records that -n does not pick\n"
    "  -i, --info               print type, dimensions, records, record bytes\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	enum element type;
	struct selection selection;
	bool info;
	const char *file;
};

static void parse_range(const char *arg, struct selection *o)
{
	char copy[64];
	const char *colon = strchr(arg, ':');
	bool good = colon && strlen(arg) < sizeof(copy);
	if (good) {
		strcpy(copy, arg);
		copy[colon - arg] = '\0';
		const char *last = copy + (colon - arg) + 1;
		o->first = 0;
		o->last = UINT64_MAX;
		good = (!*copy || num_parse_u64(copy, 0, UINT32_MAX, &o->first)) &&
		       (!*last || num_parse_u64(last, 0, UINT32_MAX, &o->last)) &&
		       o->first <= o->last;
	}
	if (!good)
		cli_usage("-r: '%s' is not a range FIRST:LAST", arg);
}

static void check_options(const struct selection *s)
{
	if (!s->labels != (s->nclasses == 0))
		cli_usage("-l and -c go together");
	if (s->invert && !s->random)
		cli_usage("-v goes with -n");
	if (s->labels && strcmp(s->labels, "-") == 0)
		cli_usage("-l: the labels must be a file");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"type", required_argument, NULL, 't'},
	                                      {"range", required_argument, NULL, 'r'},
	                                      {"labels", required_argument, NULL, 'l'},
	                                      {"classes", required_argument, NULL, 'c'},
	                                      {"random", required_argument, NULL, 'n'},
	                                      {"seed", required_argument, NULL, 'S'},
	                                      {"invert", no_argument, NULL, 'v'},
	                                      {"info", no_argument, NULL, 'i'},
	                                      CLI_OPTIONS};
	struct selection *s = &o->selection;
	*o = (struct options){.type = ELEMENT_F32, .selection = {.last = UINT64_MAX}};
	for (int c; (c = getopt_long(argc, argv, "t:r:l:c:n:S:vihV", table, NULL)) != -1;) {
		switch (c) {
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		case 'r':
			parse_range(optarg, s);
			break;
		case 'l':
			s->labels = optarg;
			break;
		case 'c':
			if (!selection_parse_classes(s, optarg))
				cli_usage("-c: '%s' is not a list of classes like 3,7", optarg);
			break;
		case 'n':
			s->random = true;
			s->npicks = cli_u64("-n", optarg, 0, UINT32_MAX);
			break;
		case 'S':
			s->seed = cli_u64("-S", optarg, 0, UINT64_MAX);
			break;
		case 'v':
			s->invert = true;
			break;
		case 'i':
			o->info = true;
			break;
		default:
			cli_option(c);
		}
	}
	check_options(s);
	o->file = cli_operand(argc, argv);
}

static void print_info(const struct idx *x)
{
	printf("type\t%s\ndims\t", element_name(x->type));
	for (unsigned i = 0; i < x->rank; i++)
		printf("%s%" PRIu32, i ? "x" : "", x->dims[i]);
	printf("\nrecords\t%" PRIu64 "\nrecord_bytes\t%zu\n", x->nrecords, x->record_bytes);
}

/* Converts and writes one record, a piece at a time. Losses show when the output is closed. */
static void write_record(const struct idx *x, const unsigned char *record, enum element type)
{
	unsigned char raw[1 << 15];
	size_t piece = sizeof(raw) / element_bytes(type);
	for (size_t i = 0; i < x->record_elements; i += piece) {
		size_t n = x->record_elements - i < piece ? x->record_elements - i : piece;
		element_big_endian_to_raw(x->type, record + i * element_bytes(x->type), n, type,
		                          raw);
		fwrite(raw, element_bytes(type), n, stdout);
	}
}

static enum status write_records(struct idx *x, struct selection *s, enum element type,
                                 struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && !ferror(stdout) && idx_next(x, &batch, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n; i++) {
			bool wanted;
			if (selection_next(s, &wanted, e) != STATUS_OK)
				return e->status;
			if (wanted)
				write_record(x, batch + i * x->record_bytes, type);
		}
	}
	return n == 0 ? selection_finish(s, e) : e->status;
}

static enum status convert(struct idx *x, const struct options *o, struct error *e)
{
	struct selection selection = o->selection;
	if (o->type == ELEMENT_U8 && x->type != ELEMENT_U8)
		return error_set(e, STATUS_UNSUPPORTED, "%s records cannot be written as u8",
		                 element_name(x->type));
	if (selection_open(&selection, x->nrecords, e) == STATUS_OK)
		write_records(x, &selection, o->type, e);
	selection_release(&selection);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct idx idx = {0};
	int fd = -1, status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	if (stream_open(o.file, &fd, &e) == STATUS_OK && idx_open(&idx, fd, stdout, &e) == STATUS_OK) {
		if (o.info)
			print_info(&idx);
		else
			convert(&idx, &o, &e);
	}
	if (e.status != STATUS_OK)
		status = cli_fail(o.file, &e);
	idx_release(&idx);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
