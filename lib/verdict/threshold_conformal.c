/* The conformal threshold: a rank computed in integers. */
#include "verdict/threshold_method.h"

#include "base/decimal.h"
#include "stats/interval.h"

#include <inttypes.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 uint128;

/* A rate in (0, 1) as it was written: digits / 10^power, the shortest decimal that reads back to
 * it, so that 0.29 of 100 is 29 and not 28.999. */
struct rate_digits {
	uint64_t digits;
	long power;
};

static struct rate_digits rate_digits_of(double rate)
{
	char text[DECIMAL_TEXT];
	struct rate_digits d = {0};
	bool fraction = false;
	const char *p = text;
	decimal_format_double(rate, text);
	for (; *p && *p != 'e'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		d.digits = d.digits * 10 + (uint64_t)(*p - '0');
		d.power += fraction;
	}
	if (*p == 'e')
		d.power -= strtol(p + 1, NULL, 10);
	return d;
}

/* sides 10^power; 0 if it exceeds any product of digits and counts. */
static uint128 denominator(const struct rate_digits *d, unsigned sides)
{
	uint128 value = sides;
	for (long i = 0; i < d->power; i++)
		value = i < 37 ? value * 10 : 0;
	return value;
}

/* The rank, from 1, of the number that the conformal threshold is: the floor of the rate of one
 * tail times n + 1; 0 if n is too small. */
static uint64_t conformal_rank(const struct threshold_rule *r, uint64_t n)
{
	struct rate_digits d = rate_digits_of(r->parameter);
	uint128 whole = denominator(&d, r->two_sided ? 2 : 1);
	return whole == 0 ? 0 : (uint64_t)(d.digits * ((uint128)n + 1) / whole);
}

/* The fewest numbers with which a rank exists; 0 if more than 2^64. */
static uint64_t conformal_need(const struct threshold_rule *r)
{
	struct rate_digits d = rate_digits_of(r->parameter);
	uint128 whole = denominator(&d, r->two_sided ? 2 : 1);
	uint128 need = (whole + d.digits - 1) / d.digits;
	return whole == 0 || need > UINT64_MAX ? 0 : (uint64_t)need - 1;
}

/* The distribution of the rate over random calibrations, Beta(a, n + 1 - a) without ties, and its
 * interval with 2.5 % on either side. */
static void report_beta(struct fields *r, uint64_t a, uint64_t n)
{
	fields_add_count(r, "beta_a", a);
	fields_add_count(r, "beta_b", n + 1 - a);
	fields_add_number(r, "rate_low", interval_clopper_pearson(a, n, 0.95).low);
	fields_add_number(r, "rate_high", interval_clopper_pearson(a - 1, n, 0.95).high);
}

enum status threshold_choose_conformal(const struct threshold_choice *c, struct threshold *t,
                                       struct error *e)
{
	const struct sample *s = c->sorted;
	uint64_t rank = conformal_rank(c->rule, s->n), need = conformal_need(c->rule);
	if (rank == 0 && need == 0)
		return error_set(e, STATUS_MALFORMED,
		                 "conformal: too few numbers: more than 2^64 are needed");
	if (rank == 0)
		return error_set(e, STATUS_MALFORMED,
		                 "conformal: %zu numbers are too few: at least %" PRIu64
		                 " are needed",
		                 s->n, need);
	t->lower = s->values[rank - 1];
	t->upper = s->values[s->n - rank];
	t->lower_stderr = threshold_quantile_stderr(s, (double)(rank - 1) / (double)(s->n - 1));
	t->upper_stderr = threshold_quantile_stderr(s, (double)(s->n - rank) / (double)(s->n - 1));
	t->promised = c->rule->parameter;
	fields_add_count(c->report, "rank", rank);
	report_beta(c->report, c->rule->two_sided ? 2 * rank : rank, s->n);
	return STATUS_OK;
}
