/* nicemax: the largest, or the smallest, of the log-likelihoods of each record. */
#include "cli.h"
#include "io/input.h"
#include "io/numbers.h"
#include "option.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct program program = {
    "nicemax", "usage: nicemax [-b] [-l] [-n VIEWS] [file ...]\n",
    "Print the largest, or the smallest, number of each record: over its views, or over several "
    "models."};

struct options {
	bool binary, least;
	uint64_t nviews;
	struct input_list *files;
};

static const struct option_spec table[] = {
    {'b', "binary", NULL, "input and output are raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {'l', "least", NULL, "the smallest number, not the largest",
     OPTION_FLAG(struct options, least)},
    {'n', "views", "VIEWS",
     "consecutive numbers of each record (default: 5, or 1 with several files)",
     OPTION_COUNT(struct options, nviews, 1, UINT32_MAX)},
    {0}};

struct source {
	const char *name;
	int fd;
	struct numbers in;
	const double *values; /* have been read; those from `at` on have not been taken */
	size_t at, n;
};

/* False at the end, or after an error. */
static bool next(struct source *s, double *value, struct error *e)
{
	if (s->at == s->n) {
		s->at = s->n = 0;
		if (numbers_next(&s->in, &s->values, &s->n, e) != STATUS_OK || s->n == 0)
			return false;
	}
	*value = s->values[s->at++];
	return true;
}

/* The number of the next one that would be taken. */
static uint64_t position(const struct source *s)
{
	return s->in.nnumbers - (s->n - s->at);
}

/* The best of what has been taken of a record; nan if one of the numbers is. */
struct best {
	uint64_t n;
	double value;
};

static void add(struct best *b, double value, bool least)
{
	bool better = least ? value < b->value : value > b->value; /* false with nan */
	if (b->n++ == 0 || better || isnan(value))
		b->value = value;
}

/* The views that a file has of the next record: all of them, or, at its end, none. */
static uint64_t take(const struct options *o, struct source *s, struct best *b, struct error *e)
{
	uint64_t n = 0;
	char place[NUMBERS_PLACE];
	double value;
	for (; n < o->nviews && next(s, &value, e); n++)
		add(b, value, o->least);
	if (e->status == STATUS_OK && n > 0 && n < o->nviews) {
		numbers_place(&s->in, position(s) - n, place);
		error_set(e, STATUS_TRUNCATED,
		          "%s: unexpected end of input after %" PRIu64 " of %" PRIu64
		          " views of a record; -n is the number of views of each",
		          place, n, o->nviews);
	}
	return n;
}

/* The next record of all files; false after the last one, or after an error, which is that of the
 * file *culprit. */
static bool take_record(const struct options *o, struct source *sources, struct best *b,
                        struct source **culprit, struct error *e)
{
	struct source *ended = NULL, *longer = NULL;
	char place[NUMBERS_PLACE];
	*b = (struct best){0};
	for (size_t i = 0; i < o->files->n; i++) {
		*culprit = &sources[i];
		if (take(o, &sources[i], b, e) > 0)
			longer = &sources[i];
		else
			ended = &sources[i];
		if (e->status != STATUS_OK)
			return false;
	}
	if (ended && longer) {
		*culprit = ended;
		numbers_place(&ended->in, position(ended), place);
		error_set(e, STATUS_TRUNCATED, "%s: unexpected end of input: %.1000s has more",
		          place, cli_input_name(longer->name));
	}
	return !ended;
}

/* Opens all files: nothing is read before all are there. */
static int open_all(const struct options *o, struct source *sources)
{
	struct error e = {0};
	for (size_t i = 0; i < o->files->n; i++) {
		struct source *s = &sources[i];
		s->name = o->files->names[i];
		if (input_open(s->name, &s->fd, &e) != STATUS_OK ||
		    numbers_init(&s->in, s->fd, stdout, o->binary, &e) != STATUS_OK)
			return cli_fail(s->name, &e);
	}
	return EXIT_OK;
}

static int run(const struct options *o, struct source *sources)
{
	struct best best;
	struct source *culprit = sources;
	struct error e = {0};
	while (!ferror(stdout) && take_record(o, sources, &best, &culprit, &e))
		numbers_write(stdout, &best.value, 1, o->binary);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(culprit->name, &e);
}

static void parse_options(int argc, char **argv, struct options *o)
{
	cli_operands(argc, argv, option_parse(&program, table, argc, argv, o), o->files);
	option_check_files(table, o, o->files->names, o->files->n);
	if (o->nviews == 0)
		o->nviews = o->files->n > 1 ? 1 : 5;
}

int main(int argc, char **argv)
{
	struct input_list files = {0};
	struct options o = {.files = &files};
	struct error e = {0};
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	struct source *sources = calloc(files.n, sizeof(*sources));
	if (!sources) {
		error_memory(&e);
		return cli_finish(cli_fail(NULL, &e));
	}
	int status = open_all(&o, sources);
	if (status == EXIT_OK) {
		cli_confine(SANDBOX_CLOSED);
		status = run(&o, sources);
	}
	for (size_t i = 0; i < files.n; i++) {
		numbers_release(&sources[i].in);
		input_close(sources[i].fd);
	}
	free(sources);
	return cli_finish(status);
}
