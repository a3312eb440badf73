/* nicethresh: decides by a threshold which log-likelihoods are anomalies. */
#include "calibration.h"
#include "cli.h"
#include "interval.h"
#include "num.h"
#include "numbers.h"
#include "stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_ANOMALY = 3 };

static const struct cli cli = {
    "nicethresh",
    "usage: nicethresh (-t VALUE | -c CALIBRATION) [-x normal|anomalous] [-b] [-i] [-e] [file]\n"
    "Tell anomalies, numbers strictly below a threshold, from normal ones.\n"
    "\n"
    "  -t, --threshold VALUE          the threshold\n"
    "  -c, --calibration CALIBRATION  file with the threshold, as nicestat prints it\n"
    "  -x, --expect normal|anomalous  count the errors: all data are known to be of that kind\n"
    "  -b, --binary                   the input is raw little-endian f64 instead of text\n"
    "  -i, --indices                  only the numbers, from 0, of the anomalies; with -x of the\n"
    "                                 errors\n"
    "  -e, --exit-code                exit with 3 if there was an anomaly\n"
    "  -h, --help                     print this help\n"
    "  -V, --version                  print the version\n"};

enum expectation { EXPECT_NOTHING, EXPECT_NORMAL, EXPECT_ANOMALOUS };

struct options {
	double threshold;
	bool has_threshold;
	const char *calibration;
	enum expectation expect;
	bool binary, indices, exit_code;
	const char *file;
};

static enum expectation parse_expectation(const char *arg)
{
	if (strcmp(arg, "normal") == 0)
		return EXPECT_NORMAL;
	if (strcmp(arg, "anomalous") != 0)
		cli_usage("-x: '%s' is not one of normal, anomalous", arg);
	return EXPECT_ANOMALOUS;
}

static void check_options(const struct options *o)
{
	if (o->has_threshold == (o->calibration != NULL))
		cli_usage("one of -t and -c is needed%s", o->calibration ? ", not both" : "");
	if (o->calibration && strcmp(o->calibration, "-") == 0 && strcmp(o->file, "-") == 0)
		cli_usage("-c: calibration and numbers cannot both be standard input");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"threshold", required_argument, NULL, 't'},
					      {"calibration", required_argument, NULL, 'c'},
					      {"expect", required_argument, NULL, 'x'},
					      {"binary", no_argument, NULL, 'b'},
					      {"indices", no_argument, NULL, 'i'},
					      {"exit-code", no_argument, NULL, 'e'},
					      CLI_OPTIONS};
	*o = (struct options){0};
	for (int c; (c = getopt_long(argc, argv, "t:c:x:biehV", table, NULL)) != -1;) {
		switch (c) {
		case 't':
			o->threshold = cli_double("-t", optarg);
			o->has_threshold = true;
			break;
		case 'c':
			o->calibration = optarg;
			break;
		case 'x':
			o->expect = parse_expectation(optarg);
			break;
		case 'b':
			o->binary = true;
			break;
		case 'i':
			o->indices = true;
			break;
		case 'e':
			o->exit_code = true;
			break;
		default:
			cli_option(c);
		}
	}
	o->file = cli_operand(argc, argv);
	check_options(o);
}

static enum status read_calibration(struct options *o, struct error *e)
{
	struct calibration c;
	int fd = -1;
	if (stream_open(o->calibration, &fd, e) == STATUS_OK &&
	    calibration_read(fd, &c, e) == STATUS_OK)
		o->threshold = c.threshold;
	if (fd > 0)
		close(fd);
	return e->status;
}

struct counts {
	uint64_t n, anomalies, errors;
};

static void decide(const struct options *o, double value, struct counts *counts)
{
	bool anomaly = !(value >= o->threshold); /* NaN is one, too */
	bool error = o->expect == EXPECT_NORMAL ? anomaly : !anomaly;
	if (o->indices && (o->expect == EXPECT_NOTHING ? anomaly : error)) {
		printf("%" PRIu64 "\n", counts->n);
	} else if (!o->indices && o->expect == EXPECT_NOTHING) {
		char text[NUM_TEXT];
		num_format_double(value, text);
		printf("%s\t%s\n", text, anomaly ? "anomaly" : "normal");
	}
	counts->n++;
	counts->anomalies += anomaly;
	counts->errors += error;
}

static enum status decide_all(const struct options *o, struct numbers *in, struct counts *counts,
			      struct error *e)
{
	const double *values;
	size_t n = 1;
	while (n > 0 && !ferror(stdout) && numbers_next(in, &values, &n, e) == STATUS_OK)
		for (size_t i = 0; i < n; i++)
			decide(o, values[i], counts);
	return e->status;
}

static void print_errors(const struct options *o, const struct counts *c)
{
	struct interval i = interval_clopper_pearson(c->errors, c->n, 0.95);
	double rate = c->n > 0 ? (double)c->errors / (double)c->n : (double)NAN;
	printf("%" PRIu64 " type %s errors among %" PRIu64 " data\n", c->errors,
	       o->expect == EXPECT_NORMAL ? "I" : "II", c->n);
	printf("rate %.4g, 95 %% interval %.4g to %.4g\n", rate, i.low, i.high);
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct numbers in = {0};
	struct counts counts = {0};
	int fd = -1, status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	if (o.calibration && read_calibration(&o, &e) != STATUS_OK)
		return cli_finish(cli_fail(o.calibration, &e));
	if (stream_open(o.file, &fd, &e) == STATUS_OK &&
	    numbers_init(&in, fd, stdout, o.binary, &e) == STATUS_OK)
		decide_all(&o, &in, &counts, &e);
	if (e.status != STATUS_OK)
		status = cli_fail(o.file, &e);
	else if (o.expect != EXPECT_NOTHING && !o.indices)
		print_errors(&o, &counts);
	if (status == EXIT_OK && o.exit_code && counts.anomalies > 0)
		status = EXIT_ANOMALY;
	numbers_release(&in);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
