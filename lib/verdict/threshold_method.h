/* What threshold.c shares with the files of its methods. */
#ifndef THRESHOLD_METHOD_H
#define THRESHOLD_METHOD_H

#include "verdict/threshold.h"

/* What a method chooses by. */
struct threshold_choice {
	const struct threshold_rule *rule;
	const struct descriptives *d;
	const struct sample *sorted; /* NULL if the numbers were not kept */
	struct fields *report;
};

/* Sets *t and reports what it has found. */
typedef enum status threshold_chooser(const struct threshold_choice *c, struct threshold *t,
                                      struct error *e);

threshold_chooser threshold_choose_sigma, threshold_choose_quantile, threshold_choose_mad;
threshold_chooser threshold_choose_conformal, threshold_choose_pot;

/* The rate of one tail: half of the rule's rate if it is two-sided. */
double threshold_tail_rate(const struct threshold_rule *r);

/* The standard deviation of the fraction of n numbers that lie below their quantile of p. */
double threshold_rank_stderr(double p, size_t n);

/* The standard error of that quantile by the delta method: the slope of the quantile function is
 * measured over one standard deviation of the rank to either side. */
double threshold_quantile_stderr(const struct sample *s, double p);

#endif
