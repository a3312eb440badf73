/*
 * How well log-likelihoods separate anomalous from normal data, over all thresholds: numbers below
 * the threshold are flagged, and NaN always is.
 */
#ifndef ROC_H
#define ROC_H

#include "stats/sample.h"

#include <stdbool.h>
#include <stddef.h>

/* A walk over the points of the curve, from nothing flagged to all flagged; set the samples, which
 * are sorted, and the rest to zero. */
struct roc_walk {
	const struct sample *normal, *anomalous;
	size_t false_positives, true_positives; /* normal, anomalous data flagged here */
};

/* Moves to the next point: flags the smallest number not yet flagged, and all that are equal to it.
 * False if all are flagged. */
bool roc_next(struct roc_walk *w);

/* The threshold of this point, the least number not flagged; inf if all are. NaN if no threshold
 * gives this point, because a NaN is not flagged or an inf is. */
double roc_threshold(const struct roc_walk *w);

struct roc {
	/* The probability that an anomalous number is less than a normal one, plus half the
	 * probability that they are equal: the Mann-Whitney statistic over the number of pairs,
	 * correctly rounded. */
	double auroc;
	/* 95 % interval (DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988): the AUROC -+ 1.96
	 * standard errors, clipped to [0, 1]; NaN if there are fewer than two data of a kind. */
	double auroc_low, auroc_high;
	/* Average precision, the sum over all points of the precision times the gain in recall,
	 * with the anomalous, and with the normal data as positives. */
	double aupr_anomalous, aupr_normal;
	/* The least share of normal data flagged where 95 % of the anomalous are; the least share
	 * of anomalous data not flagged where 95 % of the normal are not. */
	double fpr95_anomalous, fpr95_normal;
	/* The minimum over thresholds of the mean of both error rates, and the smallest threshold
	 * that attains it. */
	double detection_error, threshold;
};

/* Both samples sorted, neither empty. */
void roc_compute(const struct sample *normal, const struct sample *anomalous, struct roc *out);

#endif
