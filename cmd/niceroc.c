/* niceroc: how well log-likelihoods separate anomalous from normal data, over all thresholds. */
#include "niceroc.h"

#include "cli.h"
#include "option.h"
#include "state_shards.h"

#include <stdio.h>
#include <stdlib.h>

static const struct program program = {
    "niceroc",
    "usage: niceroc [-b] [--curve] NORMAL ANOMALOUS\n"
    "       niceroc [-b] [--curve] --normal FILE ... --anomalous FILE ...\n"
    "       niceroc -s [--shard I/N] [-b] ...\n"
    "       niceroc -m [-s | --curve] [STATE ...]\n",
    "Print AUROC and related figures for the log-likelihoods of normal and of anomalous data."};

static void parse_normal(const char *option, const char *arg, void *options)
{
	struct files *files = &((struct options *)options)->normal;
	(void)option;
	files->names[files->n++] = arg;
}

static void parse_anomalous(const char *option, const char *arg, void *options)
{
	struct files *files = &((struct options *)options)->anomalous;
	(void)option;
	files->names[files->n++] = arg;
}

static const struct option_spec table[] = {
    {0, "normal", "FILE", "log-likelihoods of normal data; may be given several times",
     OPTION_CUSTOM(parse_normal)},
    {0, "anomalous", "FILE", "log-likelihoods of anomalous data; may be given several times",
     OPTION_CUSTOM(parse_anomalous)},
    {0, "curve", NULL, "print the curve instead: false and true positive rate, threshold",
     OPTION_FLAG(struct options, curve)},
    {'b', "binary", NULL, "the input is raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    {'m', "merge", NULL, "merge states printed by -s", OPTION_FLAG(struct options, merge)},
    {'s', "state", NULL, "print a state for -m instead", OPTION_FLAG(struct options, state)},
    {0, "shard", "I/N", "with -s: note that the input is shard I of N, for -m to check",
     OPTION_SHARD(struct options, shard)},
    {0}};

/* All names, each of which is used once: those of options, and the operands. */
static void take_operands(struct options *o, int noperands, char **operands)
{
	size_t ngiven = o->normal.n + o->anomalous.n;
	if (o->merge && ngiven > 0)
		cli_usage("-m reads states: --normal and --anomalous do not apply");
	if (o->merge) {
		for (int i = 0; i < noperands; i++)
			o->states.names[o->states.n++] = operands[i];
		if (noperands == 0)
			o->states.names[o->states.n++] = "-";
		return;
	}
	if (ngiven > 0 && (o->normal.n == 0 || o->anomalous.n == 0))
		cli_usage("--normal and --anomalous require each other");
	if (noperands != (ngiven > 0 ? 0 : 2))
		cli_usage(ngiven > 0 ? "--normal and --anomalous leave no operands"
		                     : "expected two operands: NORMAL and ANOMALOUS");
	if (ngiven == 0) {
		o->normal.names[o->normal.n++] = operands[0];
		o->anomalous.names[o->anomalous.n++] = operands[1];
	}
}

static void check_files(const struct options *o)
{
	const struct files *sides[] = {&o->normal, &o->anomalous, &o->states};
	size_t n = 0;
	const char **all = calloc(o->normal.n + o->anomalous.n + o->states.n, sizeof(*all));
	for (size_t i = 0; all && i < 3; i++)
		for (size_t j = 0; j < sides[i]->n; j++)
			all[n++] = sides[i]->names[j];
	option_check_files(table, o, all, n);
	free(all);
}

/* names: room for three times as many as there are arguments. */
static void parse_options(int argc, char **argv, const char **names, struct options *o)
{
	*o = (struct options){.normal.names = names,
	                      .anomalous.names = names + argc,
	                      .states.names = names + 2 * argc};
	int first = option_parse(&program, table, argc, argv, o);
	if (o->merge && o->binary)
		cli_usage("-m reads text: -b does not apply");
	if (o->state && o->curve)
		cli_usage("-s and --curve are mutually exclusive");
	state_shards_check(&o->shard, o->state, o->merge ? "-m" : NULL);
	take_operands(o, argc - first, argv + first);
	check_files(o);
}

static void print(const struct sides *s, const struct options *o)
{
	if (o->state)
		sides_write(s, stdout);
	else if (o->curve)
		report_curve(&s->normal, &s->anomalous);
	else
		report_roc(&s->normal, &s->anomalous);
}

int main(int argc, char **argv)
{
	struct options o;
	struct sides sides = {0};
	struct error e = {0};
	cli_start(&program, argv);
	const char **names = calloc(3 * (size_t)argc + 1, sizeof(*names));
	if (!names) {
		error_memory(&e);
		return cli_finish(cli_fail(NULL, &e));
	}
	parse_options(argc, argv, names, &o);
	cli_confine(SANDBOX_READING);
	int status = sides_collect(&sides, &o);
	if (status == EXIT_OK)
		print(&sides, &o);
	sides_release(&sides);
	free(names);
	return cli_finish(status);
}
