/* Which options of nicethresh go together. */
#include "nicethresh.h"

#include "state_shards.h"

#include <math.h>

static void check_paste(const struct options *o)
{
	if (o->paste && (o->labels || o->indices || o->expect != EXPECT_NOTHING))
		cli_usage("--paste prints verdicts, which -x, --labels and -i do not");
	if (!o->paste && (o->no_header || o->separator != ',' || o->only != ONLY_ALL))
		cli_usage("%s requires --paste", o->no_header          ? "--no-header"
		                                 : o->only != ONLY_ALL ? "--only"
		                                                       : "-F");
}

static void check_state(const struct options *o)
{
	state_shards_check(&o->shard, o->state, o->merge ? "--merge" : NULL);
	if (!o->state || o->merge)
		return;
	if (!o->labels && o->expect == EXPECT_NOTHING)
		cli_usage("-s requires -x or --labels");
	if (o->indices)
		cli_usage("-s and -i are mutually exclusive");
	if (o->fdr > 0)
		cli_usage("-s: --fdr decides on many numbers together, so its counts do not merge");
}

/* States say how they were decided, so that no option about that applies. */
static void check_merge(const struct options *o)
{
	bool decides = !isnan(o->bounds.threshold) || isfinite(o->bounds.upper) || o->alpha > 0 ||
	               o->fdr > 0 || o->window > 0 || o->two_sided || o->mixed || o->first > 0 ||
	               o->precision != PRECISION_F32;
	bool reads = o->calibration || o->scores || o->labels || o->model || o->paste;
	bool prints = o->indices || o->no_header || o->separator != ',' || o->only != ONLY_ALL;
	if (decides || reads || prints || o->binary || o->expect != EXPECT_NOTHING)
		cli_usage("--merge reads states: of the other options, only -s and -e apply");
}

static void check_rule(const struct options *o)
{
	bool by_p = o->alpha > 0 || o->fdr > 0;
	bool by_t = !isnan(o->bounds.threshold);
	int nrules = by_t + (o->calibration != NULL) + (o->alpha > 0) + (o->fdr > 0);
	if (nrules != 1)
		cli_usage(nrules == 0 ? "missing option -t, -c, --alpha or --fdr"
		                      : "-t, -c, --alpha and --fdr are mutually exclusive");
	if (by_p && !o->scores)
		cli_usage("%s requires -p", o->alpha > 0 ? "--alpha" : "--fdr");
	if (o->window > 0 && !(o->fdr > 0))
		cli_usage("--window requires --fdr");
	if (isfinite(o->bounds.upper) && !by_t)
		cli_usage("-u requires -t");
	if (o->model && !o->calibration)
		cli_usage("-m requires -c");
	if (o->precision != PRECISION_F32 && !o->model)
		cli_usage("--precision requires -m");
	if (by_t && o->bounds.upper < o->bounds.threshold)
		cli_usage("-u: the upper bound is below the threshold");
	if (o->mixed && !o->calibration)
		cli_usage("-S requires -c");
	if (o->two_sided && !by_p)
		cli_usage("--two-sided requires --alpha or --fdr; use -u with -t");
	if (o->labels && o->expect != EXPECT_NOTHING)
		cli_usage("-x and --labels are mutually exclusive");
	if (o->scores && !by_p && (o->labels || o->indices || o->expect != EXPECT_NOTHING))
		cli_usage(
		    "-p adds a column to the verdicts, which -x, --labels and -i do not print");
	check_paste(o);
}

void options_check(const struct options *o)
{
	check_state(o);
	if (o->merge)
		check_merge(o);
	else
		check_rule(o);
}
