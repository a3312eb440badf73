/* The bound held to densities whose mass in a cell is known: a flow without conditioners, where it
 * is a product of logistic distribution functions, and one that is constant over each cell. */
#include "density/pixel_bound.h"
#include "base/rng.h"
#include "density/nice_names.h"
#include "tap.h"
#include "tests/oracle/linear_ref.h"

#include <stdlib.h>

/* Three layers, D/2 = 1 wide, are enough for a step: 1 where x <= 127/256, 0 where x >= 1/2. */
static const float no_layers[6] = {0}; /* weight and bias of each */
#define STEP(height)                                                                               \
	{                                                                                          \
		256, -127, -1, 1, (height), 0                                                      \
	}

/* A flow of two elements, of which the first moves by what `layers` make of the second. */
static struct density make(const float layers[6], float scale, const struct linear_backend *backend)
{
	struct error e = {0};
	struct tensors t = {0};
	struct density f = {0};
	for (size_t c = 0; c < 2; c++) {
		const float *values = c == 0 ? layers : no_layers;
		for (size_t l = 0; l < 3; l++) {
			char name[NICE_NAME];
			nice_names_name(name, c, l, 3, "weight");
			tensors_add(&t, name, TENSOR_F32, 2, (uint64_t[]){1, 1},
			            (const unsigned char *)&values[2 * l], &e);
			nice_names_name(name, c, l, 3, "bias");
			tensors_add(&t, name, TENSOR_F32, 1, (uint64_t[]){1},
			            (const unsigned char *)&values[2 * l + 1], &e);
		}
	}
	tensors_add(&t, "scaling.scale", TENSOR_F32, 2, (uint64_t[]){1, 2},
	            (const unsigned char *)(float[]){scale, scale}, &e);
	density_open(&f, &t, backend, PRECISION_F32, &e);
	if (e.status != STATUS_OK)
		printf("# %s\n", e.text);
	tensors_release(&t);
	return f;
}

/* VLB_K and the spread of n records, in pieces of `piece` rows. */
static void run(struct density *f, const unsigned char *v, uint64_t first, size_t n, size_t k,
                size_t piece, double *value, double *stdev)
{
	struct error e = {0};
	struct bound b = {f, k, 1};
	struct density_workspace workspace = {0};
	struct log_mean_exp m = LOG_MEAN_EXP;
	double x[LINEAR_MAX_ROWS * 2], w[LINEAR_MAX_ROWS];
	density_workspace_init(&workspace, f, &e);
	for (size_t row = 0, rows; row < n * k; row += rows) {
		rows = n * k - row < piece ? n * k - row : piece;
		bound_log_weights(&b, &workspace, v, first, row, rows, x, w, &e);
		for (size_t i = row; i < row + rows; i++) {
			log_mean_exp_add(&m, w[i - row]);
			if ((i + 1) % k != 0)
				continue;
			value[i / k] = log_mean_exp_value(&m);
			if (stdev)
				stdev[i / k] = log_mean_exp_stdev(&m);
			m = LOG_MEAN_EXP;
		}
	}
	if (e.status != STATUS_OK)
		printf("# %s\n", e.text);
	density_workspace_release(&workspace);
}

static double mean(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

/* Mass of the logistic of scale exp(-s) between a and b >= a >= 0: F(b) - F(a). */
static double mass(double s, double a, double b)
{
	double p = exp(-exp(s) * a), q = exp(-exp(s) * b);
	return (p - q) / ((1 + p) * (1 + q));
}

static double cell_mass(double s, unsigned v)
{
	return mass(s, v / 256.0, (v + 1) / 256.0);
}

/* exp(VLB_K) is an unbiased estimate of P(v). With exp(s) = 3 the density changes by a factor of
 * exp(3/256) along a cell at the most, so that one draw is off by 3/256 sqrt(2/12) = 0.5 %, and the
 * sum over 65536 cells of 2 draws each by that over sqrt(2 * 65536): 1.4e-5 of it; five of these.
 */
static void sums_to_the_mass(void)
{
	enum { N = 65536 };
	const double s = log(3);
	struct density f = make(no_layers, (float)s, &linear_ref);
	unsigned char *v = malloc(2 * N);
	double *bound = malloc(N * sizeof(double)), sum = 0;
	for (unsigned i = 0; i < N; i++) {
		v[2 * i] = (unsigned char)(i >> 8);
		v[2 * i + 1] = (unsigned char)i;
	}
	run(&f, v, 0, N, 2, LINEAR_MAX_ROWS, bound, NULL);
	for (unsigned i = 0; i < N; i++)
		sum += exp(bound[i]);
	double square = pow(mass(s, 0, 1), 2);
	ok_near(sum, square, 7e-5 * square,
	        "the probabilities of all pixels add up to the mass of [0, 1)^D");
	free(v), free(bound);
	density_release(&f);
}

/* exp(s) = 300: log p falls by up to 300/256 along a cell, log-weights have a stdev of up to
 * 300/256/sqrt(12) = 0.34 for each of two elements, 0.48 for both. The mean of 256 bounds with
 * K = 256 is off by 0.48/sqrt(256 * 256) = 1.9e-3, and biased by 0.48^2/2/256 = 5e-4; five times
 * the former. */
static void tightens(void)
{
	enum { N = 256 };
	static const size_t ks[] = {1, 2, 4, 16, 256};
	const float s = 5.703782f;
	struct density f = make(no_layers, s, &linear_ref);
	unsigned char v[2 * N];
	double bound[N], stdev[N], previous = -INFINITY, expected = 0;
	for (unsigned i = 0; i < N; i++) {
		v[2 * i] = (unsigned char)i;
		v[2 * i + 1] = (unsigned char)(i * 7 + 3);
		expected += (log(cell_mass((double)s, v[2 * i])) +
		             log(cell_mass((double)s, v[2 * i + 1]))) /
		            N;
	}
	for (size_t i = 0; i < sizeof(ks) / sizeof(*ks); i++) {
		run(&f, v, 0, N, ks[i], LINEAR_MAX_ROWS, bound, stdev);
		double now = mean(bound, N);
		ok(now > previous, "K = %zu: the mean bound %.4f is above that of a smaller K",
		   ks[i], now);
		previous = now;
	}
	ok_near(previous, expected, 1e-2, "and comes to the mean of log P(v)");
	ok(mean(stdev, N) > 0.3 && mean(stdev, N) < 0.48, "the log-weights are spread by %.3f",
	   mean(stdev, N));
	density_release(&f);
}

/* With s = -30 what u adds to z is below exp(-30) = 1e-13, and log p changes by no more, the step
 * being constant over each cell but that of 127. Else terms of up to 80 are rounded a few times, by
 * 2^-47 each, 1e-13 together; the sum of both with room. */
static void constant_over_cells(const struct linear_backend *backend)
{
	enum { N = 6 };
	static const unsigned char v[2 * N] = {0, 0, 9, 126, 127, 5, 200, 128, 3, 255, 255, 200};
	const double s = -30, at_0 = -2 * log(2);
	const float height = (float)(10 * exp(30));
	struct density f = make((const float[])STEP(height), -30, backend);
	double bound[N], stdev[N], worst = 0, widest = 0;
	for (size_t k = 1; k <= 1000; k *= 10) {
		run(&f, v, 0, N, k, LINEAR_MAX_ROWS, bound, stdev);
		for (size_t i = 0; i < N; i++) {
			double z = v[2 * i + 1] < 127 ? (double)height * exp(s) : 0;
			double log_p = 2 * s - z - 2 * log1p(exp(-z)) + at_0 - 2 * log(256);
			worst = fmax(worst, fabs(bound[i] - log_p));
			widest = k > 1 ? fmax(widest, stdev[i]) : 0;
		}
	}
	ok_near(worst, 0, 1e-12, "a density constant over cells: every K gives log P(v)");
	ok_near(widest, 0, 1e-12, "and no spread");
	ok(bound[0] < bound[2 + 1] - 5, "which differs from cell to cell");
	density_release(&f);
}

/* Rows in pieces of any size, and records from any number on, are those of the whole. */
static void pieces(void)
{
	enum { N = 40 };
	struct density f = make(no_layers, 5, &linear_packed);
	unsigned char v[2 * N];
	double whole[N], other[N], worst = 0;
	for (unsigned i = 0; i < 2 * N; i++)
		v[i] = (unsigned char)(i * i);
	run(&f, v, 0, N, 37, LINEAR_MAX_ROWS, whole, NULL);
	for (size_t piece = 1; piece < LINEAR_MAX_ROWS; piece = piece * 3 + 1) {
		run(&f, v, 0, N, 37, piece, other, NULL);
		for (size_t i = 0; i < N; i++)
			worst = fmax(worst, whole[i] != other[i]);
	}
	ok(worst == 0, "the same bits in pieces of any number of rows");
	run(&f, v + 2 * 17, 17, N - 17, 37, 100, other, NULL);
	for (size_t i = 0; i < N - 17; i++)
		worst = fmax(worst, whole[i + 17] != other[i]);
	ok(worst == 0, "the same bits from record 17 on");
	run(&f, v + 2 * 17, 0, N - 17, 37, 100, other, NULL);
	for (size_t i = 0; i < N - 17; i++)
		worst += whole[i + 17] != other[i];
	ok(worst == N - 17, "other noise for another number of the record");
	density_release(&f);
}

/* The same pixels in all records, K of each: no draw comes twice, up to the last record there can
 * be. Each draw of u has 64 bits. */
static void no_draw_twice(void)
{
	enum { N = 3, K = 5 };
	struct error e = {0};
	struct density f = make(no_layers, 0, &linear_ref);
	struct bound b = {&f, K, 1};
	struct density_workspace workspace = {0};
	static const uint64_t firsts[] = {0, 1 << 16, UINT64_C(1) << 32, BOUND_MAX_RECORDS - N};
	unsigned char v[2 * N] = {0};
	double w[15], x[4 * 15 * 2];
	size_t ntwice = 0, n = 4 * 15;
	density_workspace_init(&workspace, &f, &e);
	for (size_t i = 0; i < 4; i++)
		bound_log_weights(&b, &workspace, v, firsts[i], 0, N * K, x + i * 15 * 2, w, &e);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++)
			ntwice += x[2 * i] == x[2 * j] && x[2 * i + 1] == x[2 * j + 1];
	}
	ok(ntwice == 0 && e.status == STATUS_OK, "no two rows have the same noise");
	density_workspace_release(&workspace);
	density_release(&f);
}

static double lme(size_t n, const double *values, size_t left_out)
{
	struct log_mean_exp m = LOG_MEAN_EXP;
	for (size_t i = 0; i < n; i++) {
		if (i != left_out)
			log_mean_exp_add(&m, values[i]);
	}
	return log_mean_exp_value(&m);
}

/* With n values: 3 + n roundings of the sum's relative 2^-53, and one of the result. */
static void log_mean_exps(void)
{
	static const double huge[3] = {1e308, 1e308, -1e308},
			    low[4] = {-1e5, -1e5 + 1, -1e5 - 1, -1e5},
			    none[2] = {-INFINITY, -INFINITY}, some[3] = {-INFINITY, -3, -INFINITY},
			    bad[3] = {-1, NAN, 2}, top[3] = {1, INFINITY, -INFINITY};
	ok(lme(1, low, 9) == -1e5, "of one value: that value, bit for bit");
	ok(lme(3, huge, 9) == 1e308, "of values whose exponentials overflow");
	ok_near(lme(4, low, 9), -1e5 + log((2 + exp(1) + exp(-1)) / 4), 3e-11,
	        "of values whose exponentials underflow");
	ok(lme(2, none, 9) == -INFINITY, "of nothing but -inf: -inf");
	ok_near(lme(3, some, 9), -3 - log(3), 1e-15, "-inf counts as a density of 0");
	ok(isnan(lme(3, bad, 9)), "NaN stays NaN");
	ok(lme(3, top, 9) == INFINITY, "+inf stays +inf");

	/* Two passes in long double are the reference. */
	enum { N = 1000 };
	double values[N];
	long double sum = 0, squares = 0, average = 0;
	struct rng r;
	struct log_mean_exp m = LOG_MEAN_EXP;
	rng_init(&r, 1, RNG_SAMPLES, 0);
	for (size_t i = 0; i < N; i++) {
		values[i] = 1000 + 20 * rng_logistic(&r);
		log_mean_exp_add(&m, values[i]);
		sum += expl(values[i] - 1100);
		average += (long double)values[i] / N;
	}
	for (size_t i = 0; i < N; i++)
		squares += (values[i] - average) * (values[i] - average);
	ok_near(log_mean_exp_value(&m), (double)(1100 + logl(sum / N)), 3e-13, "a thousand values");
	ok_near(log_mean_exp_stdev(&m), (double)sqrtl(squares / (N - 1)), 1e-11, "their stdev");
	double left_out = 0;
	for (size_t i = 0; i < 100; i++)
		left_out += lme(100, values, i) / 100;
	ok(lme(100, values, N) > left_out, "Jensen: at least the average with one value left out");
	m = LOG_MEAN_EXP;
	log_mean_exp_add(&m, 1);
	ok(isnan(log_mean_exp_stdev(&m)), "one value has no stdev");
}

int main(void)
{
	sums_to_the_mass();
	tightens();
	constant_over_cells(&linear_ref);
	constant_over_cells(&linear_packed);
	pieces();
	no_draw_twice();
	log_mean_exps();
	return tap_end();
}
