/*
 * How a threshold is chosen from the log-likelihoods of normal data: the methods, each with its
 * parameter, as "sigma:3". Definitions and guarantees are in nicestat(1).
 */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "description.h"
#include "report.h"
#include "sample.h"
#include "status.h"

#include <stdbool.h>

struct method; /* one of the methods */

struct rule {
	const struct method *method;
	double parameter; /* standard deviations, or a rate in (0, 1) */
	double tail;      /* of pot: the share of the numbers that the tail is fitted to */
	bool two_sided;   /* an upper bound, too; each tail gets half of a rate */
};

/* "sigma:3", "pot:0.001:0.05"; parameters may be left out for the usual ones. False, and why, in
 * lower case, if it is no such text. */
enum { RULE_REASON = 200 };
bool rule_parse(const char *text, struct rule *out, char why[RULE_REASON]);

/* The rule mean - k stdev. */
struct rule rule_sigma(double k);

/* Whether the sorted numbers must be there to choose. */
bool rule_needs_sample(const struct rule *r);

/* What was chosen. The standard errors are estimates, NaN where there is none. */
struct threshold {
	double lower, upper; /* finite; upper inf unless two-sided */
	double lower_stderr, upper_stderr;
	double promised; /* the rate of false positives that is promised, or expected */
};

/* Chooses by the description of the numbers and, where the rule needs them or for their standard
 * errors, by the numbers themselves, sorted; NULL if they were not kept. Reports the method and
 * what it has found. Fails if there are too few numbers, or if they do not fit. */
enum status rule_choose(const struct rule *r, const struct description *d,
			const struct sample *sorted, struct threshold *out, struct report *report,
			struct error *e);

#endif
