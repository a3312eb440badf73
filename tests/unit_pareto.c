/* The generalised Pareto distribution: fits to its own quantiles, and to draws. With --bounds N M,
 * finds the table of pareto_misfit_bound from N fits to M exceedances for each shape. */
#include "pareto.h"
#include "rng.h"
#include "tap.h"

#include <stdlib.h>

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

int main(int argc, char **argv)
{
	if (argc == 4)
		return print_bounds((size_t)atol(argv[2]), (size_t)atol(argv[3]));
	return tap_end();
}
