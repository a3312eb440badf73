/* The generalised Pareto distribution: fits to its own quantiles, and to draws. With --bounds N M,
 * finds the table of pareto_misfit_bound from N fits to M exceedances for each shape. */
#include "stats/pareto.h"
#include "base/rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* n draws, ascending. */
static void draw(const struct pareto *p, double *y, size_t n, uint64_t seed)
{
	struct rng r;
	rng_init(&r, seed, RNG_SAMPLES, 0);
	for (size_t i = 0; i < n; i++)
		y[i] = pareto_quantile(p, rng_uniform(&r));
	qsort(y, n, sizeof(*y), compare);
}

static int print_bounds(size_t nfits, size_t n)
{
	double *y = malloc(n * sizeof(*y)), *misfits = malloc(nfits * sizeof(*misfits));
	for (double shape = -1; y && misfits && shape <= 2; shape += 0.25) {
		struct pareto p = {shape, 1};
		for (size_t i = 0; i < nfits; i++) {
			draw(&p, y, n, i);
			struct pareto fit = pareto_fit(y, n);
			misfits[i] = pareto_misfit(&fit, y, n);
		}
		qsort(misfits, nfits, sizeof(*misfits), compare);
		printf("%g\t%.4f\t%.4f\t%.4f\n", shape, misfits[nfits / 2],
		       misfits[nfits - 1 - nfits / 20], misfits[nfits - 1 - nfits / 100]);
		fflush(stdout);
	}
	free(misfits);
	free(y);
	return 0;
}

/* A fit to n draws is within 4.5 of the standard errors that it states itself; a false alarm of one
 * comparison has a probability of 7e-6, and the seeds are fixed. */
static void recovers(double shape, double scale)
{
	enum { N = 4000 };
	static double y[N];
	struct pareto p = {shape, scale};
	draw(&p, y, N, 7);
	struct pareto fit = pareto_fit(y, N);
	struct pareto_errors s = pareto_errors(&p, N);
	if (!ok(fabs(fit.shape - shape) < 4.5 * s.shape_stderr &&
	            fabs(fit.scale - scale) < 4.5 * s.scale_stderr,
	        "draws of shape %g, scale %g are fitted within the errors", shape, scale))
		printf("# got %g %g\n", fit.shape, fit.scale);
	ok(pareto_misfit(&fit, y, N) < pareto_misfit_bound(&fit), "and pass the test of fit");
	/* the score of the likelihood is 0 at its maximum */
	double by_scale = 0, by_shape = 0;
	for (int i = 0; i < N; i++) {
		double x = fit.shape * y[i] / fit.scale;
		by_scale += (1 + fit.shape) * y[i] / fit.scale / (1 + x) - 1;
		by_shape += log1p(x) / fit.shape - (1 + fit.shape) * y[i] / fit.scale / (1 + x);
	}
	/* a relative error of 1e-6 of a parameter leaves up to 1e-6 N of it, times a few */
	ok(fabs(by_scale) < 1e-5 * N && fabs(by_shape) < 1e-5 * N, "at the maximum");
}

/* Nothing in it depends on the unit of the exceedances. */
static void scales(void)
{
	enum { N = 200 };
	double y[N], z[N];
	struct pareto p = {0.3, 1};
	draw(&p, y, N, 3);
	struct pareto fit = pareto_fit(y, N);
	for (int exponent = -1040; exponent <= 1000; exponent += 340) {
		for (int i = 0; i < N; i++)
			z[i] = ldexp(y[i], exponent);
		struct pareto scaled = pareto_fit(z, N);
		double tolerance = exponent < -1000 ? 0.01 : 1e-6; /* subnormals lose digits */
		ok(fabs(scaled.shape - fit.shape) < tolerance &&
		       fabs(ldexp(scaled.scale, -exponent) / fit.scale - 1) < tolerance,
		   "in units of 2^%d", exponent);
	}
}

/* The uniform law is at the end of the range, where the likelihood has no maximum inside. */
static void uniform(void)
{
	enum { N = 500 };
	double y[N];
	for (int i = 0; i < N; i++)
		y[i] = (i + 1.0) / N;
	struct pareto fit = pareto_fit(y, N);
	ok(fit.shape >= -1 && fit.shape < -0.9 && fabs(fit.scale - 1) < 0.1, "uniform");
	ok(isnan(pareto_errors(&fit, N).shape_stderr), "has no standard errors");
	ok(fabs(pareto_quantile(&fit, 0.01) - 0.99) < 0.01, "but a quantile");
}

/* Two heaps far from each other are no generalised Pareto tail. */
static void misfits(void)
{
	enum { N = 200 };
	double y[N];
	for (int i = 0; i < N; i++)
		y[i] = i < N / 2 ? 1 + i * 1e-3 : 100 + i * 1e-3;
	struct pareto fit = pareto_fit(y, N);
	ok(pareto_misfit(&fit, y, N) > pareto_misfit_bound(&fit), "two heaps do not fit");
}

/* Derivatives against central differences, whose error is of order h^2 = 1e-8. */
static void gradients(void)
{
	const double shapes[] = {-0.9, -0.2, -1e-5, 0, 1e-5, 0.3, 1.5};
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const double h = 1e-4, survival = 0.02;
		double by_shape, by_scale;
		struct pareto p = {shapes[i], 2}, up = {shapes[i] + h, 2},
			      down = {shapes[i] - h, 2};
		pareto_gradient(&p, survival, &by_shape, &by_scale);
		double difference =
		    (pareto_quantile(&up, survival) - pareto_quantile(&down, survival)) / (2 * h);
		ok(fabs(by_shape / difference - 1) < 1e-6 &&
		       fabs(by_scale * 2 / pareto_quantile(&p, survival) - 1) < 1e-12,
		   "gradient at shape %g", shapes[i]);
	}
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--bounds") == 0)
		return print_bounds((size_t)atol(argv[2]), (size_t)atol(argv[3]));
	recovers(0, 1);
	recovers(0.25, 3);
	recovers(1, 1e-3);
	recovers(2, 1e5);
	recovers(-0.3, 1);
	scales();
	uniform();
	misfits();
	gradients();
	return tap_end();
}
