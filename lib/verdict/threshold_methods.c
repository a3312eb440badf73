/* Thresholds from moments and order statistics: sigma, quantile and mad. */
#include "verdict/threshold_method.h"

#include <math.h>

/* The standard deviation of a normal distribution, divided by its MAD. */
static const double mad_to_stdev = 1.4826;

/* The share of a normal distribution beyond k standard deviations, to one side or both. */
static double normal_rate(const struct threshold_rule *r, double k)
{
	double beyond = erfc(k / sqrt(2)) / 2;
	return r->two_sided ? fmin(2 * beyond, 1) : beyond;
}

double threshold_tail_rate(const struct threshold_rule *r)
{
	return r->two_sided ? r->parameter / 2 : r->parameter;
}

/* Of mean + k stdev, by the delta method from the covariance of mean and variance, without assuming
 * a distribution. */
static double sigma_stderr(const struct descriptives *d, double k)
{
	double factor = 1 + k * d->skewness + k * k * (d->kurtosis + 2) / 4;
	return d->stdev > 0 ? d->mean_stderr * sqrt(fmax(factor, 0)) : 0;
}

enum status threshold_choose_sigma(const struct threshold_choice *c, struct threshold *t,
                                   struct error *e)
{
	const struct descriptives *d = c->d;
	double k = c->rule->parameter;
	(void)e;
	t->lower = d->mean - k * d->stdev;
	t->upper = d->mean + k * d->stdev;
	t->promised = normal_rate(c->rule, k);
	if (c->sorted) {
		t->lower_stderr = sigma_stderr(d, -k);
		t->upper_stderr = sigma_stderr(d, k);
	}
	fields_add_number(c->report, "k", k);
	return STATUS_OK;
}

double threshold_rank_stderr(double p, size_t n)
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

double threshold_quantile_stderr(const struct sample *s, double p)
{
	return quantile_step(s, p, threshold_rank_stderr(p, s->n)) / 2;
}

enum status threshold_choose_quantile(const struct threshold_choice *c, struct threshold *t,
                                      struct error *e)
{
	double p = threshold_tail_rate(c->rule);
	(void)e;
	t->lower = sample_quantile(c->sorted, p);
	t->upper = sample_quantile(c->sorted, 1 - p);
	t->lower_stderr = threshold_quantile_stderr(c->sorted, p);
	t->upper_stderr = threshold_quantile_stderr(c->sorted, 1 - p);
	t->promised = c->rule->parameter;
	return STATUS_OK;
}

/* The density of the sample where a share p lies below, measured like that of quantile_stderr. */
static double density(const struct sample *s, double p)
{
	double d = threshold_rank_stderr(p, s->n);
	return 2 * d / quantile_step(s, p, d);
}

/* Of median + scale MAD, by the variance of its influence function (Huber, Ronchetti, Robust
 * Statistics, 2009, 5.1), a S + b (T - r S) with S the sign of x - median and T that of
 * |x - median| - MAD. */
static double mad_stderr(const struct descriptives *d, const struct sample *s, double scale)
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

enum status threshold_choose_mad(const struct threshold_choice *c, struct threshold *t,
                                 struct error *e)
{
	const struct descriptives *d = c->d;
	double k = c->rule->parameter, scale = k * mad_to_stdev;
	if (d->mad == 0 && d->stdev > 0)
		return error_set(e, STATUS_MALFORMED,
		                 "mad: the MAD is 0 because half of the numbers are equal");
	t->lower = d->median - scale * d->mad;
	t->upper = d->median + scale * d->mad;
	t->lower_stderr = mad_stderr(d, c->sorted, -scale);
	t->upper_stderr = mad_stderr(d, c->sorted, scale);
	t->promised = normal_rate(c->rule, k);
	fields_add_number(c->report, "k", k);
	return STATUS_OK;
}
