/* Clopper-Pearson intervals against those of tests/oracle/interval_oracle.py: exact integers for
 * small cases, 60 digits for the others. */
#include "stats/interval.h"
#include "tap.h"

static const struct {
	uint64_t k, n;
	double low, high;
} cases[] = {
    {0, 1, 0.0, 0.975},
    {1, 1, 0.025, 1.0},
    {1, 2, 0.01257911709342505, 0.9874208829065749},
    {0, 10, 0.0, 0.30849710781876083},
    {3, 10, 0.06673951117773447, 0.6524528500599973},
    {10, 10, 0.6915028921812392, 1.0},
    {1, 100, 0.00025314603297742064, 0.05445938539208066},
    {50, 100, 0.39832112950330095, 0.601678870496699},
    {99, 100, 0.9455406146079194, 0.9997468539670226},
    {7, 399, 0.007081904225092185, 0.03581156770813001},
    {200, 400, 0.449907887741012, 0.550092112258988},
    {103, 5000, 0.016844730165730338, 0.024928538075188474},
    {2, 5000, 4.844552711822349e-05, 0.0014441827958669002},
    {4990, 5000, 0.9963250145191396, 0.9990405186822514},
    {15, 10000, 0.0008397740139624508, 0.0024728169815557604},
    {66, 5000, 0.010223188342401079, 0.016763401195212066},
    {20, 10000, 0.0012220666213229457, 0.0030871559892162925},
    {500, 100000, 0.004572244150070587, 0.005456841177010281},
    {0, 1000000, 0.0, 3.688872650206489e-06},
    {1, 1000000, 2.5317807663794178e-08, 5.571630655172244e-06},
    {500000, 1000000, 0.49901951919531184, 0.5009804808046882},
    {300, 1000000000, 2.670092795038768e-07, 3.3594111951551925e-07},
    {500000000, 1000000000, 0.4999690097484223, 0.5000309902515777},
    {999999993, 1000000000, 0.9999999855773247, 0.9999999971856369},
    {0, 9007199254740992, 0.0, 4.0954789050239697e-16},
    {1, 9007199254740992, 2.8108413357197244e-18, 6.185766777620946e-16},
    {16, 9007199254740992, 1.015341416903573e-15, 2.884692218159228e-15},
    {100000000, 9007199254740992, 1.1100054354277578e-08, 1.1104406459568929e-08},
    {9007199254740991, 9007199254740992, 0.9999999999999993, 1.0},
    {9007199254740992, 9007199254740992, 0.9999999999999996, 1.0},
};

/* Newton's iteration ends within 2^-51 of where the computed tail is 1/40; the tail's relative
 * error, some 2^-49 from a sum of 240 terms and a density of a few roundings, moves the rate by at
 * most as much (the slope of log tail against log rate is never below 1). With room: 2^-47. */
static bool near(double got, double expected)
{
	return fabs(got - expected) <= 0x1p-47 * expected;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned long long k = cases[i].k, n = cases[i].n;
		struct interval got = interval_clopper_pearson(k, n, 0.95);
		if (!ok(near(got.low, cases[i].low) && near(got.high, cases[i].high),
		        "interval of %llu among %llu", k, n))
			printf("# got %.17g %.17g, expected %.17g %.17g\n", got.low, got.high,
			       cases[i].low, cases[i].high);
	}
	struct interval none = interval_clopper_pearson(0, 0, 0.95);
	ok(none.low == 0 && none.high == 1, "no data say nothing");
	struct interval wide = interval_clopper_pearson(3, 10, 0.999),
			narrow = interval_clopper_pearson(3, 10, 0.5);
	ok(wide.low < narrow.low && narrow.low < 0.3 && 0.3 < narrow.high &&
	       narrow.high < wide.high,
	   "more confidence, wider intervals");
	return tap_end();
}
