/* nicestat: exact statistics of log-likelihoods, and the threshold that they set. */
#include "nicestat.h"

#include "base/decimal.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "scored_by.h"
#include "state/partial_source.h"
#include "state_shards.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_BINS = 1000000 };

static const struct program program = {
    "nicestat",
    "usage: nicestat [-b] [--describe] [-k K | --method METHOD] [--two-sided] [-q P,P,...]\n"
    "                [--json] [--model MODEL [--precision f32|bf16]] [file ...]\n"
    "       nicestat [-b] -H BINS [file ...]\n"
    "       nicestat -s [--shard I/N] [options] [file ...]\n"
    "       nicestat -m [options] [file ...]\n",
    "Print n, mean, stdev, min, max and an anomaly threshold for a stream of numbers."};

static void add_quantile(struct options *o, const char *option, const char *text, size_t length)
{
	double p;
	if (!decimal_parse_double(text, length, &p) || !(p >= 0 && p <= 1))
		cli_usage("%s: '%.*s' is not a number from 0 to 1", option, (int)length, text);
	for (size_t i = 0; i < o->nquantiles; i++)
		if (o->p[i] == p)
			cli_usage("%s: '%.*s' is given twice", option, (int)length, text);
	if (o->nquantiles == MAX_QUANTILES)
		cli_usage("%s: more than %d quantiles", option, MAX_QUANTILES);
	o->p[o->nquantiles++] = p + 0.0;
}

static void parse_quantiles(const char *option, const char *arg, void *options)
{
	const char *comma;
	for (; (comma = strchr(arg, ',')); arg = comma + 1)
		add_quantile(options, option, arg, (size_t)(comma - arg));
	add_quantile(options, option, arg, strlen(arg));
}

static void set_rule(struct options *o, struct threshold_rule rule)
{
	if (o->has_rule)
		cli_usage("-k and --method are mutually exclusive");
	o->rule = rule;
	o->has_rule = true;
}

static void parse_sigma(const char *option, const char *arg, void *options)
{
	set_rule(options, threshold_rule_sigma(option_real(option, arg, -INFINITY, INFINITY)));
}

static void parse_method(const char *option, const char *arg, void *options)
{
	struct threshold_rule rule;
	char why[THRESHOLD_RULE_REASON];
	if (!threshold_rule_parse(arg, &rule, why))
		cli_usage("%s: '%s' %s", option, arg, why);
	set_rule(options, rule);
}

static const struct option_spec table[] = {
    {'b', "binary", NULL, "the input is raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {'d', "describe", NULL, "also print standard errors, skewness, kurtosis, median, MAD",
     .old_letter = true, OPTION_FLAG(struct options, describe)},
    {'H', "histogram", "BINS", "print a histogram instead: lower edge, upper edge, count",
     OPTION_SIZE(struct options, nbins, 1, MAX_BINS)},
    {0, "json", NULL, "print a JSON object instead of lines", OPTION_FLAG(struct options, json)},
    {'k', "stdevs", "K", "short for --method sigma:K", OPTION_CUSTOM(parse_sigma)},
    {'m', "merge", NULL, "merge states printed by -s", OPTION_FLAG(struct options, merge)},
    {0, "method", "METHOD",
     "method for the threshold: sigma:K (default sigma:3), quantile:P, mad:K, conformal:A, "
     "pot:P[:TAIL]",
     OPTION_CUSTOM(parse_method)},
    {0, "model", "MODEL", "note the digest of this model, which scored the numbers",
     OPTION_INPUT(struct options, model)},
    OPTION_NO_MAP(struct options, way),
    {0, "precision", "f32|bf16", "with --model: precision of the log-likelihoods (default f32)",
     OPTION_CHOICE(struct options, precision, option_precisions)},
    {'q', "quantiles", "P,P,...", "also print exact quantiles", OPTION_CUSTOM(parse_quantiles)},
    {'s', "state", NULL, "print a state for -m instead; give the same options to both",
     OPTION_FLAG(struct options, state)},
    {0, "shard", "I/N", "with -s: note that the input is shard I of N, for -m to check",
     OPTION_SHARD(struct options, shard)},
    {0, "skip-nan", NULL, "skip values that are nan, and report their count on standard error",
     OPTION_FLAG(struct options, skip_nan)},
    {0, "two-sided", NULL, "also set an upper threshold; a rate is split between both tails",
     OPTION_FLAG(struct options, two_sided)},
    {0}};

static void check_options(const struct options *o)
{
	if (o->merge && o->binary)
		cli_usage("-m reads text: -b does not apply");
	if (o->merge && o->skip_nan)
		cli_usage("-m reads states, which have no nan: --skip-nan does not apply");
	state_shards_check(&o->shard, o->state, o->merge ? "-m" : NULL);
	if (o->json && o->state)
		cli_usage("-s and --json are mutually exclusive");
	if (o->precision != PRECISION_F32 && !o->model)
		cli_usage("--precision requires --model");
	if (o->nbins > 0 && !o->state &&
	    (o->has_rule || o->two_sided || o->describe || o->json || o->nquantiles > 0 ||
	     o->model))
		cli_usage("-H cannot be combined with other statistics");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static char dash[] = "-", *standard_input[] = {dash};
	*o = (struct options){.rule = threshold_rule_sigma(3)};
	int first = option_parse(&program, table, argc, argv, o);
	o->rule.two_sided = o->two_sided;
	check_options(o);
	o->nfiles = first < argc ? argc - first : 1;
	o->files = first < argc ? argv + first : standard_input;
	option_check_files(table, o, (const char *const *)o->files, (size_t)o->nfiles);
}

/* Whether the numbers themselves are needed, not only their sums. */
static bool needs_sample(const struct options *o)
{
	return o->nquantiles > 0 || o->describe || o->nbins > 0 ||
	       threshold_rule_needs_sample(&o->rule);
}

/* The states of a file; with --model they must be of that model, or of none. */
static void merge_file(struct partial *state, const struct scorer *given, int fd, const char *path,
                       struct error *e)
{
	char is[SCORER_TEXT], ours[SCORER_TEXT];
	if (partial_merge_stream(state, fd, cli_input_name(path), e) == STATUS_OK &&
	    scorer_known(given) && scorer_known(&state->scorer) &&
	    !scorer_same(given, &state->scorer))
		error_set(e, STATUS_MISMATCH, "its states are of %s, but --model is %s",
		          scorer_describe(&state->scorer, is), scorer_describe(given, ours));
}

static int add_file(struct partial *state, const struct scorer *scorer, struct options *o,
                    const char *path)
{
	struct error e = {0};
	int fd = -1;
	if (input_open(path, &fd, &e) == STATUS_OK && o->merge)
		merge_file(state, scorer, fd, path, &e);
	else if (e.status == STATUS_OK)
		partial_add_stream(state, fd, o->binary, o->skip_nan ? &o->nskipped : NULL, &e);
	return cli_close_input(path, fd, &e);
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	static struct partial state; /* large for a stack */
	struct scorer scorer = {0};
	int status = EXIT_OK;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	if (o.model)
		status = scored_by(o.model, o.way, o.precision, &scorer);
	partial_init(&state, needs_sample(&o));
	for (int i = 0; i < o.nfiles && status == EXIT_OK; i++)
		status = add_file(&state, &scorer, &o, o.files[i]);
	if (scorer_known(&scorer))
		state.scorer = scorer;
	if (status == EXIT_OK)
		status = state_shards_finish(&state.shards, &o.shard, o.state);
	if (status == EXIT_OK && report_print(&state, &o, &e) != STATUS_OK)
		status = cli_fail(o.nfiles > 1 ? NULL : o.files[0], &e);
	if (status == EXIT_OK && o.nskipped > 0)
		cli_warn(NULL,
		         o.nskipped == 1 ? "%" PRIu64 " value is nan and was skipped"
		                         : "%" PRIu64 " values are nan and were skipped",
		         o.nskipped);
	partial_release(&state);
	return cli_finish(status);
}
