/* Rules for choosing a threshold: the table of methods, their parameters as text, and what is
 * checked of every choice. */
#include "verdict/threshold.h"

#include "base/decimal.h"
#include "verdict/threshold_method.h"

#include <math.h>
#include <string.h>

struct threshold_method {
	const char *name;
	double usual; /* the parameter if none is given */
	bool is_rate; /* the parameter is a rate in (0, 1) */
	bool needs_sample;
	threshold_chooser *choose;
};

static const struct threshold_method methods[] = {
    {"sigma", 3, false, false, threshold_choose_sigma},
    {"quantile", 0.01, true, true, threshold_choose_quantile},
    {"mad", 3, false, true, threshold_choose_mad},
    {"conformal", 0.01, true, true, threshold_choose_conformal},
    {"pot", 0.001, true, true, threshold_choose_pot},
};
enum { NMETHODS = sizeof(methods) / sizeof(*methods), POT = NMETHODS - 1 };

static const struct threshold_method *find_method(const char *name, size_t length)
{
	for (size_t i = 0; i < NMETHODS; i++)
		if (strlen(methods[i].name) == length && memcmp(methods[i].name, name, length) == 0)
			return &methods[i];
	return NULL;
}

static bool parse_parameter(const char *text, size_t length, bool is_rate, double *out)
{
	double value;
	if (!decimal_parse_double(text, length, &value) || !isfinite(value) ||
	    (is_rate && !(value > 0 && value < 1)))
		return false;
	*out = value + 0.0;
	return true;
}

bool threshold_rule_parse(const char *text, struct threshold_rule *out,
                          char why[THRESHOLD_RULE_REASON])
{
	const char *colon = strchr(text, ':'), *second = colon ? strchr(colon + 1, ':') : NULL;
	const struct threshold_method *m =
	    find_method(text, colon ? (size_t)(colon - text) : strlen(text));
	struct threshold_rule r = {.method = m, .parameter = m ? m->usual : 0, .tail = 0.05};
	if (!m || (second && m != &methods[POT])) {
		snprintf(why, THRESHOLD_RULE_REASON,
		         "is not one of sigma:K, quantile:P, mad:K, conformal:A, pot:P[:TAIL]");
		return false;
	}
	size_t length = colon ? second ? (size_t)(second - colon - 1) : strlen(colon + 1) : 0;
	if ((colon && !parse_parameter(colon + 1, length, m->is_rate, &r.parameter)) ||
	    (second && !parse_parameter(second + 1, strlen(second + 1), true, &r.tail))) {
		snprintf(why, THRESHOLD_RULE_REASON, "needs %s after the colon",
		         m->is_rate ? "a rate above 0 and below 1" : "a finite number");
		return false;
	}
	*out = r;
	return true;
}

struct threshold_rule threshold_rule_sigma(double k)
{
	return (struct threshold_rule){.method = &methods[0], .parameter = k};
}

bool threshold_rule_needs_sample(const struct threshold_rule *r)
{
	return r->method->needs_sample;
}

static void report_method(struct fields *report, const struct threshold_rule *r)
{
	char parameter[DECIMAL_TEXT], text[FIELDS_VALUE];
	decimal_format_double(r->parameter, parameter);
	snprintf(text, sizeof(text), "%s:%s", r->method->name, parameter);
	fields_add_text(report, "method", text);
}

enum status threshold_choose(const struct threshold_rule *r, const struct descriptives *d,
                             const struct sample *sorted, struct threshold *out,
                             struct fields *report, struct error *e)
{
	struct threshold_choice c = {r, d, sorted, report};
	struct threshold t = {.lower_stderr = NAN, .upper_stderr = NAN};
	report_method(report, r);
	if (r->method->choose(&c, &t, e) != STATUS_OK)
		return e->status;
	if (!r->two_sided)
		t.upper = INFINITY;
	if (!isfinite(t.lower) || (r->two_sided && !isfinite(t.upper)))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the threshold is beyond the range of a double");
	if (t.upper < t.lower)
		return error_set(e, STATUS_MISMATCH, "the upper threshold is below the lower one");
	*out = t;
	return STATUS_OK;
}
