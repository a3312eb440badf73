/* What niceroc prints. */
#include "niceroc.h"

#include "base/decimal.h"
#include "verdict/roc.h"

#include <stdio.h>

static void print_number(const char *name, double value)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(value, text);
	printf("%s\t%s\n", name, text);
}

void report_roc(const struct sample *normal, const struct sample *anomalous)
{
	struct roc r;
	roc_compute(normal, anomalous, &r);
	printf("normal\t%zu\nanomalous\t%zu\n", normal->n, anomalous->n);
	print_number("auroc", r.auroc);
	print_number("auroc_low", r.auroc_low);
	print_number("auroc_high", r.auroc_high);
	print_number("aupr_anomalous", r.aupr_anomalous);
	print_number("aupr_normal", r.aupr_normal);
	print_number("fpr95_anomalous", r.fpr95_anomalous);
	print_number("fpr95_normal", r.fpr95_normal);
	print_number("detection_error", r.detection_error);
	print_number("threshold", r.threshold);
}

static void print_point(const struct roc_walk *w)
{
	char fpr[DECIMAL_TEXT], tpr[DECIMAL_TEXT], threshold[DECIMAL_TEXT];
	decimal_format_double((double)w->false_positives / (double)w->normal->n, fpr);
	decimal_format_double((double)w->true_positives / (double)w->anomalous->n, tpr);
	decimal_format_double(roc_threshold(w), threshold);
	printf("%s\t%s\t%s\n", fpr, tpr, threshold);
}

void report_curve(const struct sample *normal, const struct sample *anomalous)
{
	struct roc_walk walk = {.normal = normal, .anomalous = anomalous};
	do
		print_point(&walk);
	while (!ferror(stdout) && roc_next(&walk));
}
