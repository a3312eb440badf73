/* nicethresh: decides which log-likelihoods are anomalies: by a threshold, or by their p-values. */
#include "calibration.h"
#include "cli.h"
#include "conformal.h"
#include "confusion.h"
#include "labels.h"
#include "num.h"
#include "numbers.h"
#include "report.h"
#include "sample.h"
#include "stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_ANOMALY = 3 };
enum { OPTION_ALPHA = 256, OPTION_FDR, OPTION_LABELS, OPTION_TWO_SIDED };

static const struct cli cli = {
    "nicethresh",
    "usage: nicethresh (-t VALUE [-u UPPER] | -c CALIBRATION) [-p SCORES]\n"
    "                  [-x normal|anomalous | --labels LABELS] [-b] [-e] [-i] [file]\n"
    "       nicethresh -p SCORES (--alpha A | --fdr Q) [--two-sided] ...\n"
    "Tell anomalies from normal numbers: those strictly below a threshold, or of small p-values.\n"
    "\n"
    "  -t, --threshold VALUE          the threshold\n"
    "  -u, --upper UPPER              numbers strictly above are anomalies, too\n"
    "  -c, --calibration CALIBRATION  file with the threshold, as nicestat prints it\n"
    "  -p, --p-values SCORES          file of the calibration's numbers: print p-values, too\n"
    "      --alpha A                  anomalies are the p-values up to A\n"
    "      --fdr Q                    anomalies are as many as keep the false discovery rate at Q\n"
    "                                 or less; keeps all numbers in memory\n"
    "      --two-sided                these two: numbers that are too great are anomalies, too\n"
    "  -x, --expect normal|anomalous  count the errors: all data are known to be of that kind\n"
    "      --labels LABELS            file of 0 (normal) and 1 (anomalous): print the confusion\n"
    "                                 table and its ratios\n"
    "  -b, --binary                   numbers are raw little-endian f64 instead of text\n"
    "  -i, --indices                  only the numbers, from 0, of the anomalies; with -x or\n"
    "                                 --labels of the errors\n"
    "  -e, --exit-code                exit with 3 if there was an anomaly\n"
    "  -h, --help                     print this help\n"
    "  -V, --version                  print the version\n"};

enum expectation { EXPECT_NOTHING, EXPECT_NORMAL, EXPECT_ANOMALOUS };

struct options {
	struct calibration bounds; /* of -t and -u */
	bool has_threshold;
	double alpha, fdr; /* 0: not asked for */
	bool two_sided;
	enum expectation expect;
	bool binary, indices, exit_code;
	const char *calibration, *scores, *labels, *file;
};

static enum expectation parse_expectation(const char *arg)
{
	if (strcmp(arg, "normal") == 0)
		return EXPECT_NORMAL;
	if (strcmp(arg, "anomalous") != 0)
		cli_usage("-x: '%s' is not one of normal, anomalous", arg);
	return EXPECT_ANOMALOUS;
}

static double parse_level(const char *option, const char *arg)
{
	double level;
	if (!num_parse_double(arg, strlen(arg), &level) || !(level > 0 && level < 1))
		cli_usage("%s: '%s' is not a number between 0 and 1", option, arg);
	return level;
}

static void check_input(const struct options *o)
{
	const char *files[] = {o->calibration, o->scores, o->labels, o->file};
	int nstandard = 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		nstandard += files[i] && strcmp(files[i], "-") == 0;
	if (nstandard > 1)
		cli_usage("only one of the files can be standard input");
}

static void check_options(const struct options *o)
{
	bool by_p = o->alpha > 0 || o->fdr > 0;
	int nrules = o->has_threshold + (o->calibration != NULL) + (o->alpha > 0) + (o->fdr > 0);
	if (nrules != 1)
		cli_usage("one of -t, -c, --alpha and --fdr is needed%s",
			  nrules > 1 ? ", and one only" : "");
	if (by_p && !o->scores)
		cli_usage("%s needs -p", o->alpha > 0 ? "--alpha" : "--fdr");
	if (isfinite(o->bounds.upper) && !o->has_threshold)
		cli_usage("-u goes with -t only");
	if (o->has_threshold && o->bounds.upper < o->bounds.threshold)
		cli_usage("-u: the upper bound is below the threshold");
	if (o->two_sided && !by_p)
		cli_usage("--two-sided goes with --alpha and --fdr; -u makes -t two-sided");
	if (o->labels && o->expect != EXPECT_NOTHING)
		cli_usage("-x and --labels are not for the same data");
	if (o->scores && !by_p && (o->labels || o->indices || o->expect != EXPECT_NOTHING))
		cli_usage(
		    "-p adds a column to the verdicts, which -x, --labels and -i do not print");
	check_input(o);
}

static void parse_option(int c, struct options *o)
{
	switch (c) {
	case 't':
		o->bounds.threshold = cli_double("-t", optarg);
		o->has_threshold = true;
		break;
	case 'u':
		o->bounds.upper = cli_double("-u", optarg);
		break;
	case 'c':
		o->calibration = optarg;
		break;
	case 'p':
		o->scores = optarg;
		break;
	case OPTION_ALPHA:
		o->alpha = parse_level("--alpha", optarg);
		break;
	case OPTION_FDR:
		o->fdr = parse_level("--fdr", optarg);
		break;
	case OPTION_TWO_SIDED:
		o->two_sided = true;
		break;
	case 'x':
		o->expect = parse_expectation(optarg);
		break;
	case OPTION_LABELS:
		o->labels = optarg;
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

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"threshold", required_argument, NULL, 't'},
					      {"upper", required_argument, NULL, 'u'},
					      {"calibration", required_argument, NULL, 'c'},
					      {"p-values", required_argument, NULL, 'p'},
					      {"alpha", required_argument, NULL, OPTION_ALPHA},
					      {"fdr", required_argument, NULL, OPTION_FDR},
					      {"two-sided", no_argument, NULL, OPTION_TWO_SIDED},
					      {"expect", required_argument, NULL, 'x'},
					      {"labels", required_argument, NULL, OPTION_LABELS},
					      {"binary", no_argument, NULL, 'b'},
					      {"indices", no_argument, NULL, 'i'},
					      {"exit-code", no_argument, NULL, 'e'},
					      CLI_OPTIONS};
	*o = (struct options){.bounds = {.upper = INFINITY, .promised = NAN}};
	for (int c; (c = getopt_long(argc, argv, "t:u:c:p:x:biehV", table, NULL)) != -1;)
		parse_option(c, o);
	o->file = cli_operand(argc, argv);
	check_options(o);
}

/* How it is decided. */
struct detector {
	struct calibration bounds;
	struct conformal conformal;
	bool by_p;
	uint64_t cut; /* by_p: the greatest rank of an anomaly */
};

static int read_calibration(const char *path, struct calibration *c)
{
	struct error e = {0};
	int fd = -1;
	if (stream_open(path, &fd, &e) == STATUS_OK)
		calibration_read(fd, c, &e);
	if (fd > 0)
		close(fd);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(path, &e);
}

/* Refuses scores of which no p-value can be as small as asked for: nothing would ever be found. */
static int read_scores(const struct options *o, struct conformal *c)
{
	struct error e = {0};
	int fd = -1;
	if (stream_open(o->scores, &fd, &e) == STATUS_OK)
		sample_read(&c->calibration, fd, o->binary, &e);
	if (fd > 0)
		close(fd);
	double least = conformal_p(c, conformal_least_rank(c));
	double level = o->alpha > 0 ? o->alpha : o->fdr;
	if (c->calibration.n == 0)
		error_set(&e, STATUS_MALFORMED, "no numbers");
	else if (level > 0 && least > level)
		error_set(&e, STATUS_MISMATCH,
			  "%zu numbers are too few for %s %g: no p-value is below %.3g",
			  c->calibration.n, o->alpha > 0 ? "--alpha" : "--fdr", level, least);
	if (e.status != STATUS_OK)
		return cli_fail(o->scores, &e);
	sample_sort(&c->calibration);
	return EXIT_OK;
}

static int make_detector(const struct options *o, struct detector *d)
{
	*d = (struct detector){.bounds = o->bounds, .by_p = o->alpha > 0 || o->fdr > 0};
	if (o->calibration && read_calibration(o->calibration, &d->bounds) != EXIT_OK)
		return EXIT_BAD;
	d->conformal.two_sided = d->by_p ? o->two_sided : isfinite(d->bounds.upper);
	if (o->scores && read_scores(o, &d->conformal) != EXIT_OK)
		return EXIT_BAD;
	if (o->alpha > 0) {
		d->cut = conformal_cut(&d->conformal, o->alpha);
		d->bounds.promised = o->alpha;
	}
	return EXIT_OK;
}

/* NaN is an anomaly, too. */
static bool is_anomaly(const struct detector *d, double value, uint64_t rank)
{
	if (d->by_p)
		return rank <= d->cut;
	return !(value >= d->bounds.threshold && value <= d->bounds.upper);
}

struct run {
	const struct options *o;
	struct detector detector;
	struct labels labels;
	struct confusion confusion; /* where the kind of the data is known */
	uint64_t n, anomalies;
	struct error e;
	const char *culprit; /* the file that e is about */
};

static bool kind_is_known(const struct options *o)
{
	return o->labels || o->expect != EXPECT_NOTHING;
}

static void put_number(double value)
{
	char text[NUM_TEXT];
	size_t length = num_format_double(value, text);
	fwrite(text, 1, length, stdout);
}

static void print_verdict(const struct run *r, double value, bool anomaly, uint64_t rank)
{
	put_number(value);
	fputs(anomaly ? "\tanomaly" : "\tnormal", stdout);
	if (r->o->scores) {
		putchar('\t');
		put_number(conformal_p(&r->detector.conformal, rank));
	}
	putchar('\n');
}

static void decide(struct run *r, double value)
{
	bool anomalous = r->o->expect == EXPECT_ANOMALOUS, known = kind_is_known(r->o);
	uint64_t rank = r->o->scores ? conformal_rank(&r->detector.conformal, value) : 0;
	bool anomaly = is_anomaly(&r->detector, value, rank);
	if (r->o->labels && labels_next(&r->labels, &anomalous, &r->e) != STATUS_OK) {
		r->culprit = r->o->labels;
		return;
	}
	if (known)
		confusion_add(&r->confusion, anomalous, anomaly);
	if (r->o->indices && (known ? anomaly != anomalous : anomaly))
		printf("%" PRIu64 "\n", r->n);
	else if (!r->o->indices && !known)
		print_verdict(r, value, anomaly, rank);
	r->n++;
	r->anomalies += anomaly;
}

static void decide_each(struct run *r, int fd)
{
	struct numbers in = {0};
	const double *values;
	size_t n = 1;
	numbers_init(&in, fd, stdout, r->o->binary, &r->e);
	while (r->e.status == STATUS_OK && n > 0 && !ferror(stdout) &&
	       numbers_next(&in, &values, &n, &r->e) == STATUS_OK)
		for (size_t i = 0; i < n && r->e.status == STATUS_OK; i++)
			decide(r, values[i]);
	numbers_release(&in);
}

/* Which p-values are small enough depends on all of them. */
static void decide_together(struct run *r, int fd)
{
	struct sample all = {0};
	struct detector *d = &r->detector;
	if (sample_read(&all, fd, r->o->binary, &r->e) == STATUS_OK)
		conformal_fdr_cut(&d->conformal, all.values, all.n, r->o->fdr, &d->cut, &r->e);
	for (size_t i = 0; i < all.n && r->e.status == STATUS_OK; i++)
		decide(r, all.values[i]);
	sample_release(&all);
}

static void decide_all(struct run *r)
{
	int fd = -1;
	r->culprit = r->o->labels;
	if (r->o->labels && labels_open(&r->labels, r->o->labels, &r->e) != STATUS_OK)
		return;
	r->culprit = r->o->file;
	if (stream_open(r->o->file, &fd, &r->e) != STATUS_OK)
		return;
	if (r->o->fdr > 0)
		decide_together(r, fd);
	else
		decide_each(r, fd);
	if (fd > 0)
		close(fd);
	if (r->e.status == STATUS_OK && r->o->labels &&
	    labels_finish(&r->labels, &r->e) != STATUS_OK)
		r->culprit = r->o->labels;
}

static void print_errors(const struct run *r)
{
	bool normal = r->o->expect == EXPECT_NORMAL;
	struct share rate = normal ? confusion_false_positive_rate(&r->confusion)
				   : confusion_false_negative_rate(&r->confusion);
	printf("%" PRIu64 " type %s errors among %" PRIu64 " data\n",
	       confusion_errors(&r->confusion), normal ? "I" : "II", r->n);
	printf("rate %.4g, 95 %% interval %.4g to %.4g", rate.value, rate.interval.low,
	       rate.interval.high);
	if (normal && !isnan(r->detector.bounds.promised))
		printf(", promised %.4g", r->detector.bounds.promised);
	putchar('\n');
}

static void add_share(struct report *t, const char *name, struct share s)
{
	char end[REPORT_NAME];
	report_number(t, name, s.value);
	snprintf(end, sizeof(end), "%s_low", name);
	report_number(t, end, s.interval.low);
	snprintf(end, sizeof(end), "%s_high", name);
	report_number(t, end, s.interval.high);
}

static void print_confusion(const struct run *r)
{
	struct report t = {0};
	const struct confusion *c = &r->confusion;
	report_count(&t, "normal", confusion_normal(c));
	report_count(&t, "anomalous", confusion_anomalous(c));
	report_count(&t, "true_positives", c->true_positives);
	report_count(&t, "false_positives", c->false_positives);
	report_count(&t, "true_negatives", c->true_negatives);
	report_count(&t, "false_negatives", c->false_negatives);
	add_share(&t, "precision", confusion_precision(c));
	add_share(&t, "recall", confusion_recall(c));
	add_share(&t, "false_positive_rate", confusion_false_positive_rate(c));
	if (!isnan(r->detector.bounds.promised))
		report_number(&t, "promised", r->detector.bounds.promised);
	report_number(&t, "f1", confusion_f1(c));
	report_number(&t, "balanced_accuracy", confusion_balanced_accuracy(c));
	report_write(&t, stdout);
}

static int end_run(const struct run *r)
{
	if (r->e.status != STATUS_OK)
		return cli_fail(r->culprit, &r->e);
	if (r->o->labels && !r->o->indices)
		print_confusion(r);
	else if (r->o->expect != EXPECT_NOTHING && !r->o->indices)
		print_errors(r);
	return r->o->exit_code && r->anomalies > 0 ? EXIT_ANOMALY : EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options o;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	struct run run = {.o = &o};
	int status = make_detector(&o, &run.detector);
	if (status == EXIT_OK) {
		decide_all(&run);
		status = end_run(&run);
	}
	labels_release(&run.labels);
	sample_release(&run.detector.conformal.calibration);
	return cli_finish(status);
}
