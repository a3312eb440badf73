/* What nicethresh prints: verdicts, error rates, the confusion table. */
#include "nicethresh.h"

#include "base/decimal.h"
#include "io/fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_number(double value)
{
	char text[DECIMAL_TEXT];
	size_t length = decimal_format_double(value, text);
	fwrite(text, 1, length, stdout);
}

/* In one piece: this is what most of the time goes to. */
static void report(const struct run *r, double value, bool anomaly, uint64_t rank, char separator)
{
	char text[DECIMAL_TEXT + 16];
	size_t length = decimal_format_double(value, text);
	text[length++] = separator;
	length += (size_t)(stpcpy(text + length, anomaly ? "anomaly" : "normal") - (text + length));
	fwrite(text, 1, length, stdout);
	if (r->o->scores) {
		putchar(separator);
		put_number(conformal_p(&r->detector.conformal, rank));
	}
}

void report_verdict(const struct run *r, double value, bool anomaly, uint64_t rank)
{
	report(r, value, anomaly, rank, '\t');
	putchar('\n');
}

void report_cells(const struct run *r, double value, bool anomaly, uint64_t rank, char separator)
{
	putchar(separator);
	report(r, value, anomaly, rank, separator);
}

static void print_expected_errors(const struct counts *c)
{
	bool normal = c->kind == COUNTS_NORMAL;
	struct share rate = normal ? confusion_false_positive_rate(&c->confusion)
	                           : confusion_false_negative_rate(&c->confusion);
	printf("%" PRIu64 " type %s errors among %" PRIu64 " data\n",
	       confusion_errors(&c->confusion), normal ? "I" : "II", counts_n(c));
	printf("rate %.4g, 95 %% interval %.4g to %.4g", rate.value, rate.interval.low,
	       rate.interval.high);
	if (normal && !isnan(c->promised))
		printf(", promised %.4g", c->promised);
	putchar('\n');
}

static void add_share(struct fields *t, const char *name, struct share s)
{
	char end[FIELDS_NAME];
	fields_add_number(t, name, s.value);
	snprintf(end, sizeof(end), "%s_low", name);
	fields_add_number(t, end, s.interval.low);
	snprintf(end, sizeof(end), "%s_high", name);
	fields_add_number(t, end, s.interval.high);
}

static void print_confusion(const struct confusion *c, double promised)
{
	struct fields t = {0};
	fields_add_count(&t, "normal", confusion_normal(c));
	fields_add_count(&t, "anomalous", confusion_anomalous(c));
	fields_add_count(&t, "true_positives", c->true_positives);
	fields_add_count(&t, "false_positives", c->false_positives);
	fields_add_count(&t, "true_negatives", c->true_negatives);
	fields_add_count(&t, "false_negatives", c->false_negatives);
	add_share(&t, "precision", confusion_precision(c));
	add_share(&t, "recall", confusion_recall(c));
	add_share(&t, "false_positive_rate", confusion_false_positive_rate(c));
	if (!isnan(promised))
		fields_add_number(&t, "promised", promised);
	fields_add_number(&t, "f1", confusion_f1(c));
	fields_add_number(&t, "balanced_accuracy", confusion_balanced_accuracy(c));
	fields_write(&t, stdout);
}

void report_counts(const struct counts *c)
{
	if (c->kind == COUNTS_LABELS)
		print_confusion(&c->confusion, c->promised);
	else
		print_expected_errors(c);
}
