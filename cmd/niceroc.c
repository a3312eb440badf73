/* niceroc: how well log-likelihoods separate anomalous from normal data, over all thresholds. */
#include "base/decimal.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "stats/sample.h"
#include "verdict/roc.h"

#include <math.h>
#include <stdio.h>

static const struct program program = {
    "niceroc", "usage: niceroc [-b] [--curve] NORMAL ANOMALOUS\n",
    "Print AUROC and related figures for the log-likelihoods of normal and of anomalous data."};

struct options {
	bool binary, curve;
	const char *normal, *anomalous;
};

static const struct option_spec table[] = {
    {0, "curve", NULL, "print the curve instead: false and true positive rate, threshold",
     OPTION_FLAG(struct options, curve)},
    {'b', "binary", NULL, "the input is raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){0};
	int first = option_parse(&program, table, argc, argv, o);
	if (argc - first != 2)
		cli_usage("expected two operands: NORMAL and ANOMALOUS");
	o->normal = argv[first];
	o->anomalous = argv[first + 1];
	option_check_files(table, o, (const char *[]){o->normal, o->anomalous}, 2);
}

/* Reads a file into a sorted sample. */
static int read_file(const char *path, bool binary, struct sample *sample)
{
	struct error e = {0};
	int fd = -1;
	if (input_open(path, &fd, &e) == STATUS_OK &&
	    sample_read(sample, fd, binary, &e) == STATUS_OK && sample->n == 0)
		error_set(&e, STATUS_MALFORMED, "no numbers");
	sample_sort(sample);
	cli_warn_if_most(path, sample_below(sample, -INFINITY), sample->n, "numbers are nan");
	return cli_close_input(path, fd, &e);
}

static void print_number(const char *name, double value)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(value, text);
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
	char fpr[DECIMAL_TEXT], tpr[DECIMAL_TEXT], threshold[DECIMAL_TEXT];
	decimal_format_double((double)w->false_positives / (double)w->normal->n, fpr);
	decimal_format_double((double)w->true_positives / (double)w->anomalous->n, tpr);
	decimal_format_double(roc_threshold(w), threshold);
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
	cli_start(&program, argv);
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
