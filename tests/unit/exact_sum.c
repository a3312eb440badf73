/* Exact sums at the limits of doubles. With --streams, a filter for the differential test in
 * nicestat.bats: reads streams of numbers, each a raw f64 count and that many f64, and writes
 * mean and stdev of each as raw f64. */
#include "stats/exact_sum.h"
#include "tap.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static struct exact_sum sums;

static void check(const char *what, const double *values, size_t n, double mean, double stdev)
{
	exact_sum_init(&sums);
	exact_sum_add(&sums, values, n);
	double m = exact_sum_mean(&sums), s = exact_sum_stdev(&sums);
	if (!ok(m == mean && s == stdev && !signbit(s) && signbit(m) == signbit(mean), "%s", what))
		printf("# got %a %a, expected %a %a\n", m, s, mean, stdev);
}

#define CHECK(what, mean, stdev, ...)                                                              \
	check(what, (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double),     \
	      mean, stdev)

static void limits(void)
{
	const double least = 0x1p-1074;
	CHECK("equal numbers do not spread", 0.1, 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
	CHECK("1e9 + {0, 1, 2}", 1000000001, 1, 1e9, 1e9 + 1, 1e9 + 2);
	CHECK("1e9 + {0, 1, 2} three times", 1000000001, sqrt(0.75), 1e9, 1e9, 1e9, 1e9 + 1,
	      1e9 + 1, 1e9 + 1, 1e9 + 2, 1e9 + 2, 1e9 + 2);
	CHECK("cancellation leaves what is small", 0.25, 0x1.a20bd700c2c3ep+1021, 0x1p1022, 1,
	      -0x1p1022, 0);
	CHECK("a mean of minus zeros is plus zero", 0, 0, -0.0, -0.0);
	CHECK("the least numbers: a tie goes to even", 0, least, 0, least);
	CHECK("the least numbers: above the tie", least, least, 0, least, least);
	CHECK("a negative mean that underflows keeps its sign", -0.0, least, -0.0, -least);
	CHECK("just above a tie by the remainder of the division", 1 + 0x1p-52, sqrt(3), 3,
	      3 * 0x1p-53, 0x1p-1074);
	CHECK("just above a tie by a digit far below", 1 + 0x1p-52, 0x1.a20bd700c2c40p-1, 1, 1,
	      2 + 0x1p-51, 0x1p-900);
	CHECK("the largest numbers do not overflow", DBL_MAX, 0, DBL_MAX, DBL_MAX, DBL_MAX);
	CHECK("a stdev beyond all doubles is infinite", 0, INFINITY, DBL_MAX, -DBL_MAX);
	CHECK("squares that underflow still count", 0x1p-1000, sqrt(2) * 0x1p-1000, 0, 0x1p-999);
}

static void stops(void)
{
	const double values[] = {1, 2, NAN, 3, -INFINITY};
	exact_sum_init(&sums);
	ok(exact_sum_add(&sums, values, 5) == 2 && sums.n == 2, "stops at nan");
	ok(exact_sum_add(&sums, values + 3, 2) == 1 && sums.n == 3, "stops at -inf");
	ok(exact_sum_mean(&sums) == 2 && exact_sum_stdev(&sums) == 1,
	   "and has added what is before");
}

/* More additions to one cell than 128 bits of squares hold: 2^23 * (2^53 - 1)^2 > 2^128. */
static void carries(void)
{
	enum { N = 1 << 16, TIMES = 1 << 7 };
	static double values[N];
	for (int i = 0; i < N; i++)
		values[i] = i & 1 ? 0x1.fffffffffffffp9 : -0x1.fffffffffffffp9;
	exact_sum_init(&sums);
	for (int i = 0; i < TIMES; i++)
		exact_sum_add(&sums, values, N);
	/* n/(n-1) x^2 with n = 2^23: sqrt(1 + 2^-23 + ...) = 1 + 2^-24 - ... */
	long double expected = 0x1.fffffffffffffp9L * sqrtl(0x1p23L / (0x1p23L - 1));
	ok(exact_sum_mean(&sums) == 0 && exact_sum_stdev(&sums) == (double)expected,
	   "8388608 equal squares");
	struct exact_sum *half = malloc(sizeof(*half));
	exact_sum_init(half);
	for (int i = 0; i < TIMES / 2; i++)
		exact_sum_add(half, values, N);
	exact_sum_merge(half, half);
	ok(memcmp(half, &sums, sizeof(sums)) == 0,
	   "two halves merge to the whole, carries included");
	free(half);
}

static int streams(void)
{
	double n, values[1000];
	while (fread(&n, sizeof(n), 1, stdin) == 1 && n <= 1000 &&
	       fread(values, sizeof(double), (size_t)n, stdin) == (size_t)n) {
		exact_sum_init(&sums);
		exact_sum_add(&sums, values, (size_t)n);
		double results[2] = {exact_sum_mean(&sums), exact_sum_stdev(&sums)};
		fwrite(results, sizeof(double), 2, stdout);
	}
	return ferror(stdout) || !feof(stdin);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--streams") == 0)
		return streams();
	limits();
	stops();
	carries();
	return tap_end();
}
