/* The detector that the options of nicethresh describe. */
#include "nicethresh.h"

#include "cli.h"
#include "io/input.h"
#include "scored_by.h"

#include <math.h>

static int read_calibration(const char *path, bool mixed, struct calibration *c)
{
	struct error e = {0};
	int fd = -1;
	if (input_open(path, &fd, &e) == STATUS_OK)
		calibration_read(fd, c, &e);
	if (e.status == STATUS_OK && mixed && isnan(c->mixed_low))
		error_set(&e, STATUS_MISMATCH, "no mixture of thresholds for -S to draw from");
	/* the mixture's, and that of one threshold is another */
	if (!mixed && !isnan(c->mixed_low))
		c->promised = NAN;
	return cli_close_input(path, fd, &e);
}

/* A calibration that does not name its model is taken, with a warning. */
static int check_model(const struct options *o, const struct scorer *theirs)
{
	struct scorer ours = {0};
	struct error e = {0};
	char is[SCORER_TEXT], given[SCORER_TEXT];
	if (scored_by(o->model, o->way, o->precision, &ours) != EXIT_OK)
		return EXIT_BAD;
	if (!scorer_known(theirs)) {
		cli_warn(o->calibration,
		         "names no model, so -m cannot be checked; nicestat --model notes it");
		return EXIT_OK;
	}
	if (scorer_same(theirs, &ours))
		return EXIT_OK;
	error_set(&e, STATUS_MISMATCH,
	          "made with %s, but %s is %s; calibrate again with nicestat --model",
	          scorer_describe(theirs, is), o->model, scorer_describe(&ours, given));
	return cli_fail(o->calibration, &e);
}

/* Refuses scores with which no p-value can be as small as asked for: nothing would ever be found.
 */
static void check_scores(const struct options *o, const struct conformal *c, struct error *e)
{
	double least = conformal_p(c, conformal_least_rank(c));
	double level = o->alpha > 0 ? o->alpha : o->fdr;
	if (c->calibration.n == 0)
		error_set(e, STATUS_MALFORMED, "no numbers");
	else if (level > 0 && least > level)
		error_set(e, STATUS_MISMATCH,
		          "%zu numbers are too few for %s %g: no p-value is below %.3g",
		          c->calibration.n, o->alpha > 0 ? "--alpha" : "--fdr", level, least);
}

static int read_scores(const struct options *o, struct conformal *c)
{
	struct error e = {0};
	int fd = -1;
	if (input_open(o->scores, &fd, &e) == STATUS_OK &&
	    sample_read(&c->calibration, fd, o->binary, &e) == STATUS_OK)
		check_scores(o, c, &e);
	sample_sort(&c->calibration);
	return cli_close_input(o->scores, fd, &e);
}

int detector_read(struct detector *d, const struct options *o)
{
	*d = (struct detector){.bounds = o->bounds,
	                       .mixed = o->mixed,
	                       .seed = o->seed,
	                       .by_p = o->alpha > 0 || o->fdr > 0};
	if (o->calibration && read_calibration(o->calibration, o->mixed, &d->bounds) != EXIT_OK)
		return EXIT_BAD;
	if (o->model && check_model(o, &d->bounds.scorer) != EXIT_OK)
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
