/* The threshold by peaks over a threshold: a generalised Pareto tail is fitted and extrapolated. */
#include "verdict/threshold_method.h"

#include "stats/pareto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MIN_EXCEEDANCES = 50 };

/* One tail of the sample, as distances from its begin. */
struct tail {
	const char *prefix; /* of the names reported */
	double begin, *exceedances;
	size_t n;
};

/* The lower tail: the numbers strictly below that of rank m + 1; the upper tail correspondingly. */
static void get_tail(const struct sample *s, size_t m, bool upper, struct tail *tail)
{
	size_t begin = upper ? s->n - 1 - m : m;
	tail->prefix = upper ? "upper_" : "";
	tail->begin = s->values[begin];
	tail->n = 0;
	for (size_t i = 1; i <= m; i++) {
		double y =
		    upper ? s->values[begin + i] - tail->begin : tail->begin - s->values[begin - i];
		if (y > 0)
			tail->exceedances[tail->n++] = y;
	}
}

static enum status check_tail(const struct threshold_choice *c, const struct tail *tail,
                              struct error *e)
{
	double share = (double)tail->n / (double)c->sorted->n;
	if (tail->n < MIN_EXCEEDANCES)
		return error_set(e, STATUS_MALFORMED,
		                 "pot: %zu exceedances are too few: at least %d are needed, %.0f "
		                 "numbers for a tail of %g",
		                 tail->n, MIN_EXCEEDANCES, ceil(MIN_EXCEEDANCES / c->rule->tail),
		                 c->rule->tail);
	if (!isfinite(tail->exceedances[tail->n - 1]))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "pot: the tail is beyond the range of a double");
	if (threshold_tail_rate(c->rule) >= share)
		return error_set(e, STATUS_MALFORMED,
		                 "pot: a rate of %g is not within the tail of %g",
		                 threshold_tail_rate(c->rule), share);
	return STATUS_OK;
}

static void report_tail(const struct threshold_choice *c, const struct tail *tail, const char *name,
                        double value)
{
	char text[FIELDS_NAME];
	snprintf(text, sizeof(text), "%s%s", tail->prefix, name);
	fields_add_number(c->report, text, value);
}

static enum status check_fit(const struct threshold_choice *c, const struct tail *tail,
                             const struct pareto *p, struct error *e)
{
	double misfit = pareto_misfit(p, tail->exceedances, tail->n);
	double bound = pareto_misfit_bound(p);
	report_tail(c, tail, "misfit", misfit);
	report_tail(c, tail, "misfit_bound", bound);
	if (!(misfit <= bound))
		return error_set(
		    e, STATUS_MALFORMED,
		    "pot: the tail is not a generalised Pareto tail: the Cramer-von Mises "
		    "statistic is %.4g, above its 1 %% point %.4g",
		    misfit, bound);
	return STATUS_OK;
}

/* Of the distance at which the tail of that share has the rate: delta method over the share, which
 * is binomial, and the fit. */
static double tail_stderr(const struct pareto *p, const struct pareto_errors *s, double rate,
                          double share, size_t n)
{
	double by_shape, by_scale, survival = rate / share;
	pareto_gradient(p, survival, &by_shape, &by_scale);
	double by_share = p->scale * pow(survival, -p->shape) / share;
	double share_part = by_share * threshold_rank_stderr(share, n);
	double shape_part = by_shape * s->shape_stderr, scale_part = by_scale * s->scale_stderr;
	return sqrt(share_part * share_part + shape_part * shape_part + scale_part * scale_part +
	            2 * by_shape * by_scale * s->covariance);
}

/* The distance from where the tail begins to the threshold, and its standard error. */
static enum status fit_tail(const struct threshold_choice *c, const struct tail *tail,
                            double *distance, double *distance_stderr, struct error *e)
{
	double share = (double)tail->n / (double)c->sorted->n, rate = threshold_tail_rate(c->rule);
	if (check_tail(c, tail, e) != STATUS_OK)
		return e->status;
	struct pareto p = pareto_fit(tail->exceedances, tail->n);
	struct pareto_errors errors = pareto_errors(&p, tail->n);
	report_tail(c, tail, "tail_begin", tail->begin);
	report_tail(c, tail, "exceedances", (double)tail->n);
	report_tail(c, tail, "shape", p.shape);
	report_tail(c, tail, "shape_stderr", errors.shape_stderr);
	report_tail(c, tail, "scale", p.scale);
	report_tail(c, tail, "scale_stderr", errors.scale_stderr);
	*distance = pareto_quantile(&p, rate / share);
	*distance_stderr = tail_stderr(&p, &errors, rate, share, c->sorted->n);
	return check_fit(c, tail, &p, e);
}

enum status threshold_choose_pot(const struct threshold_choice *c, struct threshold *t,
                                 struct error *e)
{
	const struct sample *s = c->sorted;
	size_t m = (size_t)((double)s->n * c->rule->tail);
	double distance = NAN;
	struct tail tail = {.exceedances = malloc((m + 1) * sizeof(double))};
	if (!tail.exceedances)
		return error_memory(e);
	fields_add_number(c->report, "tail", c->rule->tail);
	get_tail(s, m, false, &tail);
	fit_tail(c, &tail, &distance, &t->lower_stderr, e);
	t->lower = tail.begin - distance;
	if (e->status == STATUS_OK && c->rule->two_sided) {
		get_tail(s, m, true, &tail);
		fit_tail(c, &tail, &distance, &t->upper_stderr, e);
		t->upper = tail.begin + distance;
	}
	t->promised = c->rule->parameter;
	free(tail.exceedances);
	return e->status;
}
