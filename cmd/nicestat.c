/* nicestat: exact statistics of log-likelihoods, and the threshold that they set. */
#include "calibration.h"
#include "cli.h"
#include "numbers.h"
#include "stream.h"
#include "summary.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static const struct cli cli = {
    "nicestat",
    "usage: nicestat [-b] [-k K] [file ...]\n"
    "Print n, mean, stdev, min, max and the threshold mean - k stdev of a stream of numbers.\n"
    "\n"
    "  -b, --binary     the input is raw little-endian f64 instead of text\n"
    "  -k, --stdevs K   standard deviations between mean and threshold (default 3)\n"
    "  -h, --help       print this help\n"
    "  -V, --version    print the version\n"};

struct options {
	double k;
	bool binary;
};

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"binary", no_argument, NULL, 'b'},
					      {"stdevs", required_argument, NULL, 'k'},
					      CLI_OPTIONS};
	*o = (struct options){.k = 3};
	for (int c; (c = getopt_long(argc, argv, "bk:hV", table, NULL)) != -1;) {
		switch (c) {
		case 'b':
			o->binary = true;
			break;
		case 'k':
			o->k = cli_double("-k", optarg);
			break;
		default:
			cli_option(c);
		}
	}
}

static enum status add_numbers(struct summary *s, struct numbers *in, struct error *e)
{
	char place[NUMBERS_PLACE];
	const double *values;
	size_t n = 1;
	while (n > 0 && numbers_next(in, &values, &n, e) == STATUS_OK) {
		size_t added = summary_add(s, values, n);
		if (added < n) {
			numbers_place(in, in->nnumbers - n + added, place);
			return error_set(e, STATUS_MALFORMED, "%s: %s is not a finite number",
					 place,
					 isnan(values[added]) ? "nan"
					 : values[added] > 0  ? "inf"
							      : "-inf");
		}
	}
	return e->status;
}

static enum status add_file(struct summary *s, const char *path, bool binary, struct error *e)
{
	struct numbers in = {0};
	int fd = -1;
	if (stream_open(path, &fd, e) == STATUS_OK &&
	    numbers_init(&in, fd, NULL, binary, e) == STATUS_OK)
		add_numbers(s, &in, e);
	numbers_release(&in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* The threshold is what the printed mean, stdev and k give in double arithmetic. */
static enum status calibrate(const struct summary *s, double k, struct calibration *c,
			     struct error *e)
{
	if (s->sums.n < 2)
		return error_set(e, STATUS_MALFORMED, "%s: at least two are needed for a stdev",
				 s->sums.n == 0 ? "no numbers" : "only one number");
	*c = (struct calibration){.n = s->sums.n,
				  .mean = exact_mean(&s->sums),
				  .stdev = exact_stdev(&s->sums),
				  .min = s->min,
				  .max = s->max,
				  .k = k};
	c->threshold = c->mean - k * c->stdev;
	if (!isfinite(c->stdev) || !isfinite(c->threshold))
		return error_set(e, STATUS_UNSUPPORTED, "the %s is beyond the range of a double",
				 isfinite(c->stdev) ? "threshold" : "stdev");
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct summary summary;
	struct calibration calibration;
	const char *file = "-";
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	summary_init(&summary);
	int nfiles = argc - optind;
	for (int i = 0; i < (nfiles ? nfiles : 1); i++) {
		file = nfiles ? argv[optind + i] : "-";
		if (add_file(&summary, file, o.binary, &e) != STATUS_OK)
			return cli_finish(cli_fail(file, &e));
	}
	if (calibrate(&summary, o.k, &calibration, &e) != STATUS_OK)
		return cli_finish(cli_fail(nfiles > 1 ? NULL : file, &e));
	calibration_write(stdout, &calibration);
	return cli_finish(EXIT_OK);
}
