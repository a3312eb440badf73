/* Maximum likelihood fit, quantiles and goodness of fit of the generalised Pareto distribution. */
#include "stats/pareto.h"

#include <math.h>

/* Exceedances in units of the largest; t is shape / scale in these units, above -1. Given t, the
 * likelihood is maximal at shape = mean(log(1 + t y)). */
struct profile {
	const double *y;
	size_t n;
	double greatest, mean;
};

static double shape_at(const struct profile *p, double t)
{
	double sum = 0;
	for (size_t i = 0; i < p->n; i++)
		sum += log1p(t * (p->y[i] / p->greatest));
	return sum / (double)p->n;
}

static double scale_at(const struct profile *p, double t, double shape)
{
	return t == 0 ? p->mean : shape / t;
}

/* The log-likelihood divided by n, plus 1; w is log(1 + t). */
static double likelihood(const struct profile *p, double w)
{
	double t = expm1(w), shape = shape_at(p, t);
	return shape < -1 ? -INFINITY : -log(scale_at(p, t, shape)) - shape;
}

/* The best point of a grid that is wide enough for any shape, and fine where most shapes lie; *step
 * is the distance to its neighbours. */
static double search_grid(const struct profile *p, double *step)
{
	double best = 0, most = -INFINITY;
	for (double w = -32, width; w <= 60; w += width) {
		width = w >= -4 && w < 4 ? 0.25 : 1;
		double value = likelihood(p, w);
		if (value > most) {
			most = value;
			best = w;
		}
	}
	*step = fabs(best) < 4 ? 0.25 : 1;
	return best;
}

/* The maximum between low and high, by golden section search. */
static double search_section(const struct profile *p, double low, double high)
{
	const double golden = 0.6180339887498949;
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double at_a = likelihood(p, a), at_b = likelihood(p, b);
	while (high - low > 1e-10 * (1 + fabs(low))) {
		if (at_a >= at_b) {
			high = b, b = a, at_b = at_a;
			a = high - golden * (high - low);
			at_a = likelihood(p, a);
		} else {
			low = a, a = b, at_a = at_b;
			b = low + golden * (high - low);
			at_b = likelihood(p, b);
		}
	}
	return at_a >= at_b ? a : b;
}

struct pareto pareto_fit(const double *exceedances, size_t n)
{
	struct profile p = {.y = exceedances, .n = n};
	for (size_t i = 0; i < n; i++)
		p.greatest = fmax(p.greatest, exceedances[i]);
	for (size_t i = 0; i < n; i++)
		p.mean += exceedances[i] / p.greatest;
	p.mean /= (double)n;
	double step, w = search_grid(&p, &step);
	w = search_section(&p, w - step, w + step);
	double t = expm1(w), shape = shape_at(&p, t);
	struct pareto inside = {shape, p.greatest * scale_at(&p, t, shape)};
	struct pareto uniform = {-1, p.greatest}; /* the end of the range; likelihood() = 1 */
	return likelihood(&p, w) > 1 ? inside : uniform;
}

/* (e^(shape u) - 1) / shape, or u if shape is 0. */
static double stretch(double shape, double u)
{
	return shape == 0 ? u : expm1(shape * u) / shape;
}

double pareto_quantile(const struct pareto *p, double survival)
{
	return p->scale * stretch(p->shape, -log(survival));
}

void pareto_gradient(const struct pareto *p, double survival, double *by_shape, double *by_scale)
{
	double u = -log(survival), x = p->shape * u;
	*by_scale = stretch(p->shape, u);
	/* (x e^x - e^x + 1) / x^2; its terms cancel near 0 */
	double part = fabs(x) < 1e-3 ? 0.5 + x / 3 + x * x / 8 : (x * exp(x) - expm1(x)) / (x * x);
	*by_shape = p->scale * u * u * part;
}

struct pareto_errors pareto_errors(const struct pareto *p, size_t n)
{
	double one = 1 + p->shape, count = (double)n;
	if (!(p->shape > -0.5))
		return (struct pareto_errors){NAN, NAN, NAN};
	return (struct pareto_errors){
	    .shape_stderr = one / sqrt(count),
	    .scale_stderr = p->scale * sqrt(2 * one / count),
	    .covariance = -p->scale * one / count,
	};
}

/* The distribution function. */
static double below(const struct pareto *p, double y)
{
	double x = y / p->scale;
	double u = p->shape == 0 ? x : log1p(fmax(p->shape * x, -1)) / p->shape;
	return -expm1(-u);
}

double pareto_misfit(const struct pareto *p, const double *ascending, size_t n)
{
	double sum = 1 / (12 * (double)n);
	for (size_t i = 0; i < n; i++) {
		double d = below(p, ascending[i]) - ((double)i + 0.5) / (double)n;
		sum += d * d;
	}
	return sum;
}

double pareto_misfit_bound(const struct pareto *p)
{
	/* For shapes from -1 in steps of 0.25, computed by unit_pareto --bounds 20000 500. */
	static const double bounds[] = {0.6687, 0.3310, 0.2911, 0.2529, 0.2188, 0.1964, 0.1792,
	                                0.1671, 0.1623, 0.1591, 0.1575, 0.1576, 0.1592};
	enum { LAST = sizeof(bounds) / sizeof(*bounds) - 1 };
	double at = fmin((p->shape + 1) * 4, LAST);
	int i = at < LAST ? (int)at : LAST - 1;
	return bounds[i] + (at - i) * (bounds[i + 1] - bounds[i]);
}
