/* Martingales against their formulas and Ville's bound, by simulation with fixed seeds; growing
 * samples against counting. */
#include "drift/martingale.h"
#include "base/rng.h"
#include "drift/growing_sample.h"
#include "tap.h"

static struct martingale of(const char *text)
{
	struct martingale m = {0};
	char why[MARTINGALE_REASON] = "";
	if (!martingale_parse(text, &m, why))
		printf("# %s\n", why);
	return m;
}

/* Each step rounds a few times, the logarithm once: 1e-12 for 200 of them, with room. */
static void power_formula(void)
{
	struct martingale m = of("power:0.3");
	double expected = 0;
	for (int i = 1; i <= 200; i++) {
		martingale_add(&m, i / 201.0);
		expected += log10(0.3) - 0.7 * log10(i / 201.0);
	}
	ok_near(martingale_log10(&m), expected, 1e-12, "power: the product of e p^(e-1)");
	martingale_add(&m, 0);
	martingale_add(&m, 1);
	ok(martingale_log10(&m) == INFINITY, "power: p = 0 makes it infinite, for good");
}

/* A jumper that starts with the capital 1, by the definition, without scaling. */
static double jumper(const double *p, size_t n, double rate)
{
	double c[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
	for (size_t t = 0; t < n; t++) {
		double sum = c[0] + c[1] + c[2];
		for (int i = 0; i < 3; i++)
			c[i] = ((1 - rate) * c[i] + rate / 3 * sum) * (1 + (i - 1) * (p[t] - 0.5));
	}
	return c[0] + c[1] + c[2];
}

static void jumper_and_mixture(void)
{
	enum { N = 300 };
	double p[N], worst = 0;
	struct rng rng;
	rng_init(&rng, 1, RNG_SAMPLES, 0);
	struct martingale m = of("jumper"), mixed = of("mixture:0.02");
	for (size_t n = 1; n <= N; n++) {
		double sum = 1 / ((double)n + 1);
		p[n - 1] = n > 100 ? rng_uniform(&rng) / 4 : rng_uniform(&rng);
		martingale_add(&m, p[n - 1]);
		martingale_add(&mixed, p[n - 1]);
		for (size_t t = 1; t <= n; t++)
			sum += jumper(p + t - 1, n - t + 1, 0.02) / ((double)t * ((double)t + 1));
		worst = fmax(worst, fabs(log10(jumper(p, n, 0.01)) - martingale_log10(&m)));
		worst = fmax(worst, fabs(log10(sum) - martingale_log10(&mixed)));
	}
	ok(worst < 1e-11, "jumper, and the mixture of all jumpers that started (%.2g)", worst);
	m = of("jumper:0.5");
	martingale_add(&m, 0.125);
	ok_near(martingale_log10(&m), 0, 1e-15, "both sides are bet on alike at the start");
	martingale_add(&m, 0.125);
	/* the capital of e = -1, 0, 1: (1 + 3/8 e')/3, half of it shared, and bet again */
	ok_near(martingale_log10(&m), log10(1 + 0.375 * 0.375 / 3), 1e-15, "two steps by hand");
}

static void far(const char *text)
{
	struct martingale m = of(text);
	for (int i = 0; i < 1000000; i++)
		martingale_add(&m, 0.001);
	double high = martingale_log10(&m);
	ok(isfinite(high) && high > 1e5, "%s: a million p-values of 0.001: 10^%.0f", text, high);
	m = of(text);
	for (int i = 0; i < 1000000; i++)
		martingale_add(&m, 0.5);
	ok(martingale_log10(&m) <= 0 && isfinite(martingale_log10(&m)),
	   "%s: nothing to win on p-values of 1/2: 10^%.3g", text, martingale_log10(&m));
}

/* How many of the streams alarm: before the change, uniform p-values; after it, squares of them. */
static int alarms(const char *text, double c, int streams, int change, int length)
{
	int n = 0;
	for (int s = 0; s < streams; s++) {
		struct martingale m = of(text);
		struct rng rng;
		bool alarmed = false;
		rng_init(&rng, 7, RNG_SAMPLES, (uint64_t)s);
		for (int t = 0; t < length && !alarmed; t++) {
			double u = rng_uniform(&rng);
			martingale_add(&m, t < change ? u : u * u);
			alarmed = martingale_log10(&m) >= log10(c);
		}
		n += alarmed;
	}
	return n;
}

/* With these seeds: of 4000 streams of 1000 numbers, at most 200 may alarm at 20; jumpers come
 * close. */
static void simulated(const char *text)
{
	int falsely = alarms(text, 20, 4000, 1000, 1000), late = alarms(text, 100, 200, 0, 200);
	ok(falsely <= 4000 / 20, "%s: %d false alarms at 20 of 4000 streams", text, falsely);
	ok(late >= 190, "%s: %d of 200 streams alarm within 200 of a shift", text, late);
}

static double by_counting(const double *values, size_t n, double x, double u)
{
	size_t less = 0, equal = 0;
	for (size_t i = 0; i < n; i++) {
		less += sample_compare(values[i], x) < 0;
		equal += sample_compare(values[i], x) == 0;
	}
	return ((double)less + u * ((double)equal + 1)) / ((double)n + 1);
}

static void growing(size_t nstart)
{
	enum { N = 1200 };
	struct error e = {0};
	struct growing_sample g = {0};
	struct sample start = {0};
	struct rng rng;
	double values[N];
	int wrong = 0;
	size_t most = 0;
	rng_init(&rng, 9, RNG_SAMPLES, nstart);
	for (size_t i = 0; i < N; i++)
		values[i] = i % 97 == 5 ? NAN : i % 3 ? rng_uniform(&rng) : (double)(i % 7) / 7;
	sample_add(&start, values, nstart, &e);
	growing_sample_start(&g, &start);
	for (size_t n = nstart; n < N; n++) {
		double u = rng_uniform(&rng);
		wrong += growing_sample_p(&g, values[n], u) != by_counting(values, n, values[n], u);
		growing_sample_add(&g, values[n], &e);
		most = g.nruns > most ? g.nruns : most;
	}
	ok(wrong == 0 && e.status == STATUS_OK && g.values.n == N && most < 12,
	   "a sample that grows from %zu to %d: p-values by counting, in %zu runs", nstart, N,
	   most);
	growing_sample_release(&g);
}

int main(void)
{
	power_formula();
	jumper_and_mixture();
	far("jumper");
	far("power");
	far("mixture");
	simulated("jumper");
	simulated("power");
	simulated("mixture");
	growing(0);
	growing(1);
	growing(700);
	return tap_end();
}
