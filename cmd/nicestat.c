/* nicestat: exact statistics of log-likelihoods, and the threshold that they set. */
#include "cli.h"
#include "num.h"
#include "numbers.h"
#include "report.h"
#include "sample.h"
#include "stream.h"
#include "summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_QUANTILES = 100 };

static const struct cli cli = {
    "nicestat",
    "usage: nicestat [-bs] [-k K] [-q P,P,...] [file ...]\n"
    "       nicestat -m [-s] [-k K] [file ...]\n"
    "Print n, mean, stdev, min, max and the threshold mean - k stdev of a stream of numbers.\n"
    "\n"
    "  -b, --binary             the input is raw little-endian f64 instead of text\n"
    "  -k, --stdevs K           standard deviations between mean and threshold (default 3)\n"
    "  -m, --merge              the input is states of -s, to be merged\n"
    "  -q, --quantiles P,P,...  exact quantiles, too; keeps all numbers in memory\n"
    "  -s, --state              print a state to be merged instead\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	double k;
	bool has_k, binary, state, merge;
	double p[MAX_QUANTILES];
	size_t nquantiles;
	int nfiles;
	char **files;
};

/* What is gathered from the files. */
struct gathered {
	struct summary summary;
	struct sample sample; /* only for quantiles */
};

static void add_quantile(struct options *o, const char *text, size_t length)
{
	double p;
	if (!num_parse_double(text, length, &p) || !(p >= 0 && p <= 1))
		cli_usage("-q: '%.*s' is not a number from 0 to 1", (int)length, text);
	for (size_t i = 0; i < o->nquantiles; i++)
		if (o->p[i] == p)
			cli_usage("-q: '%.*s' is there twice", (int)length, text);
	if (o->nquantiles == MAX_QUANTILES)
		cli_usage("-q: more than %d quantiles", MAX_QUANTILES);
	o->p[o->nquantiles++] = p + 0.0;
}

static void parse_quantiles(struct options *o, const char *arg)
{
	const char *comma;
	for (; (comma = strchr(arg, ',')); arg = comma + 1)
		add_quantile(o, arg, (size_t)(comma - arg));
	add_quantile(o, arg, strlen(arg));
}

static void check_options(const struct options *o)
{
	if (o->merge && o->binary)
		cli_usage("-m: states are text, -b is for numbers");
	if ((o->merge || o->state) && o->nquantiles > 0)
		cli_usage("-q does not go with -m or -s: states know no quantiles");
	if (o->state && o->has_k)
		cli_usage("-k does not go with -s: states know no threshold");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
	    {"binary", no_argument, NULL, 'b'}, {"stdevs", required_argument, NULL, 'k'},
	    {"merge", no_argument, NULL, 'm'},  {"quantiles", required_argument, NULL, 'q'},
	    {"state", no_argument, NULL, 's'},  CLI_OPTIONS};
	static char dash[] = "-", *standard_input[] = {dash};
	*o = (struct options){.k = 3};
	for (int c; (c = getopt_long(argc, argv, "bk:mq:shV", table, NULL)) != -1;) {
		switch (c) {
		case 'b':
			o->binary = true;
			break;
		case 'k':
			o->k = cli_double("-k", optarg);
			o->has_k = true;
			break;
		case 'm':
			o->merge = true;
			break;
		case 'q':
			parse_quantiles(o, optarg);
			break;
		case 's':
			o->state = true;
			break;
		default:
			cli_option(c);
		}
	}
	check_options(o);
	o->nfiles = optind < argc ? argc - optind : 1;
	o->files = optind < argc ? argv + optind : standard_input;
}

static enum status add_numbers(struct gathered *g, const struct options *o, struct numbers *in,
			       struct error *e)
{
	char place[NUMBERS_PLACE];
	const double *values;
	size_t n = 1;
	while (n > 0 && numbers_next(in, &values, &n, e) == STATUS_OK) {
		size_t added = summary_add(&g->summary, values, n);
		if (added < n) {
			numbers_place(in, in->nnumbers - n + added, place);
			return error_set(e, STATUS_MALFORMED, "%s: %s is not a finite number",
					 place,
					 isnan(values[added]) ? "nan"
					 : values[added] > 0  ? "inf"
							      : "-inf");
		}
		if (o->nquantiles > 0 && sample_add(&g->sample, values, n, e) != STATUS_OK)
			return e->status;
	}
	return e->status;
}

static enum status add_states(struct summary *s, FILE *f, struct error *e)
{
	struct summary state;
	uint64_t line = 0;
	bool end = false;
	while (summary_read(&state, f, &line, &end, e) == STATUS_OK && !end)
		if (!summary_merge(s, &state))
			return error_set(e, STATUS_UNSUPPORTED, "more than 2^64 numbers");
	if (e->status == STATUS_OK && line == 0)
		error_set(e, STATUS_TRUNCATED, "no state in it");
	return e->status;
}

static enum status merge_file(struct gathered *g, int fd, struct error *e)
{
	FILE *f = fdopen(fd > 0 ? fd : dup(fd), "r"); /* standard input stays */
	if (!f) {
		errno = errno == EINVAL ? EBADF : errno; /* fdopen's word for what cannot be read */
		error_system(e, "cannot read");
		close(fd);
		return e->status;
	}
	add_states(&g->summary, f, e);
	fclose(f);
	return e->status;
}

static enum status add_file(struct gathered *g, const struct options *o, const char *path,
			    struct error *e)
{
	struct numbers in = {0};
	int fd;
	if (stream_open(path, &fd, e) != STATUS_OK)
		return e->status;
	if (o->merge)
		return merge_file(g, fd, e);
	if (numbers_init(&in, fd, NULL, o->binary, e) == STATUS_OK)
		add_numbers(g, o, &in, e);
	numbers_release(&in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* What the numbers are described by. */
struct moments {
	double mean, stdev;
};

static enum status describe(const struct summary *s, struct moments *m, struct error *e)
{
	if (s->sums.n < 2)
		return error_set(e, STATUS_MALFORMED, "%s: at least two are needed for a stdev",
				 s->sums.n == 0 ? "no numbers" : "only one number");
	*m = (struct moments){exact_mean(&s->sums), exact_stdev(&s->sums)};
	if (!isfinite(m->stdev))
		return error_set(e, STATUS_UNSUPPORTED, "the stdev is beyond the range of a double");
	return STATUS_OK;
}

static void report_quantiles(struct report *r, struct sample *sample, const struct options *o)
{
	char p[NUM_TEXT], name[REPORT_NAME];
	if (o->nquantiles > 0)
		sample_sort(sample);
	for (size_t i = 0; i < o->nquantiles; i++) {
		num_format_double(o->p[i], p);
		snprintf(name, sizeof(name), "quantile:%s", p);
		report_number(r, name, sample_quantile(sample, o->p[i]));
	}
}

/* The threshold is what the printed mean, stdev and k give in double arithmetic. */
static enum status report_threshold(struct report *r, const struct moments *m, double k,
				    struct error *e)
{
	char text[NUM_TEXT], method[NUM_TEXT + 16];
	double threshold = m->mean - k * m->stdev;
	if (!isfinite(threshold))
		return error_set(e, STATUS_UNSUPPORTED,
				 "the threshold is beyond the range of a double");
	num_format_double(k, text);
	snprintf(method, sizeof(method), "sigma:%s", text);
	report_text(r, "method", method);
	report_number(r, "k", k);
	report_number(r, "promised", erfc(k / sqrt(2)) / 2);
	report_text(r, "version", NICETOOLS_VERSION);
	report_number(r, "threshold", threshold);
	return STATUS_OK;
}

static enum status print(struct gathered *g, const struct options *o, struct error *e)
{
	struct report r = {0};
	struct moments m = {0};
	if (o->state) {
		summary_write(&g->summary, stdout);
		return STATUS_OK;
	}
	if (describe(&g->summary, &m, e) != STATUS_OK)
		return e->status;
	report_count(&r, "n", g->summary.sums.n);
	report_number(&r, "mean", m.mean);
	report_number(&r, "stdev", m.stdev);
	report_number(&r, "min", g->summary.min);
	report_number(&r, "max", g->summary.max);
	report_quantiles(&r, &g->sample, o);
	if (report_threshold(&r, &m, o->k, e) == STATUS_OK)
		report_write(&r, stdout);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct gathered g = {0};
	const char *file = NULL;
	int status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	summary_init(&g.summary);
	for (int i = 0; i < o.nfiles && e.status == STATUS_OK; i++) {
		file = o.files[i];
		add_file(&g, &o, file, &e);
	}
	if (e.status != STATUS_OK)
		status = cli_fail(file, &e);
	else if (print(&g, &o, &e) != STATUS_OK)
		status = cli_fail(o.nfiles > 1 ? NULL : file, &e);
	sample_release(&g.sample);
	return cli_finish(status);
}
