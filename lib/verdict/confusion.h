/* Confusion matrix of a detector on labelled data, and its rates. A positive is flagged as an
 * anomaly. */
#ifndef CONFUSION_H
#define CONFUSION_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stdint.h>

struct confusion {
	uint64_t true_positives, false_positives, true_negatives, false_negatives;
};

void confusion_add(struct confusion *c, bool anomalous, bool flagged);

uint64_t confusion_normal(const struct confusion *c); /* count of normal data */
uint64_t confusion_anomalous(const struct confusion *c);
uint64_t confusion_errors(const struct confusion *c);

/* A share and its exact 95 % confidence interval; NaN, and 0 to 1, if there are no data. */
struct share {
	double value;
	struct interval interval;
};

struct share confusion_precision(const struct confusion *c); /* of flagged data: anomalous */
struct share confusion_recall(const struct confusion *c);    /* of anomalous data: flagged */
struct share confusion_false_positive_rate(const struct confusion *c); /* of normal data: flagged */
struct share confusion_false_negative_rate(const struct confusion *c); /* 1 - recall */

/* 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall; NaN if nothing is anomalous
 * or flagged. */
double confusion_f1(const struct confusion *c);

/* The mean of recall and 1 - false positive rate; NaN if either is NaN. */
double confusion_balanced_accuracy(const struct confusion *c);

#endif
