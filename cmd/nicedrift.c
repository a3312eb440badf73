/* nicedrift: whether the data have changed since the calibration: a martingale over p-values. */
#include "nicedrift.h"

#include "base/decimal.h"
#include "base/rng.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_ALARM = 3 };
static const struct program program = {
    "nicedrift",
    "usage: nicedrift [-p SCORES [--fixed] [-S SEED]] [--method METHOD] [--alarm C] [-b]\n"
    "                 [--state STATE] [file]\n",
    "Bet against the exchangeability of a stream of p-values, and print the capital's logarithm."};

static void parse_method(const char *option, const char *arg, void *options)
{
	char why[MARTINGALE_REASON];
	if (!martingale_parse(arg, &((struct options *)options)->martingale, why))
		cli_usage("%s: '%s' %s", option, arg, why);
}

static void parse_alarm(const char *option, const char *arg, void *options)
{
	double *alarm = &((struct options *)options)->alarm;
	if (!decimal_parse_double(arg, strlen(arg), alarm) || !(*alarm > 1 && isfinite(*alarm)))
		cli_usage("%s: '%s' is not a number above 1", option, arg);
}

static const struct option_spec table[] = {
    {'p', "p-values", "SCORES",
     "the input is scores: compute their p-values among these numbers and the input so far",
     OPTION_INPUT(struct options, scores)},
    {0, "fixed", NULL, "with -p: p-values among SCORES alone, in constant memory",
     OPTION_FLAG(struct options, fixed)},
    {'S', "seed", "SEED", "with -p: seed of the numbers that break ties (default 0)",
     OPTION_COUNT(struct options, seed, 0, UINT64_MAX)},
    {0, "method", "METHOD", "jumper[:J], power[:E] or mixture[:J] (default jumper:0.01)",
     OPTION_CUSTOM(parse_method)},
    {0, "alarm", "C",
     "print only the index, from 0, at which the capital reaches C, and exit with status 3",
     OPTION_CUSTOM(parse_alarm)},
    {0, "state", "STATE",
     "go on from the state in this file, if it is there, and save it at the end",
     OPTION_OUTPUT(struct options, state)},
    {'b', "binary", NULL, "numbers are raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	char why[MARTINGALE_REASON];
	*o = (struct options){0};
	martingale_parse("jumper", &o->martingale, why);
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	if (!o->scores && (o->fixed || o->seed > 0))
		cli_usage("--fixed and -S require -p");
	option_check_files(table, o, &o->file, 1);
}

/* A number that is no p-value is an error; a score has one. */
static enum status p_value(struct run *r, double x, double *p)
{
	char place[NUMBERS_PLACE], text[DECIMAL_TEXT];
	if (r->o->scores) {
		struct rng rng;
		rng_init(&rng, r->o->seed, RNG_SMOOTHING, r->state.martingale.n);
		*p = growing_sample_p(&r->sample, x, rng_uniform(&rng));
		return r->o->fixed ? STATUS_OK : growing_sample_add(&r->sample, x, &r->e);
	}
	*p = x;
	if (x >= 0 && x <= 1)
		return STATUS_OK;
	numbers_place(&r->in, r->state.martingale.n - r->first, place);
	decimal_format_double(x, text);
	return error_set(&r->e, STATUS_MALFORMED, "%s: %s is not a p-value (scores need -p SCORES)",
	                 place, text);
}

static void take(struct run *r, double x)
{
	double p, value;
	if (p_value(r, x, &p) != STATUS_OK)
		return;
	martingale_add(&r->state.martingale, p);
	value = martingale_log10(&r->state.martingale);
	if (r->o->alarm == 0)
		numbers_write(stdout, &value, 1, r->o->binary);
	r->alarmed = r->o->alarm > 0 && value >= log10(r->o->alarm);
	if (r->alarmed)
		printf("%" PRIu64 "\n", r->state.martingale.n - 1);
}

static void take_all(struct run *r, const double *values, size_t n)
{
	state_lock(r);
	for (size_t i = 0; i < n && r->e.status == STATUS_OK && !r->alarmed; i++)
		take(r, values[i]);
	state_unlock(r);
}

static int watch(struct run *r)
{
	const double *values;
	size_t n = 1;
	int fd = -1;
	if (input_open(r->o->file, &fd, &r->e) == STATUS_OK)
		numbers_init(&r->in, fd, stdout, r->o->binary, &r->e);
	while (r->e.status == STATUS_OK && n > 0 && !r->alarmed && !ferror(stdout) &&
	       numbers_next(&r->in, &values, &n, &r->e) == STATUS_OK)
		take_all(r, values, n);
	numbers_release(&r->in);
	int status = cli_close_input(r->o->file, fd, &r->e);
	return status == EXIT_OK && r->alarmed ? EXIT_ALARM : status;
}

/* A state is saved unless the run has failed: then the file stays as it was. */
static int watch_and_save(struct run *r)
{
	int status = state_guard(r);
	if (status == EXIT_OK)
		status = watch(r);
	bool right = (status == EXIT_OK || status == EXIT_ALARM) && fflush(stdout) == 0;
	return state_end(r, right) == EXIT_OK ? status : EXIT_BAD;
}

/* The calibration's numbers, if p-values are to be computed. */
static int read_scores(struct run *r)
{
	struct error e = {0};
	struct sample s = {0};
	int fd = -1;
	if (!r->o->scores)
		return EXIT_OK;
	if (input_open(r->o->scores, &fd, &e) == STATUS_OK &&
	    sample_read(&s, fd, r->o->binary, &e) == STATUS_OK && s.n == 0)
		error_set(&e, STATUS_MALFORMED, "no numbers");
	sample_sort(&s);
	drift_state_note(&r->state, &s);
	growing_sample_start(&r->sample, &s);
	return cli_close_input(r->o->scores, fd, &e);
}

static enum drift_input input_of(const struct options *o)
{
	return !o->scores ? DRIFT_P_VALUES : o->fixed ? DRIFT_FIXED : DRIFT_SCORES;
}

int main(int argc, char **argv)
{
	struct options o;
	static struct run run; /* a thread that waits for signals may outlive main */
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	run = (struct run){.o = &o};
	run.state =
	    (struct drift_state){.martingale = o.martingale, .input = input_of(&o), .seed = o.seed};
	int status = state_prepare(&run);
	cli_confine(o.state ? SANDBOX_FILES : SANDBOX_READING);
	if (status == EXIT_OK)
		status = read_scores(&run);
	if (status == EXIT_OK)
		status = state_resume(&run);
	if (status == EXIT_OK)
		status = watch_and_save(&run);
	growing_sample_release(&run.sample);
	state_release(&run);
	return cli_finish(status);
}
