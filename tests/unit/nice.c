/* The flow held to what defines it: the twin, a numeric Jacobian, a density that integrates to 1,
 * the closed form without conditioners, inverses. Models are made here, in memory. */
#include "density/nice.h"
#include "base/rng.h"
#include "density/halves.h"
#include "density/logistic.h"
#include "tap.h"
#include "tests/oracle/linear_ref.h"

#include <stdlib.h>
#include <string.h>

struct model {
	struct tensors tensors;
	float *values; /* of all tensors */
	size_t nvalues, used;
	struct rng rng;
};

static void add(struct model *m, const char *name, unsigned rank, uint64_t rows, uint64_t columns,
                double bound)
{
	struct error e = {0};
	size_t n = (size_t)(rows * columns);
	float *data = m->values + m->used;
	m->used += n;
	for (size_t i = 0; i < n; i++)
		data[i] = (float)(bound * (2 * rng_uniform(&m->rng) - 1));
	tensors_add(&m->tensors, name, TENSOR_F32, rank, (uint64_t[]){rows, columns},
	            (const unsigned char *)data, &e);
}

/* gain 0: zero weights; scale 0: s = 0. */
static struct model make(size_t d, size_t mid, size_t hidden, size_t couplings, double gain,
                         double scale)
{
	struct model m = {.nvalues =
	                      couplings * ((d + 1) * (mid + 1) + hidden * mid * (mid + 1)) + d};
	m.values = calloc(m.nvalues, sizeof(float));
	rng_init(&m.rng, 11, RNG_WEIGHTS, d);
	for (size_t c = 0; c < couplings; c++) {
		for (size_t l = 0; l <= hidden; l++) {
			char name[NICE_NAME];
			size_t on = halves_moved(1, c);
			size_t in = l == 0 ? halves_size(d, 1 - on) : mid;
			size_t out = l == hidden ? halves_size(d, on) : mid;
			nice_names_name(name, c, l, hidden + 1, "weight");
			add(&m, name, 2, out, in, gain / sqrt((double)in));
			nice_names_name(name, c, l, hidden + 1, "bias");
			add(&m, name, 1, out, 1, gain / sqrt((double)in));
		}
	}
	add(&m, "scaling.scale", 2, 1, d, scale);
	return m;
}

/* A flow, and what one thread needs to work on it. */
struct subject {
	struct nice flow;
	struct nice_workspace workspace;
};

static struct subject subject_of(const struct model *m, const struct linear_backend *backend)
{
	struct error e = {0};
	struct nice_names dict = {0};
	struct subject f = {0};
	if (nice_names_read(&dict, &m->tensors, &e) == STATUS_OK &&
	    nice_init(&f.flow, &dict, backend, PRECISION_F32, &e) == STATUS_OK)
		nice_workspace_init(&f.workspace, &f.flow, &e);
	if (e.status != STATUS_OK)
		printf("# %s\n", e.text);
	nice_names_release(&dict);
	return f;
}

static void dismiss(struct subject *s)
{
	nice_workspace_release(&s->workspace);
	nice_release(&s->flow);
}

static void release(struct model *m)
{
	tensors_release(&m->tensors);
	free(m->values);
}

static double *randoms(size_t n, double bound)
{
	struct rng r;
	double *x = malloc(n * sizeof(double));
	rng_init(&r, 3, RNG_SAMPLES, n);
	for (size_t i = 0; i < n; i++)
		x[i] = bound * (2 * rng_uniform(&r) - 1);
	return x;
}

static double greatest(const double *a, const double *b, size_t n)
{
	double worst = 0;
	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs(a[i] - b[i]));
	return worst;
}

/* Both conditioners are exact to a few float32 ulps of values below 2 in each of 3 layers; the
 * shifts add up over 4 couplings and are scaled by exp(0.5): 4 * 3 * 40 * 2^-24 * 1.7 = 5e-5. */
static void against_twin(size_t d)
{
	enum { N = 500 };
	struct error e = {0};
	struct model m = make(d, 40, 3, 4, 1, 0.5);
	struct subject fast = subject_of(&m, &linear_packed), naive = subject_of(&m, &linear_ref);
	double *x = randoms(N * d, 1), *z = malloc(N * d * sizeof(double)),
	       *back = malloc(N * d * sizeof(double)), *ll = malloc(2 * N * sizeof(double));
	nice_forward(&fast.flow, &fast.workspace, N, x, z, &e);
	nice_forward(&naive.flow, &naive.workspace, N, x, back, &e);
	ok(greatest(z, back, N * d) < 5e-5, "%zu elements: latents agree with the twin's", d);
	nice_log_likelihood(&fast.flow, &fast.workspace, N, x, ll, &e);
	nice_log_likelihood(&naive.flow, &naive.workspace, N, x, ll + N, &e);
	ok(greatest(ll, ll + N, N) < (double)d * 5e-5, "likelihoods agree with the twin's");
	nice_inverse(&fast.flow, &fast.workspace, N, z, back, &e);
	/* Couplings are undone in float64 with the same shifts, but for what float32 makes of their
	 * inputs: these differ by ulps of float64 and are rounded alike but for rare ties. */
	ok(greatest(x, back, N * d) < 1e-6, "inverse of forward is the identity");
	nice_forward(&fast.flow, &fast.workspace, N, back, back, &e);
	ok(greatest(z, back, N * d) < 2e-6, "forward of inverse is the identity");
	double worst = 0;
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst,
		             fabs(logistic_log_density(z + i * d, d) + fast.flow.log_det - ll[i]));
	ok(worst == 0, "log-likelihood = prior of the latents + log-determinant");
	for (size_t i = 0; i < N; i++) {
		double alone;
		nice_log_likelihood(&fast.flow, &fast.workspace, 1, x + i * d, &alone, &e);
		worst = fmax(worst, alone != ll[i]);
	}
	ok(worst == 0 && e.status == STATUS_OK,
	   "a record alone gives the same bits as among others");
	free(x), free(z), free(back), free(ll);
	dismiss(&fast), dismiss(&naive);
	release(&m);
}

/* log|det| of a by elimination with partial pivoting; a (d, d) is overwritten. */
static double log_abs_det(double *a, size_t d)
{
	double sum = 0;
	for (size_t k = 0; k < d; k++) {
		size_t pivot = k;
		for (size_t r = k; r < d; r++)
			pivot = fabs(a[r * d + k]) > fabs(a[pivot * d + k]) ? r : pivot;
		for (size_t c = 0; c < d; c++) {
			double swap = a[k * d + c];
			a[k * d + c] = a[pivot * d + c];
			a[pivot * d + c] = swap;
		}
		sum += log(fabs(a[k * d + k]));
		for (size_t r = k + 1; r < d; r++) {
			double factor = a[r * d + k] / a[k * d + k];
			for (size_t c = k; c < d; c++)
				a[r * d + c] -= factor * a[k * d + c];
		}
	}
	return sum;
}

/* Central differences with h = 2^-10, below the bends of the ReLUs, at points on the grid of 2^-10:
 * x + h is exact in float32, the shifts carry errors of 2^-24, so a derivative one of 2^-24 / 2^-10
 * = 6e-5 in each of the d^2 entries; the determinant of entries below 3 feels some tens of them at
 * d = 8. */
static void numeric_jacobian(size_t d)
{
	const double h = 0x1p-10;
	struct error e = {0};
	struct model m = make(d, 7, 2, 4, 1, 0.8);
	struct subject f = subject_of(&m, &linear_ref);
	double *x = randoms(d, 1), *jacobian = malloc(d * d * sizeof(double)),
	       *plus = malloc(d * sizeof(double)), *minus = malloc(d * sizeof(double));
	for (size_t j = 0; j < d; j++)
		x[j] = round(x[j] * 1024) / 1024;
	for (size_t j = 0; j < d; j++) {
		memcpy(plus, x, d * sizeof(double));
		memcpy(minus, x, d * sizeof(double));
		plus[j] += h;
		minus[j] -= h;
		nice_forward(&f.flow, &f.workspace, 1, plus, plus, &e);
		nice_forward(&f.flow, &f.workspace, 1, minus, minus, &e);
		for (size_t i = 0; i < d; i++)
			jacobian[i * d + j] = (plus[i] - minus[i]) / (2 * h);
	}
	ok(e.status == STATUS_OK, "D = %zu: the flow runs", d);
	ok_near(log_abs_det(jacobian, d), f.flow.log_det, 3e-3,
	        "log-determinant equals that of the numeric Jacobian");
	free(x), free(jacobian), free(plus), free(minus);
	dismiss(&f);
	release(&m);
}

/* The sum over a grid of step 1/8 on [-40, 40]^2. The tails beyond hold e^-30; the trapezoid rule
 * is exact to e^(-2 pi^2 / (step exp(s))) = e^-60 for the logistic, and to step^2 times the kinks'
 * change of slope where a ReLU bends the density. */
static void integrates_to_one(void)
{
	enum { SIDE = 641 };
	struct error e = {0};
	struct model m = make(2, 5, 2, 4, 1, 0.5);
	struct subject f = subject_of(&m, &linear_ref);
	double *x = malloc(2 * SIDE * sizeof(double)), *ll = malloc(SIDE * sizeof(double));
	double sum = 0;
	for (int i = 0; i < SIDE; i++) {
		for (int j = 0; j < SIDE; j++) {
			x[2 * j] = (i - SIDE / 2) / 8.0;
			x[2 * j + 1] = (j - SIDE / 2) / 8.0;
		}
		nice_log_likelihood(&f.flow, &f.workspace, SIDE, x, ll, &e);
		for (int j = 0; j < SIDE; j++)
			sum += exp(ll[j]) / 64;
	}
	ok_near(sum, 1, 1e-4, "the density of a flow of two elements integrates to 1");
	free(x), free(ll);
	dismiss(&f);
	release(&m);
}

/* Without conditioners and scaling p is the product of standard logistics,
 * p(x) = 1 / (4 cosh^2(x / 2)). */
static void closed_form(void)
{
	static const double x[8] = {0, 1, -1, 0.5, 30, -30, 700, -1e-9};
	struct error e = {0};
	struct model m = make(8, 3, 1, 2, 0, 0);
	struct subject f = subject_of(&m, &linear_packed);
	double ll, expected = 0;
	for (int j = 0; j < 8; j++) {
		double a = fabs(x[j]); /* log cosh(a/2) = a/2 + log1p(exp(-a)) - log 2 */
		expected -= a + 2 * log1p(exp(-a));
	}
	nice_log_likelihood(&f.flow, &f.workspace, 1, x, &ll, &e);
	ok_near(ll, expected, 1e-12 * fabs(expected), "zero weights, s = 0: the logistic");
	ok_near(logistic_log_density((double[]){0}, 1), -2 * log(2), 1e-15, "log p(0) = -log 4");
	double zeros[2000] = {0};
	ok_near(logistic_log_density(zeros, 2000), -4000 * log(2), 1e-9,
	        "a product of 2000 factors of 2 does not overflow");
	dismiss(&f);
	release(&m);
}

/* log1p(exp(-|z|)) is log 2 at most, and 1 + exp(-|z|) carries an error of an ulp of 1 or so. */
static void prior_accuracy(void)
{
	double worst = 0;
	for (double z = -60; z <= 60; z += 0x1.01p-9) {
		double expected = -(fabs(z) + 2 * log1p(exp(-fabs(z))));
		worst = fmax(worst, fabs(logistic_log_density(&z, 1) - expected) / (1 + fabs(z)));
	}
	ok(worst <= 0x1p-51, "the prior's logarithm is exact to an ulp or two (%.2g)", worst);
	static const double far[] = {0.0, -0.0, 699.9, 700.1, -746, 1e300, -5e-324};
	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++)
		ok_near(logistic_log_density(&far[i], 1),
		        -(fabs(far[i]) + 2 * log1p(exp(-fabs(far[i])))),
		        0x1p-51 * (1 + fabs(far[i])), "the prior at the ends");
	enum { D = 1003 };
	double z[D], sum = 0;
	bool near = true;
	for (size_t d = 0; d < D; d++) {
		z[d] = ((double)d - 500) / 16;
		near = near && fabs(logistic_log_density(z, d) - sum) <= 1e-9;
		sum += logistic_log_density(&z[d], 1);
	}
	ok(near, "any number of elements is the sum over them");
}

static void not_finite(void)
{
	double x[3 * 6] = {0.1, 0.2, NAN, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, INFINITY, 0, 0, 0, 0};
	struct error e = {0};
	struct model m = make(6, 5, 2, 4, 1, 0.5);
	struct subject f = subject_of(&m, &linear_packed);
	double ll[3], alone;
	nice_log_likelihood(&f.flow, &f.workspace, 3, x, ll, &e);
	nice_log_likelihood(&f.flow, &f.workspace, 1, x + 6, &alone, &e);
	ok(isnan(ll[0]), "a NaN in a record makes its likelihood NaN");
	ok(isfinite(ll[1]) && ll[1] == alone, "the record behind it does not notice");
	ok(isnan(ll[2]) || ll[2] == -INFINITY, "an infinity makes it NaN or -inf");
	dismiss(&f);
	release(&m);
}

int main(void)
{
	against_twin(20);
	against_twin(21);
	for (size_t d = 2; d <= 8; d++)
		numeric_jacobian(d);
	integrates_to_one();
	closed_form();
	prior_accuracy();
	not_finite();
	return tap_end();
}
