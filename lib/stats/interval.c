/* Clopper-Pearson intervals, from the binomial distribution. Density: C. Loader, "Fast and accurate
 * computation of binomial probabilities" (2000), which loses no digits for large n. Tail: the
 * density at its end times an integral of order 1, instead of the usual continued fraction, which
 * would take sqrt(n) steps. */
#include "stats/interval.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

static const double pi = 3.14159265358979323846;

/* log n! - log(sqrt(2 pi n) (n/e)^n), n an integer > 0. */
static double stirling_error(double n)
{
	static const double small[16] = {
	    0,
	    0.0810614667953272582,
	    0.0413406959554092941,
	    0.0276779256849983391,
	    0.0207906721037650931,
	    0.0166446911898211922,
	    0.0138761288230707480,
	    0.0118967099458917701,
	    0.0104112652619720965,
	    0.0092554621827127329,
	    0.0083305634333628713,
	    0.0075736754879518408,
	    0.0069428401072095299,
	    0.0064089941880042071,
	    0.0059513701127588477,
	    0.0055547335519628014,
	};
	if (n < 16)
		return small[(int)n];
	double nn = n * n;
	return (1 / 12.0 -
	        (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / nn) / nn) / nn) / nn) /
	       n;
}

/* x log(x/m) + m - x for x > 0, m > 0, without cancellation when x is near m. */
static double deviance(double x, double m)
{
	if (fabs(x - m) >= 0.1 * (x + m))
		return x * log(x / m) + m - x;
	double v = (x - m) / (x + m), sum = (x - m) * v, term = 2 * x * v;
	for (int j = 3; j < 100; j += 2) {
		double before = sum;
		term *= v * v;
		sum += term / j;
		if (sum == before)
			break;
	}
	return sum;
}

/* A rate and its complement, each to full precision. */
struct rate {
	double p, q;
};

/* log of the probability of k successes in n trials, k > 0. */
static double log_density(double k, double n, struct rate r)
{
	if (k == n)
		return r.p < 0.5 ? n * log(r.p) : n * log1p(-r.q);
	return stirling_error(n) - stirling_error(k) - stirling_error(n - k) -
	       deviance(k, n * r.p) - deviance(n - k, n * r.q) +
	       0.5 * log(n / (2 * pi * k * (n - k)));
}

/* The integral over 0 < d < p of the Beta(k, n-k+1) density at p - d relative to that at p, by
 * tanh-sinh quadrature, which converges to full precision for smooth integrands. The logarithm of
 * the density is concave, so that less than e^-40 remains beyond d = 40 / slope. */
static double relative_tail(double k, double n, struct rate r)
{
	const double step = 1 / 32.0, end = 3.75;
	double slope = (k - 1) / r.p - (n - k) / r.q;
	double width = slope * r.p > 40 ? 40 / slope : r.p, sum = 0;
	for (int i = (int)(-end / step); i <= (int)(end / step); i++) {
		double u = i * step, e = exp(pi * sinh(u));
		double d = width / (1 + e);
		double weight = pi * cosh(u) * e / ((1 + e) * (1 + e));
		double exponent = (n - k) * log1p(d / r.q);
		if (k > 1)
			exponent += (k - 1) * log1p(-d / r.p);
		sum += weight * exp(exponent);
	}
	return sum * step * width;
}

/* The lower end of Wilson's interval, with a normal quantile that is too large: a lower bound of
 * the rate, but a close one. */
static struct rate first_guess(double k, double n, double alpha)
{
	double zz = -2 * log(alpha);
	double spread = sqrt(zz * (k / n * (n - k) + zz / 4));
	struct rate r = {(k + zz / 2 - spread) / (n + zz), (n - k + zz / 2 + spread) / (n + zz)};
	if (r.p < r.q)
		r.q = 1 - r.p;
	else
		r.p = 1 - r.q;
	return r;
}

/* The rate at which k or more successes in n trials, k > 0, have probability alpha, by Newton's
 * method on the logarithm of that probability. It is concave in the rate, so that the iteration
 * climbs to the root and never overshoots. */
static struct rate solve(double k, double n, double alpha)
{
	struct rate r = first_guess(k, n, alpha);
	for (int i = 0; i < 100; i++) {
		double tail = relative_tail(k, n, r);
		double log_density_at_p = log_density(k, n, r) + log(k / r.p);
		double step = tail * (log(alpha) - log_density_at_p - log(tail));
		if (r.p < 0.5) {
			r.p = fmax(r.p + step, r.p / 2);
			r.q = 1 - r.p;
		} else {
			r.q = r.q - step;
			r.p = 1 - r.q;
		}
		if (fabs(step) <= 0x1p-51 * fmin(r.p, r.q))
			break;
	}
	return r;
}

struct interval interval_clopper_pearson(uint64_t k, uint64_t n, double confidence)
{
	assert(k <= n && n <= UINT64_C(1) << 53 && confidence > 0 && confidence < 1);
	struct interval interval = {0, 1};
	double alpha = (1 - confidence) / 2;
	if (k > 0)
		interval.low = solve((double)k, (double)n, alpha).p;
	if (k < n)
		interval.high = solve((double)(n - k), (double)n, alpha).q;
	return interval;
}
