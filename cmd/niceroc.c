/* niceroc: how well log-likelihoods tell anomalous from normal data, over all thresholds. */
#include "cli.h"
#include "num.h"
#include "roc.h"
#include "sample.h"
#include "stream.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_CURVE = 256 };

static const struct cli cli = {
    "niceroc",
    "usage: niceroc [-b] [--curve] NORMAL ANOMALOUS\n"
    "Print AUROC and its relatives for the log-likelihoods of normal and of anomalous data.\n"
    "\n"
    "      --curve    print the curve instead: false and true positive rate, threshold\n"
    "  -b, --binary   the input is raw little-endian f64 instead of text\n"
    "  -h, --help     print this help\n"
    "  -V, --version  print the version\n"};

struct options {
	bool binary, curve;
	const char *normal, *anomalous;
};

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"binary", no_argument, NULL, 'b'},
					      {"curve", no_argument, NULL, OPTION_CURVE},
					      CLI_OPTIONS};
	*o = (struct options){0};
	for (int c; (c = getopt_long(argc, argv, "bhV", table, NULL)) != -1;) {
		switch (c) {
		case 'b':
			o->binary = true;
			break;
		case OPTION_CURVE:
			o->curve = true;
			break;
		default:
			cli_option(c);
		}
	}
	if (argc - optind != 2)
		cli_usage("two files are needed, NORMAL and ANOMALOUS");
	o->normal = argv[optind];
	o->anomalous = argv[optind + 1];
	if (strcmp(o->normal, "-") == 0 && strcmp(o->anomalous, "-") == 0)
		cli_usage("only one of the files can be standard input");
}

/* Reads a file into a sorted sample; tells what is wrong. */
static int read_file(const char *path, bool binary, struct sample *sample)
{
	struct error e = {0};
	int fd = -1;
	if (stream_open(path, &fd, &e) == STATUS_OK &&
	    sample_read(sample, fd, binary, &e) == STATUS_OK && sample->n == 0)
		error_set(&e, STATUS_MALFORMED, "no numbers");
	if (fd > 0)
		close(fd);
	if (e.status != STATUS_OK)
		return cli_fail(path, &e);
	sample_sort(sample);
	return EXIT_OK;
}

static void print_number(const char *name, double value)
{
	char text[NUM_TEXT];
	num_format_double(value, text);
	printf("%s\t%s\n", name, text);
}

static void print_roc(const struct sample *normal, const struct sample *anomalous)
{
	struct roc r;
	roc_compute(normal, anomalous, &r);
	printf("normal\t%zu\nanomalous\t%zu\n", normal->n, anomalous->n);
	print_number("auroc", r.auroc);
	print_number("auroc_low", r.auroc_low);
	print_number("auroc_high", r.auroc_high);
	print_number("aupr_anomalous", r.aupr_anomalous);
	print_number("aupr_normal", r.aupr_normal);
	print_number("fpr95_anomalous", r.fpr95_anomalous);
	print_number("fpr95_normal", r.fpr95_normal);
	print_number("detection_error", r.detection_error);
	print_number("threshold", r.threshold);
}

static void print_point(const struct roc_walk *w)
{
	char fpr[NUM_TEXT], tpr[NUM_TEXT], threshold[NUM_TEXT];
	num_format_double((double)w->false_positives / (double)w->normal->n, fpr);
	num_format_double((double)w->true_positives / (double)w->anomalous->n, tpr);
	num_format_double(roc_threshold(w), threshold);
	printf("%s\t%s\t%s\n", fpr, tpr, threshold);
}

static void print_curve(const struct sample *normal, const struct sample *anomalous)
{
	struct roc_walk walk = {.normal = normal, .anomalous = anomalous};
	do
		print_point(&walk);
	while (!ferror(stdout) && roc_next(&walk));
}

int main(int argc, char **argv)
{
	struct options o;
	struct sample normal = {0}, anomalous = {0};
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	int status = read_file(o.normal, o.binary, &normal);
	if (status == EXIT_OK)
		status = read_file(o.anomalous, o.binary, &anomalous);
	if (status == EXIT_OK && o.curve)
		print_curve(&normal, &anomalous);
	else if (status == EXIT_OK)
		print_roc(&normal, &anomalous);
	sample_release(&anomalous);
	sample_release(&normal);
	return cli_finish(status);
}
