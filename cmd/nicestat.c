/* nicestat: exact statistics of log-likelihoods, and the threshold that they set. */
#include "cli.h"
#include "description.h"
#include "histogram.h"
#include "num.h"
#include "numbers.h"
#include "report.h"
#include "state.h"
#include "stream.h"
#include "threshold.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_QUANTILES = 100, MAX_BINS = 1000000 };

static const struct cli cli = {
    "nicestat",
    "usage: nicestat [-b] [-d] [-k K | --method METHOD] [--two-sided] [-q P,P,...] [--json] [file ...]\n"
    "       nicestat [-b] -H BINS [file ...]\n"
    "       nicestat -s [options] [file ...]\n"
    "       nicestat -m [options] [file ...]\n"
    "Print n, mean, stdev, min, max and a threshold for anomalies of a stream of numbers.\n"
    "\n"
    "  -b, --binary             the input is raw little-endian f64 instead of text\n"
    "  -d, --describe           further statistics: standard errors, skewness, kurtosis, median, MAD\n"
    "  -H, --histogram BINS     print a histogram instead: lower edge, upper edge, count\n"
    "      --json               print a JSON object instead of lines\n"
    "  -k, --stdevs K           short for --method sigma:K\n"
    "  -m, --merge              the input is states of -s, to be merged\n"
    "      --method METHOD      how the threshold is chosen: sigma:K (default 3), quantile:P, mad:K,\n"
    "                           conformal:A, pot:P[:TAIL]\n"
    "  -q, --quantiles P,P,...  exact quantiles, too\n"
    "  -s, --state              print a state to be merged instead, with all that the other options\n"
    "                           need\n"
    "      --two-sided          an upper threshold, too; a rate is divided between both\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	struct rule rule;
	bool has_rule, two_sided, binary, describe, json, state, merge;
	double p[MAX_QUANTILES];
	size_t nquantiles, nbins;
	int nfiles;
	char **files;
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

static void set_rule(struct options *o, struct rule rule)
{
	if (o->has_rule)
		cli_usage("-k and --method: one of them, and once");
	o->rule = rule;
	o->has_rule = true;
}

static struct rule parse_rule(const char *arg)
{
	struct rule rule;
	char why[RULE_REASON];
	if (!rule_parse(arg, &rule, why))
		cli_usage("--method: '%s' %s", arg, why);
	return rule;
}

static void check_options(const struct options *o)
{
	if (o->merge && o->binary)
		cli_usage("-m: states are text, -b is for numbers");
	if (o->json && o->state)
		cli_usage("--json does not go with -s: a state has a text of its own");
	if (o->nbins > 0 && !o->state &&
	    (o->has_rule || o->two_sided || o->describe || o->json || o->nquantiles > 0))
		cli_usage("-H prints a histogram and nothing else");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	enum { METHOD = 256, TWO_SIDED, JSON };
	static const struct option table[] = {{"binary", no_argument, NULL, 'b'},
					      {"describe", no_argument, NULL, 'd'},
					      {"histogram", required_argument, NULL, 'H'},
					      {"json", no_argument, NULL, JSON},
					      {"stdevs", required_argument, NULL, 'k'},
					      {"merge", no_argument, NULL, 'm'},
					      {"method", required_argument, NULL, METHOD},
					      {"quantiles", required_argument, NULL, 'q'},
					      {"state", no_argument, NULL, 's'},
					      {"two-sided", no_argument, NULL, TWO_SIDED},
					      CLI_OPTIONS};
	static char dash[] = "-", *standard_input[] = {dash};
	*o = (struct options){.rule = rule_sigma(3)};
	for (int c; (c = getopt_long(argc, argv, "bdH:k:mq:shV", table, NULL)) != -1;) {
		switch (c) {
		case 'b':
			o->binary = true;
			break;
		case 'd':
			o->describe = true;
			break;
		case 'H':
			o->nbins = (size_t)cli_u64("-H", optarg, 1, MAX_BINS);
			break;
		case JSON:
			o->json = true;
			break;
		case 'k':
			set_rule(o, rule_sigma(cli_double("-k", optarg)));
			break;
		case 'm':
			o->merge = true;
			break;
		case METHOD:
			set_rule(o, parse_rule(optarg));
			break;
		case 'q':
			parse_quantiles(o, optarg);
			break;
		case 's':
			o->state = true;
			break;
		case TWO_SIDED:
			o->two_sided = true;
			break;
		default:
			cli_option(c);
		}
	}
	o->rule.two_sided = o->two_sided;
	check_options(o);
	o->nfiles = optind < argc ? argc - optind : 1;
	o->files = optind < argc ? argv + optind : standard_input;
}

/* Whether what is asked for needs more than can be summed up. */
static bool needs_sample(const struct options *o)
{
	return o->nquantiles > 0 || o->describe || o->nbins > 0 || rule_needs_sample(&o->rule);
}

static enum status add_numbers(struct state *state, struct numbers *in, struct error *e)
{
	char place[NUMBERS_PLACE];
	const double *values;
	size_t n = 1, added;
	while (n > 0 && numbers_next(in, &values, &n, e) == STATUS_OK) {
		if (state_add(state, values, n, &added, e) != STATUS_OK)
			return e->status;
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

static enum status add_states(struct state *state, FILE *f, struct error *e)
{
	uint64_t line = 0;
	bool end = false;
	while (e->status == STATUS_OK && !end) {
		struct state next;
		state_init(&next, state->keeps);
		if (state_read(&next, f, &line, &end, e) == STATUS_OK && !end)
			state_merge(state, &next, e);
		state_release(&next);
	}
	if (e->status == STATUS_OK && line == 0)
		error_set(e, STATUS_TRUNCATED, "no state in it");
	return e->status;
}

static enum status merge_file(struct state *state, int fd, struct error *e)
{
	FILE *f = fdopen(fd > 0 ? fd : dup(fd), "r"); /* standard input stays */
	if (!f) {
		errno = errno == EINVAL ? EBADF : errno; /* fdopen's word for what cannot be read */
		error_system(e, "cannot read");
		close(fd);
		return e->status;
	}
	add_states(state, f, e);
	fclose(f);
	return e->status;
}

static enum status add_file(struct state *state, const struct options *o, const char *path,
			    struct error *e)
{
	struct numbers in = {0};
	int fd;
	if (stream_open(path, &fd, e) != STATUS_OK)
		return e->status;
	if (o->merge)
		return merge_file(state, fd, e);
	if (numbers_init(&in, fd, NULL, o->binary, e) == STATUS_OK)
		add_numbers(state, &in, e);
	numbers_release(&in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* sorted is NULL if the numbers were not kept: then no quantile was asked for. */
static void report_quantiles(struct report *r, const struct sample *sorted, const struct options *o)
{
	char p[NUM_TEXT], name[REPORT_NAME];
	for (size_t i = 0; sorted && i < o->nquantiles; i++) {
		num_format_double(o->p[i], p);
		snprintf(name, sizeof(name), "quantile:%s", p);
		report_number(r, name, sample_quantile(sorted, o->p[i]));
	}
}

static void report_description(struct report *r, const struct description *d,
			       const struct sample *sorted, const struct options *o)
{
	report_count(r, "n", d->n);
	report_number(r, "mean", d->mean);
	report_number(r, "stdev", d->stdev);
	report_number(r, "min", d->min);
	report_number(r, "max", d->max);
	report_quantiles(r, sorted, o);
	if (!o->describe)
		return;
	report_number(r, "mean_stderr", d->mean_stderr);
	report_number(r, "skewness", d->skewness);
	report_number(r, "kurtosis", d->kurtosis);
	report_number(r, "median", d->median);
	report_number(r, "mad", d->mad);
}

static enum status report_threshold(struct report *r, const struct description *d,
				    const struct sample *sorted, const struct options *o,
				    struct error *e)
{
	struct threshold t;
	if (rule_choose(&o->rule, d, sorted, &t, r, e) != STATUS_OK)
		return e->status;
	if (o->describe)
		report_number(r, "threshold_stderr", t.lower_stderr);
	if (o->describe && o->two_sided)
		report_number(r, "upper_stderr", t.upper_stderr);
	report_number(r, "promised", t.promised);
	report_text(r, "version", NICETOOLS_VERSION);
	if (o->two_sided)
		report_number(r, "upper", t.upper);
	report_number(r, "threshold", t.lower);
	return STATUS_OK;
}

static enum status print_calibration(struct state *state, const struct options *o, struct error *e)
{
	struct report r = {0};
	struct description d = {0};
	const struct sample *sorted = state->keeps ? state_sorted(state) : NULL;
	if (description_of_summary(&d, &state->summary, e) != STATUS_OK)
		return e->status;
	if (sorted)
		description_of_sample(&d, sorted);
	report_description(&r, &d, sorted, o);
	if (report_threshold(&r, &d, sorted, o, e) != STATUS_OK)
		return e->status;
	if (o->json)
		report_write_json(&r, stdout);
	else
		report_write(&r, stdout);
	return STATUS_OK;
}

static enum status print(struct state *state, const struct options *o, struct error *e)
{
	if (o->state) {
		state_write(state, stdout);
		return STATUS_OK;
	}
	if (o->nbins == 0)
		return print_calibration(state, o, e);
	if (state->sample.n == 0)
		return error_set(e, STATUS_MALFORMED, "no numbers: no histogram");
	histogram_write(stdout, state_sorted(state), o->nbins);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct state state;
	const char *file = NULL;
	int status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	state_init(&state, needs_sample(&o));
	for (int i = 0; i < o.nfiles && e.status == STATUS_OK; i++) {
		file = o.files[i];
		add_file(&state, &o, file, &e);
	}
	if (e.status != STATUS_OK)
		status = cli_fail(file, &e);
	else if (print(&state, &o, &e) != STATUS_OK)
		status = cli_fail(o.nfiles > 1 ? NULL : file, &e);
	state_release(&state);
	return cli_finish(status);
}
