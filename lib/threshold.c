/* Knows how thresholds are chosen: one table of methods. */
#include "threshold.h"

#include "interval.h"
#include "num.h"
#include "pareto.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* MAD of a normal distribution times this is its standard deviation. */
static const double mad_to_stdev = 1.4826;

enum { MIN_EXCEEDANCES = 50 };

struct choice {
	const struct rule *rule;
	const struct description *d;
	const struct sample *sorted;
	struct report *report;
};

struct method {
	const char *name;
	double usual;
	bool rate; /* the parameter is a rate in (0, 1) */
	bool needs_sample;
	enum status (*choose)(const struct choice *c, struct threshold *t, struct error *e);
};

/* The share of a normal distribution beyond k standard deviations, to one side or both. */
static double normal_rate(const struct rule *r, double k)
{
	double beyond = erfc(k / sqrt(2)) / 2;
	return r->two_sided ? fmin(2 * beyond, 1) : beyond;
}

/* The rate of one tail. */
static double tail_rate(const struct rule *r)
{
	return r->two_sided ? r->parameter / 2 : r->parameter;
}

/* Of mean + k stdev, by the delta method from the covariance of mean and variance, without assuming
 * a distribution. */
static double sigma_stderr(const struct description *d, double k)
{
	double factor = 1 + k * d->skewness + k * k * (d->kurtosis + 2) / 4;
	return d->stdev > 0 ? d->mean_stderr * sqrt(fmax(factor, 0)) : 0;
}

static enum status choose_sigma(const struct choice *c, struct threshold *t, struct error *e)
{
	const struct description *d = c->d;
	double k = c->rule->parameter;
	(void)e;
	t->lower = d->mean - k * d->stdev;
	t->upper = d->mean + k * d->stdev;
	t->promised = normal_rate(c->rule, k);
	if (c->sorted) {
		t->lower_stderr = sigma_stderr(d, -k);
		t->upper_stderr = sigma_stderr(d, k);
	}
	report_number(c->report, "k", k);
	return STATUS_OK;
}

/* One standard deviation of the share of n numbers that lie below their quantile of p. */
static double rank_stderr(double p, size_t n)
{
	return sqrt(p * (1 - p) / (double)n);
}

/* The step of the quantile function from p - d to p + d; NaN if that leaves the sample. */
static double quantile_step(const struct sample *s, double p, double d)
{
	if (!(p - d >= 0 && p + d <= 1))
		return NAN;
	return sample_quantile(s, p + d) - sample_quantile(s, p - d);
}

/* By the delta method, the slope of the quantile function being measured over one standard
 * deviation of the rank to either side. */
static double quantile_stderr(const struct sample *s, double p)
{
	return quantile_step(s, p, rank_stderr(p, s->n)) / 2;
}

static enum status choose_quantile(const struct choice *c, struct threshold *t, struct error *e)
{
	double p = tail_rate(c->rule);
	(void)e;
	t->lower = sample_quantile(c->sorted, p);
	t->upper = sample_quantile(c->sorted, 1 - p);
	t->lower_stderr = quantile_stderr(c->sorted, p);
	t->upper_stderr = quantile_stderr(c->sorted, 1 - p);
	t->promised = c->rule->parameter;
	return STATUS_OK;
}

/* The density of the sample where a share p lies below, measured like that of quantile_stderr. */
static double density(const struct sample *s, double p)
{
	double d = rank_stderr(p, s->n);
	return 2 * d / quantile_step(s, p, d);
}

/* Of median + scale MAD, by the variance of its influence function (Huber, Ronchetti, Robust
 * Statistics, 2009, 5.1), a S + b (T - r S) with S the sign of x - median and T that of
 * |x - median| - MAD. */
static double mad_stderr(const struct description *d, const struct sample *s, double scale)
{
	double n = (double)s->n;
	double below = (double)sample_below(s, d->median - d->mad) / n;
	double above = 1 - (double)sample_below(s, d->median + d->mad) / n;
	double middle = density(s, 0.5), left = density(s, below), right = density(s, 1 - above);
	double a = 1 / (2 * middle), b = scale / (2 * (left + right));
	double with_s = a - b * (right - left) / middle;
	double variance = with_s * with_s + b * b + 2 * with_s * b * 2 * (above - below);
	return d->mad > 0 ? sqrt(fmax(variance, 0) / n) : NAN;
}

static enum status choose_mad(const struct choice *c, struct threshold *t, struct error *e)
{
	const struct description *d = c->d;
	double k = c->rule->parameter, scale = k * mad_to_stdev;
	if (d->mad == 0 && d->stdev > 0)
		return error_set(e, STATUS_MALFORMED,
				 "mad: the MAD is 0, for half of the numbers are equal");
	t->lower = d->median - scale * d->mad;
	t->upper = d->median + scale * d->mad;
	t->lower_stderr = mad_stderr(d, c->sorted, -scale);
	t->upper_stderr = mad_stderr(d, c->sorted, scale);
	t->promised = normal_rate(c->rule, k);
	report_number(c->report, "k", k);
	return STATUS_OK;
}

/* A rate in (0, 1) as what it was written as: digits / 10^power, the shortest decimal that reads
 * back to it. So 0.29 of 100 are 29, and not 28.999. */
struct decimal {
	uint64_t digits;
	long power;
};

static struct decimal decimal_of(double rate)
{
	char text[NUM_TEXT];
	struct decimal d = {0};
	bool fraction = false;
	const char *p = text;
	num_format_double(rate, text);
	for (; *p && *p != 'e'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		d.digits = d.digits * 10 + (uint64_t)(*p - '0');
		d.power += fraction;
	}
	if (*p == 'e')
		d.power -= strtol(p + 1, NULL, 10);
	return d;
}

/* sides 10^power; 0 if that is beyond all that digits and counts can reach. */
static uint128 denominator(const struct decimal *d, unsigned sides)
{
	uint128 value = sides;
	for (long i = 0; i < d->power; i++)
		value = i < 37 ? value * 10 : 0;
	return value;
}

/* The rank, from 1, of the number that the conformal threshold is: the floor of the rate of one
 * tail times n + 1; 0 if n is too small. */
static uint64_t conformal_rank(const struct rule *r, uint64_t n)
{
	struct decimal d = decimal_of(r->parameter);
	uint128 whole = denominator(&d, r->two_sided ? 2 : 1);
	return whole == 0 ? 0 : (uint64_t)(d.digits * ((uint128)n + 1) / whole);
}

/* How many numbers have a rank; 0 if that is beyond 2^64. */
static uint64_t conformal_need(const struct rule *r)
{
	struct decimal d = decimal_of(r->parameter);
	uint128 whole = denominator(&d, r->two_sided ? 2 : 1);
	uint128 need = (whole + d.digits - 1) / d.digits;
	return whole == 0 || need > UINT64_MAX ? 0 : (uint64_t)need - 1;
}

/* The law of the rate that a drawn calibration has: Beta(a, n + 1 - a), if there are no ties, and the
 * interval that leaves 2.5 % to either side. */
static void report_beta(struct report *r, uint64_t a, uint64_t n)
{
	report_count(r, "beta_a", a);
	report_count(r, "beta_b", n + 1 - a);
	report_number(r, "rate_low", interval_clopper_pearson(a, n, 0.95).low);
	report_number(r, "rate_high", interval_clopper_pearson(a - 1, n, 0.95).high);
}

static enum status choose_conformal(const struct choice *c, struct threshold *t, struct error *e)
{
	const struct sample *s = c->sorted;
	uint64_t rank = conformal_rank(c->rule, s->n), need = conformal_need(c->rule);
	if (rank == 0 && need == 0)
		return error_set(e, STATUS_MALFORMED,
				 "conformal: too few numbers: more than 2^64 are needed");
	if (rank == 0)
		return error_set(e, STATUS_MALFORMED,
				 "conformal: %zu numbers are too few: at least %" PRIu64
				 " are needed",
				 s->n, need);
	t->lower = s->values[rank - 1];
	t->upper = s->values[s->n - rank];
	t->lower_stderr = quantile_stderr(s, (double)(rank - 1) / (double)(s->n - 1));
	t->upper_stderr = quantile_stderr(s, (double)(s->n - rank) / (double)(s->n - 1));
	t->promised = c->rule->parameter;
	report_count(c->report, "rank", rank);
	report_beta(c->report, c->rule->two_sided ? 2 * rank : rank, s->n);
	return STATUS_OK;
}

/* One tail of the sample, as distances from where it begins. */
struct tail {
	const char *prefix; /* of the names reported */
	double begin, *exceedances;
	size_t n;
};

/* The lower tail: the numbers strictly below that of rank m + 1, or the upper one, likewise. */
static void get_tail(const struct sample *s, size_t m, bool upper, struct tail *tail)
{
	size_t begin = upper ? s->n - 1 - m : m;
	tail->prefix = upper ? "upper_" : "";
	tail->begin = s->values[begin];
	tail->n = 0;
	for (size_t i = 1; i <= m; i++) {
		double y = upper ? s->values[begin + i] - tail->begin
				 : tail->begin - s->values[begin - i];
		if (y > 0)
			tail->exceedances[tail->n++] = y;
	}
}

static enum status check_tail(const struct choice *c, const struct tail *tail, struct error *e)
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
	if (tail_rate(c->rule) >= share)
		return error_set(e, STATUS_MALFORMED,
				 "pot: a rate of %g is not within the tail of %g", tail_rate(c->rule),
				 share);
	return STATUS_OK;
}

static void report_tail(const struct choice *c, const struct tail *tail, const char *name,
			double value)
{
	char text[REPORT_NAME];
	snprintf(text, sizeof(text), "%s%s", tail->prefix, name);
	report_number(c->report, text, value);
}

static enum status check_fit(const struct choice *c, const struct tail *tail,
			     const struct pareto *p, struct error *e)
{
	double misfit = pareto_misfit(p, tail->exceedances, tail->n);
	double bound = pareto_misfit_bound(p);
	report_tail(c, tail, "misfit", misfit);
	report_tail(c, tail, "misfit_bound", bound);
	if (!(misfit <= bound))
		return error_set(e, STATUS_MALFORMED,
				 "pot: the tail is no generalised Pareto tail: the Cramer-von Mises "
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
	double share_part = by_share * rank_stderr(share, n);
	double shape_part = by_shape * s->shape_stderr, scale_part = by_scale * s->scale_stderr;
	return sqrt(share_part * share_part + shape_part * shape_part + scale_part * scale_part +
		    2 * by_shape * by_scale * s->covariance);
}

/* The distance from where the tail begins to the threshold, and its standard error. */
static enum status fit_tail(const struct choice *c, const struct tail *tail, double *distance,
			    double *distance_stderr, struct error *e)
{
	double share = (double)tail->n / (double)c->sorted->n, rate = tail_rate(c->rule);
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

static enum status choose_pot(const struct choice *c, struct threshold *t, struct error *e)
{
	const struct sample *s = c->sorted;
	size_t m = (size_t)((double)s->n * c->rule->tail);
	double distance = NAN;
	struct tail tail = {.exceedances = malloc((m + 1) * sizeof(double))};
	if (!tail.exceedances)
		return error_memory(e);
	report_number(c->report, "tail", c->rule->tail);
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

static const struct method methods[] = {
    {"sigma", 3, false, false, choose_sigma},
    {"quantile", 0.01, true, true, choose_quantile},
    {"mad", 3, false, true, choose_mad},
    {"conformal", 0.01, true, true, choose_conformal},
    {"pot", 0.001, true, true, choose_pot},
};
enum { NMETHODS = sizeof(methods) / sizeof(*methods), POT = NMETHODS - 1 };

static const struct method *find_method(const char *name, size_t length)
{
	for (size_t i = 0; i < NMETHODS; i++)
		if (strlen(methods[i].name) == length && memcmp(methods[i].name, name, length) == 0)
			return &methods[i];
	return NULL;
}

static bool parse_parameter(const char *text, size_t length, bool rate, double *out)
{
	double value;
	if (!num_parse_double(text, length, &value) || !isfinite(value) ||
	    (rate && !(value > 0 && value < 1)))
		return false;
	*out = value + 0.0;
	return true;
}

bool rule_parse(const char *text, struct rule *out, char why[RULE_REASON])
{
	const char *colon = strchr(text, ':'), *second = colon ? strchr(colon + 1, ':') : NULL;
	const struct method *m = find_method(text, colon ? (size_t)(colon - text) : strlen(text));
	struct rule r = {.method = m, .parameter = m ? m->usual : 0, .tail = 0.05};
	if (!m || (second && m != &methods[POT])) {
		snprintf(why, RULE_REASON,
			 "is not one of sigma:K, quantile:P, mad:K, conformal:A, pot:P[:TAIL]");
		return false;
	}
	size_t length = colon ? second ? (size_t)(second - colon - 1) : strlen(colon + 1) : 0;
	if ((colon && !parse_parameter(colon + 1, length, m->rate, &r.parameter)) ||
	    (second && !parse_parameter(second + 1, strlen(second + 1), true, &r.tail))) {
		snprintf(why, RULE_REASON, "needs %s behind the colon",
			 m->rate ? "a rate above 0 and below 1" : "a finite number");
		return false;
	}
	*out = r;
	return true;
}

struct rule rule_sigma(double k)
{
	return (struct rule){.method = &methods[0], .parameter = k};
}

bool rule_needs_sample(const struct rule *r)
{
	return r->method->needs_sample;
}

static void report_method(struct report *report, const struct rule *r)
{
	char parameter[NUM_TEXT], text[REPORT_VALUE];
	num_format_double(r->parameter, parameter);
	snprintf(text, sizeof(text), "%s:%s", r->method->name, parameter);
	report_text(report, "method", text);
}

enum status rule_choose(const struct rule *r, const struct description *d,
			const struct sample *sorted, struct threshold *out, struct report *report,
			struct error *e)
{
	struct choice c = {r, d, sorted, report};
	struct threshold t = {.lower_stderr = NAN, .upper_stderr = NAN};
	report_method(report, r);
	if (r->method->choose(&c, &t, e) != STATUS_OK)
		return e->status;
	if (!r->two_sided)
		t.upper = INFINITY;
	if (!isfinite(t.lower) || (r->two_sided && !isfinite(t.upper)))
		return error_set(e, STATUS_UNSUPPORTED,
				 "the threshold is beyond the range of a double");
	if (t.upper < t.lower)
		return error_set(e, STATUS_MISMATCH,
				 "the upper threshold is below the lower one");
	*out = t;
	return STATUS_OK;
}
