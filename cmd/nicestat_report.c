/* What nicestat prints. */
#include "nicestat.h"

#include "base/decimal.h"
#include "io/fields.h"
#include "stats/descriptives.h"
#include "stats/histogram.h"

#include <stdio.h>

/* sorted is NULL if the numbers were not kept, in which case no quantiles were asked for. */
static void add_quantiles(struct fields *r, const struct sample *sorted, const struct options *o)
{
	char p[DECIMAL_TEXT], name[FIELDS_NAME];
	for (size_t i = 0; sorted && i < o->nquantiles; i++) {
		decimal_format_double(o->p[i], p);
		snprintf(name, sizeof(name), "quantile:%s", p);
		fields_add_number(r, name, sample_quantile(sorted, o->p[i]));
	}
}

static void add_descriptives(struct fields *r, const struct descriptives *d,
                             const struct sample *sorted, const struct options *o)
{
	fields_add_count(r, "n", d->n);
	fields_add_number(r, "mean", d->mean);
	fields_add_number(r, "stdev", d->stdev);
	fields_add_number(r, "min", d->min);
	fields_add_number(r, "max", d->max);
	add_quantiles(r, sorted, o);
	if (!o->describe)
		return;
	fields_add_number(r, "mean_stderr", d->mean_stderr);
	fields_add_number(r, "skewness", d->skewness);
	fields_add_number(r, "kurtosis", d->kurtosis);
	fields_add_number(r, "median", d->median);
	fields_add_number(r, "mad", d->mad);
}

static enum status add_threshold(struct fields *r, const struct descriptives *d,
                                 const struct sample *sorted, const struct scorer *scorer,
                                 const struct options *o, struct error *e)
{
	struct threshold t;
	if (threshold_choose(&o->rule, d, sorted, &t, r, e) != STATUS_OK)
		return e->status;
	if (o->describe)
		fields_add_number(r, "threshold_stderr", t.lower_stderr);
	if (o->describe && o->two_sided)
		fields_add_number(r, "upper_stderr", t.upper_stderr);
	fields_add_number(r, "promised", t.promised);
	if (scorer_known(scorer)) {
		fields_add_text(r, "model", scorer->model);
		fields_add_text(r, "precision", scorer->precision);
	}
	fields_add_text(r, "version", NICETOOLS_VERSION);
	if (o->two_sided)
		fields_add_number(r, "upper", t.upper);
	fields_add_number(r, "threshold", t.lower);
	return STATUS_OK;
}

static enum status print_calibration(struct partial *state, const struct options *o,
                                     struct error *e)
{
	struct fields r = {0};
	struct descriptives d = {0};
	const struct sample *sorted = state->keeps ? partial_sorted(state) : NULL;
	if (descriptives_of_moments(&d, &state->moments, e) != STATUS_OK)
		return e->status;
	if (sorted)
		descriptives_of_sample(&d, sorted);
	add_descriptives(&r, &d, sorted, o);
	if (add_threshold(&r, &d, sorted, &state->scorer, o, e) != STATUS_OK)
		return e->status;
	if (o->json)
		fields_write_json(&r, stdout);
	else
		fields_write(&r, stdout);
	return STATUS_OK;
}

enum status report_print(struct partial *state, const struct options *o, struct error *e)
{
	if (o->state) {
		partial_write(state, stdout);
		return STATUS_OK;
	}
	if (o->nbins == 0)
		return print_calibration(state, o, e);
	if (state->sample.n == 0)
		return error_set(e, STATUS_MALFORMED, "no numbers: a histogram needs at least one");
	histogram_write(stdout, partial_sorted(state), o->nbins);
	return STATUS_OK;
}
