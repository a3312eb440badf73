/* The ROC curve and what is computed from it. Counts stay integers until the last step. */
#include "verdict/roc.h"

#include "stats/exact_sum.h"

#include <assert.h>
#include <math.h>

bool roc_next(struct roc_walk *w)
{
	const struct sample *normal = w->normal, *anomalous = w->anomalous;
	size_t fp = w->false_positives, tp = w->true_positives;
	double least;
	if (fp == normal->n && tp == anomalous->n)
		return false;
	if (tp == anomalous->n ||
	    (fp < normal->n && sample_compare(normal->values[fp], anomalous->values[tp]) < 0))
		least = normal->values[fp];
	else
		least = anomalous->values[tp];
	while (fp < normal->n && sample_compare(normal->values[fp], least) == 0)
		fp++;
	while (tp < anomalous->n && sample_compare(anomalous->values[tp], least) == 0)
		tp++;
	w->false_positives = fp;
	w->true_positives = tp;
	return true;
}

double roc_threshold(const struct roc_walk *w)
{
	const struct sample *normal = w->normal, *anomalous = w->anomalous;
	size_t fp = w->false_positives, tp = w->true_positives;
	if (fp < normal->n && tp < anomalous->n) {
		double x = normal->values[fp], y = anomalous->values[tp];
		return sample_compare(x, y) < 0 ? x : y;
	}
	if (fp < normal->n)
		return normal->values[fp];
	if (tp < anomalous->n)
		return anomalous->values[tp];
	return (fp > 0 && normal->values[fp - 1] == INFINITY) ||
	               (tp > 0 && anomalous->values[tp - 1] == INFINITY)
	           ? (double)NAN
	           : (double)INFINITY;
}

/* n / d, 0 <= n <= d < 2^127, correctly rounded: 64 binary digits, and whether more follow. */
static double ratio(exact_sum_uint128 n, exact_sum_uint128 d)
{
	uint64_t digits = 0;
	int exponent = -63;
	if (n == 0)
		return 0;
	for (; n < d; n <<= 1)
		exponent--;
	for (int i = 0; i < 64; i++) {
		bool one = n >= d;
		digits = digits << 1 | one;
		n = (one ? n - d : n) << 1;
	}
	return ldexp((double)(digits | (n != 0)), exponent);
}

/* Sums over the curve. The placement of a datum is the count of data of the other kind on whose
 * right side it is, doubled, so that a tie counts as 1. */
struct sums {
	exact_sum_uint128 placements;  /* of all anomalous data */
	exact_sum_uint128 least_error; /* false positives * anomalous + misses * normal */
	struct exact_sum anomalous, normal;
};

/* DeLong's interval, from the variance of the placements. */
static void set_interval(const struct sums *s, double nnormal, double nanomalous, struct roc *out)
{
	const double z = 1.959963984540054;
	if (nnormal < 2 || nanomalous < 2) {
		out->auroc_low = out->auroc_high = NAN;
		return;
	}
	double a = exact_sum_stdev(&s->anomalous) / (2 * nnormal);
	double b = exact_sum_stdev(&s->normal) / (2 * nanomalous);
	double error = sqrt(a * a / nanomalous + b * b / nnormal);
	out->auroc_low = fmax(0, out->auroc - z * error);
	out->auroc_high = fmin(1, out->auroc + z * error);
}

static void add_placements(struct exact_sum *sums, double placement, size_t times)
{
	for (size_t i = 0; i < times; i++)
		exact_sum_add(sums, &placement, 1);
}

/* Adds the step from the previous point to the current one. */
static void add_step(struct sums *s, const struct roc_walk *before, const struct roc_walk *now,
                     struct roc *out)
{
	size_t nnormal = now->normal->n, nanomalous = now->anomalous->n;
	size_t normal = now->false_positives - before->false_positives;
	size_t anomalous = now->true_positives - before->true_positives;
	size_t above = nnormal - now->false_positives;
	s->placements += (exact_sum_uint128)anomalous * (2 * above + normal);
	add_placements(&s->anomalous, (double)(2 * above + normal), anomalous);
	add_placements(&s->normal, (double)(2 * before->true_positives + anomalous), normal);

	size_t flagged = now->false_positives + now->true_positives;
	size_t kept_normal = nnormal - before->false_positives;
	size_t kept = kept_normal + nanomalous - before->true_positives;
	out->aupr_anomalous += (double)anomalous / (double)nanomalous *
	                       ((double)now->true_positives / (double)flagged);
	out->aupr_normal += (double)normal / (double)nnormal * ((double)kept_normal / (double)kept);
}

/* Updates what is smallest, or first, at this point. */
static void look(struct sums *s, const struct roc_walk *w, struct roc *out)
{
	size_t nnormal = w->normal->n, nanomalous = w->anomalous->n;
	size_t misses = nanomalous - w->true_positives;
	exact_sum_uint128 error = (exact_sum_uint128)w->false_positives * nanomalous +
	                          (exact_sum_uint128)misses * nnormal;
	if (error < s->least_error || (error == s->least_error && isnan(out->threshold)))
		out->threshold = roc_threshold(w);
	if (error < s->least_error)
		s->least_error = error;
	if (isnan(out->fpr95_anomalous) && misses <= nanomalous / 20)
		out->fpr95_anomalous = (double)w->false_positives / (double)nnormal;
	if (w->false_positives <= nnormal / 20)
		out->fpr95_normal = (double)misses / (double)nanomalous;
}

void roc_compute(const struct sample *normal, const struct sample *anomalous, struct roc *out)
{
	assert(normal->n > 0 && anomalous->n > 0);
	struct roc_walk walk = {.normal = normal, .anomalous = anomalous}, before = walk;
	struct sums sums = {.least_error = ~(exact_sum_uint128)0};
	exact_sum_uint128 pairs = (exact_sum_uint128)normal->n * anomalous->n;
	*out = (struct roc){.fpr95_anomalous = NAN};
	look(&sums, &walk, out);
	while (roc_next(&walk)) {
		add_step(&sums, &before, &walk, out);
		look(&sums, &walk, out);
		before = walk;
	}
	out->auroc = ratio(sums.placements, 2 * pairs);
	out->detection_error = ratio(sums.least_error, 2 * pairs);
	set_interval(&sums, (double)normal->n, (double)anomalous->n, out);
}
