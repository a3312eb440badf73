/* The counts of nicethresh: what they are of, and merges of their states. */
#include "nicethresh.h"

#include "base/decimal.h"
#include "cli.h"
#include "io/input.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(char rule[COUNTS_RULE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void append(char rule[COUNTS_RULE], const char *format, ...)
{
	size_t used = strlen(rule);
	va_list args;
	va_start(args, format);
	vsnprintf(rule + used, COUNTS_RULE - used, format, args);
	va_end(args);
}

static void append_number(char rule[COUNTS_RULE], const char *name, double value)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(value, text);
	append(rule, "%s%s %s", rule[0] ? " " : "", name, text);
}

/* All that the verdict on a number and its index depends on, such as "threshold -14 upper inf". */
static void describe_rule(const struct detector *d, double alpha, char rule[COUNTS_RULE])
{
	const struct calibration *b = &d->bounds;
	rule[0] = '\0';
	if (d->by_p) {
		append_number(rule, "alpha", alpha);
		append(rule, "%s of %zu scores with crc32 %08" PRIx32,
		       d->conformal.two_sided ? " two-sided" : "", d->conformal.calibration.n,
		       sample_crc(&d->conformal.calibration));
		return;
	}
	append_number(rule, d->mixed ? "mixed_low" : "threshold",
	              d->mixed ? b->mixed_low : b->threshold);
	if (d->mixed) {
		append_number(rule, "mixed_high", b->mixed_high);
		append_number(rule, "mixed_share", b->mixed_share);
		append(rule, " seed %" PRIu64, d->seed);
	}
	append_number(rule, "upper", b->upper);
	if (scorer_known(&b->scorer))
		append(rule, " model %s precision %s", b->scorer.model, b->scorer.precision);
}

void counts_begin(struct run *r)
{
	const struct options *o = r->o;
	r->counts.kind = o->labels                       ? COUNTS_LABELS
	                 : o->expect == EXPECT_ANOMALOUS ? COUNTS_ANOMALOUS
	                                                 : COUNTS_NORMAL;
	r->counts.promised = r->detector.bounds.promised;
	if (o->state)
		describe_rule(&r->detector, o->alpha, r->counts.rule);
}

void merge_all(struct run *r)
{
	struct input_list *files = r->o->files;
	struct counts *c = &r->counts;
	while (r->e.status == STATUS_OK && files->nopened < files->n) {
		enum status opened = input_list_open_next(files, &r->e);
		r->culprit = input_list_name(files);
		if (opened == STATUS_OK)
			counts_merge_stream(c, files->fd, cli_input_name(r->culprit), &r->e);
	}
	input_list_close(files);
	r->n = counts_n(c);
	r->anomalies = c->confusion.true_positives + c->confusion.false_positives;
}
