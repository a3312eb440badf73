/* The options of nicethresh. */
#include "nicethresh.h"

#include "base/decimal.h"
#include "option.h"

#include <math.h>
#include <string.h>

enum { MAX_WINDOW = 1 << 30 };

const struct program nicethresh_program = {
    "nicethresh",
    "usage: nicethresh (-t VALUE [-u UPPER] | -c CALIBRATION [-m MODEL] [-S SEED])\n"
    "                  [-p SCORES] [--precision f32|bf16] [-x normal|anomalous |\n"
    "                  --labels LABELS] [-b] [-e] [-i] [--first N] [file ...]\n"
    "       nicethresh -p SCORES (--alpha A | --fdr Q [--window N]) [--two-sided] ...\n"
    "       nicethresh -s [--shard I/N] (-x normal|anomalous | --labels LABELS) ...\n"
    "       nicethresh --merge [-s] [-e] [file ...]\n"
    "       nicethresh --paste TABLE [-F SEP] [--no-header] [--only anomalies] ...\n",
    "Detect anomalies: numbers strictly below a threshold, or with small p-values."};

static double parse_level(const char *option, const char *arg)
{
	double level;
	if (!decimal_parse_double(arg, strlen(arg), &level) || !(level > 0 && level < 1))
		cli_usage("%s: '%s' is not a number between 0 and 1", option, arg);
	return level;
}

static void parse_alpha(const char *option, const char *arg, void *options)
{
	((struct options *)options)->alpha = parse_level(option, arg);
}

static void parse_fdr(const char *option, const char *arg, void *options)
{
	((struct options *)options)->fdr = parse_level(option, arg);
}

static void parse_separator(const char *option, const char *arg, void *options)
{
	if (!csv_parse_separator(arg, &((struct options *)options)->separator))
		cli_usage("%s: '%s' is not a separator, such as ';' or tab", option, arg);
}

static void parse_seed(const char *option, const char *arg, void *options)
{
	struct options *o = options;
	o->mixed = true;
	o->seed = option_count(option, arg, 0, UINT64_MAX);
}

static const struct option_choice onlies[] = {{"anomalies", ONLY_ANOMALIES}, {0}};
static const struct option_choice expectations[] = {
    {"normal", EXPECT_NORMAL}, {"anomalous", EXPECT_ANOMALOUS}, {0}};

static const struct option_spec table[] = {
    {'t', "threshold", "VALUE", "the threshold",
     OPTION_REAL(struct options, bounds.threshold, -INFINITY, INFINITY)},
    {'u', "upper", "UPPER", "numbers strictly above UPPER are anomalies as well",
     OPTION_REAL(struct options, bounds.upper, -INFINITY, INFINITY)},
    {'c', "calibration", "CALIBRATION", "take the threshold from a calibration printed by nicestat",
     OPTION_INPUT(struct options, calibration)},
    {'S', "seed", "SEED",
     "with -c: decide by the mixture of the calibration, drawing a threshold for each number",
     OPTION_CUSTOM(parse_seed)},
    {0, "first", "N", "index of the first number (default 0)",
     OPTION_COUNT(struct options, first, 0, UINT64_MAX / 2)},
    {'m', "model", "MODEL", "refuse a calibration that was made with another model than this",
     OPTION_INPUT(struct options, model)},
    OPTION_NO_MAP(struct options, way),
    {0, "precision", "f32|bf16", "with -m: precision of the log-likelihoods (default f32)",
     OPTION_CHOICE(struct options, precision, option_precisions)},
    {'p', "p-values", "SCORES", "file of calibration scores: also print p-values",
     OPTION_INPUT(struct options, scores)},
    {0, "alpha", "A", "numbers whose p-value is at most A are anomalies",
     OPTION_CUSTOM(parse_alpha)},
    {0, "fdr", "Q",
     "control the false discovery rate at Q (Benjamini-Hochberg); keeps all numbers in memory",
     OPTION_CUSTOM(parse_fdr)},
    {0, "window", "N", "apply --fdr to each N numbers in turn, for streams that do not end",
     OPTION_SIZE(struct options, window, 1, MAX_WINDOW)},
    {0, "two-sided", NULL, "with --alpha and --fdr: large numbers are anomalies as well",
     OPTION_FLAG(struct options, two_sided)},
    {'x', "expect", "normal|anomalous",
     "all data are known to be normal (or anomalous): count the errors instead",
     OPTION_CHOICE(struct options, expect, expectations)},
    {0, "labels", "LABELS",
     "file of labels, 0 (normal) or 1 (anomalous): print the confusion table and rates instead",
     OPTION_INPUT(struct options, labels)},
    {'s', "state", NULL, "with -x or --labels: print a state for --merge instead",
     OPTION_FLAG(struct options, state)},
    {0, "shard", "I/N", "with -s: note that the input is shard I of N, for --merge to check",
     OPTION_SHARD(struct options, shard)},
    {0, "merge", NULL, "merge states printed by -s", OPTION_FLAG(struct options, merge)},
    {'b', "binary", NULL, "numbers are raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {'i', "indices", NULL,
     "print only the indices (from 0) of the anomalies, or of the errors with -x or --labels",
     OPTION_FLAG(struct options, indices)},
    {0, "paste", "TABLE", "print the rows of this table, each with its number and verdict",
     OPTION_INPUT(struct options, paste)},
    {'F', "separator", "SEP", "the byte between cells of the table, or tab (default: a comma)",
     OPTION_CUSTOM(parse_separator)},
    {0, "no-header", NULL, "the first row of the table is not a header",
     OPTION_FLAG(struct options, no_header)},
    {0, "only", "anomalies", "print only the rows of anomalies",
     OPTION_CHOICE(struct options, only, onlies)},
    {'e', "exit-code", NULL, "exit with status 3 if there is an anomaly",
     OPTION_FLAG(struct options, exit_code)},
    {0}};

void options_parse(int argc, char **argv, struct options *o)
{
	*o = (struct options){.files = o->files,
	                      .separator = ',',
	                      .bounds = {.threshold = NAN, .upper = INFINITY, .promised = NAN}};
	cli_operands(argc, argv, option_parse(&nicethresh_program, table, argc, argv, o), o->files);
	options_check(o);
	option_check_files(table, o, o->files->names, o->files->n);
}
