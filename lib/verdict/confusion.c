/* Confusion matrix and its ratios. */
#include "verdict/confusion.h"

#include <math.h>

void confusion_add(struct confusion *c, bool anomalous, bool flagged)
{
	if (anomalous) {
		c->true_positives += flagged;
		c->false_negatives += !flagged;
	} else {
		c->false_positives += flagged;
		c->true_negatives += !flagged;
	}
}

uint64_t confusion_normal(const struct confusion *c)
{
	return c->false_positives + c->true_negatives;
}

uint64_t confusion_anomalous(const struct confusion *c)
{
	return c->true_positives + c->false_negatives;
}

uint64_t confusion_errors(const struct confusion *c)
{
	return c->false_positives + c->false_negatives;
}

static double quotient(uint64_t k, uint64_t n)
{
	return n > 0 ? (double)k / (double)n : (double)NAN;
}

static struct share share(uint64_t k, uint64_t n)
{
	return (struct share){quotient(k, n), interval_clopper_pearson(k, n, 0.95)};
}

struct share confusion_precision(const struct confusion *c)
{
	return share(c->true_positives, c->true_positives + c->false_positives);
}

struct share confusion_recall(const struct confusion *c)
{
	return share(c->true_positives, confusion_anomalous(c));
}

struct share confusion_false_positive_rate(const struct confusion *c)
{
	return share(c->false_positives, confusion_normal(c));
}

struct share confusion_false_negative_rate(const struct confusion *c)
{
	return share(c->false_negatives, confusion_anomalous(c));
}

double confusion_f1(const struct confusion *c)
{
	uint64_t twice = 2 * c->true_positives;
	return quotient(twice, twice + confusion_errors(c));
}

double confusion_balanced_accuracy(const struct confusion *c)
{
	return (quotient(c->true_positives, confusion_anomalous(c)) +
	        quotient(c->true_negatives, confusion_normal(c))) /
	       2;
}
