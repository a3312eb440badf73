/* nicemax: the largest of each so many log-likelihoods in a row. */
#include "cli.h"
#include "io/input.h"
#include "io/numbers.h"
#include "option.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const struct program program = {
    "nicemax", "usage: nicemax [-b] [-n VIEWS] [file]\n",
    "Print the largest of each VIEWS numbers: the best view of each record, after rawshift."};

struct options {
	bool binary;
	uint64_t nviews;
	const char *file;
};

static const struct option_spec table[] = {
    {'b', "binary", NULL, "input and output are raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {'n', "views", "VIEWS", "numbers in a row that are of one record (default: 5)",
     OPTION_COUNT(struct options, nviews, 1, UINT32_MAX)},
    {0}};

/* The views of a record that have been read. */
struct best {
	uint64_t nviews; /* 0: of the next record none has */
	double value;    /* nan if one of them is */
};

static double larger(double a, double b)
{
	return isnan(a) || b <= a ? a : b;
}

/* Takes n numbers, and writes the largest of each record that ends among them. */
static void take(const struct options *o, struct best *b, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		b->value = b->nviews == 0 ? values[i] : larger(b->value, values[i]);
		if (++b->nviews == o->nviews) {
			numbers_write(stdout, &b->value, 1, o->binary);
			b->nviews = 0;
		}
	}
}

static int run(const struct options *o, int fd)
{
	struct numbers in = {0};
	struct best best = {0};
	struct error e = {0};
	const double *values;
	char place[NUMBERS_PLACE];
	size_t n = 1;
	numbers_init(&in, fd, stdout, o->binary, &e);
	while (e.status == STATUS_OK && n > 0 && !ferror(stdout) &&
	       numbers_next(&in, &values, &n, &e) == STATUS_OK)
		take(o, &best, values, n);
	if (e.status == STATUS_OK && n == 0 && best.nviews > 0) {
		numbers_place(&in, in.nnumbers - best.nviews, place);
		error_set(&e, STATUS_TRUNCATED,
		          "%s: unexpected end of input after %" PRIu64 " of %" PRIu64
		          " views of a record; -n is the number of views of each",
		          place, best.nviews, o->nviews);
	}
	numbers_release(&in);
	return cli_close_input(o->file, fd, &e);
}

int main(int argc, char **argv)
{
	struct options o = {.nviews = 5};
	struct error e = {0};
	int fd = -1;
	cli_start(&program, argv);
	o.file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, &o));
	option_check_files(table, &o, (const char *[]){o.file}, 1);
	if (input_open(o.file, &fd, &e) != STATUS_OK)
		return cli_finish(cli_fail(o.file, &e));
	cli_confine(SANDBOX_CLOSED);
	return cli_finish(run(&o, fd));
}
