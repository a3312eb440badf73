/*
 * How a threshold is chosen from the log-likelihoods of normal data: the methods, each with its
 * parameter, as "sigma:3". Definitions and guarantees are in nicestat(1).
 */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "base/error.h"
#include "io/fields.h"
#include "stats/descriptives.h"
#include "stats/sample.h"

#include <stdbool.h>

struct threshold_method; /* one of the methods */

struct threshold_rule {
	const struct threshold_method *method;
	double parameter; /* standard deviations, or a rate in (0, 1) */
	double tail;      /* of pot: the share of the numbers that the tail is fitted to */
	bool two_sided;   /* an upper bound, too; each tail gets half of a rate */
};

/* "sigma:3", "pot:0.001:0.05"; parameters that are omitted have their defaults. If the text is
 * malformed, returns false, with the reason in lower case in why. */
enum { THRESHOLD_RULE_REASON = 200 };
bool threshold_rule_parse(const char *text, struct threshold_rule *out,
                          char why[THRESHOLD_RULE_REASON]);

/* The rule mean - k stdev. */
struct threshold_rule threshold_rule_sigma(double k);

/* Whether choosing needs the sorted numbers. */
bool threshold_rule_needs_sample(const struct threshold_rule *r);

/* A chosen threshold. The standard errors are estimates, or NaN. */
struct threshold {
	double lower, upper; /* finite; upper inf unless two-sided */
	double lower_stderr, upper_stderr;
	double promised; /* the promised or expected rate of false positives */
};

/* Chooses from the descriptives of the numbers and, where the rule or a standard error needs them,
 * from the sorted numbers, which are NULL if they were not kept. Adds the method and its findings
 * to the report. Fails if there are too few numbers or the method does not fit them. */
enum status threshold_choose(const struct threshold_rule *r, const struct descriptives *d,
                             const struct sample *sorted, struct threshold *out,
                             struct fields *report, struct error *e);

#endif
