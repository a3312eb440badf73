/* Mergeable partial statistics and their text format, nicestate(5). */
#include "stats/partial.h"

#include "base/decimal.h"
#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char magic[] = "nicestat-state";

/* Version 1 has six lines; version 2 adds the numbers, one per line. */
static const char *const versions[] = {"1", "2"};

void partial_init(struct partial *s, bool keeps)
{
	*s = (struct partial){.keeps = keeps};
	moments_init(&s->moments);
}

void partial_release(struct partial *s)
{
	sample_release(&s->sample);
}

enum status partial_add(struct partial *s, const double *values, size_t n, size_t *added,
                        struct error *e)
{
	*added = moments_add(&s->moments, values, n);
	return s->keeps ? sample_add(&s->sample, values, *added, e) : STATUS_OK;
}

enum status partial_merge(struct partial *s, const struct partial *other, struct error *e)
{
	if (!moments_merge(&s->moments, &other->moments))
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^64 numbers");
	return s->keeps ? sample_add(&s->sample, other->sample.values, other->sample.n, e)
	                : STATUS_OK;
}

const struct sample *partial_sorted(struct partial *s)
{
	sample_sort(&s->sample);
	return &s->sample;
}

void partial_write(struct partial *s, FILE *f)
{
	char min[DECIMAL_TEXT], max[DECIMAL_TEXT];
	decimal_format_double(s->moments.min, min);
	decimal_format_double(s->moments.max, max);
	fprintf(f, "%s\t%s\nn\t%" PRIu64 "\nmin\t%s\nmax\t%s\n", magic, versions[s->keeps],
	        s->moments.sums.n, min, max);
	exact_sum_write(&s->moments.sums, f);
	if (s->keeps)
		numbers_write(f, partial_sorted(s)->values, s->sample.n, false);
}

/* The value of the line "name<TAB>value"; false at the end of the input. */
static bool read_field(struct lines *in, const char *name, char value[EXACT_SUM_TEXT],
                       struct error *e)
{
	char *text;
	size_t length = strlen(name);
	if (lines_next(in, &text, e) == STATUS_OK && !text)
		return false;
	if (e->status != STATUS_OK)
		return true;
	if (strncmp(text, name, length) != 0 || text[length] != '\t' ||
	    strlen(text + length + 1) >= EXACT_SUM_TEXT)
		error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": expected '%s', a tab and a value",
		          in->nlines, name);
	else
		strcpy(value, text + length + 1);
	return true;
}

static enum status ends_early(uint64_t line, struct error *e)
{
	return error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input",
	                 line + 1);
}

enum { VERSION, N, MIN, MAX, SUM, SQUARES, NFIELDS };

/* -0 becomes +0: the order of the numbers must not matter. */
static bool parse_extreme(const char *text, double *out)
{
	if (!decimal_parse_double(text, strlen(text), out))
		return false;
	*out += 0.0;
	return true;
}

static bool parse(struct moments *s, char values[NFIELDS][EXACT_SUM_TEXT])
{
	uint64_t n;
	return decimal_parse_u64(values[N], 0, UINT64_MAX, &n) && (n == 0 || values[N][0] != '0') &&
	       parse_extreme(values[MIN], &s->min) && parse_extreme(values[MAX], &s->max) &&
	       exact_sum_read(&s->sums, n, values[SUM], values[SQUARES]) &&
	       exact_sum_spans(&s->sums, s->min, s->max);
}

/* The number of a line, not below `least`. */
static enum status parse_value(const char *text, double least, double *value, uint64_t line,
                               struct error *e)
{
	if (!decimal_parse_delimited(text, strlen(text), value) || !isfinite(*value))
		return error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": expected a finite number",
		                 line);
	if (*value < least)
		return error_set(
		    e, STATUS_MALFORMED,
		    "line %" PRIu64 ": the numbers of a state must be in ascending order", line);
	return STATUS_OK;
}

/* Reads the numbers, which must match the fields. */
static enum status read_values(struct partial *s, struct lines *in, struct error *e)
{
	char *text;
	double value = -INFINITY;
	struct moments read;
	moments_init(&read);
	for (uint64_t i = 0; i < s->moments.sums.n && e->status == STATUS_OK; i++) {
		if (lines_next(in, &text, e) == STATUS_OK && !text)
			return ends_early(in->nlines, e);
		if (e->status == STATUS_OK &&
		    parse_value(text, value, &value, in->nlines, e) == STATUS_OK && s->keeps)
			sample_add(&s->sample, &value, 1, e);
		moments_add(&read, &value, 1);
	}
	if (e->status == STATUS_OK && !moments_equal(&read, &s->moments))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": the numbers that end here do not match the state",
		          in->nlines);
	return e->status;
}

/* The version of a state, from 1; 0 with an error. */
static int find_version(const char *text, uint64_t line, struct error *e)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(text, versions[i]) == 0)
			return i + 1;
	error_set(e, STATUS_UNSUPPORTED,
	          "line %" PRIu64 ": unsupported state version '%.20s', not 1 or 2", line, text);
	return 0;
}

enum status partial_read(struct partial *s, struct lines *in, bool *end, struct error *e)
{
	static const char *const names[] = {magic, "n", "min", "max", "sum", "squares"};
	char values[NFIELDS][EXACT_SUM_TEXT];
	int version = 0;
	*end = false;
	for (size_t i = 0; i < NFIELDS && e->status == STATUS_OK; i++) {
		if (!read_field(in, names[i], values[i], e)) {
			*end = i == 0 && e->status == STATUS_OK;
			return *end ? STATUS_OK : ends_early(in->nlines, e);
		}
		if (i == VERSION && e->status == STATUS_OK)
			version = find_version(values[i], in->nlines, e);
	}
	if (e->status == STATUS_OK && !parse(&s->moments, values))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": the state that ends here is malformed", in->nlines);
	if (e->status == STATUS_OK && version == 1 && s->keeps && s->moments.sums.n > 0)
		error_set(e, STATUS_MISMATCH,
		          "line %" PRIu64 ": the state that ends here does not contain its numbers",
		          in->nlines);
	return e->status == STATUS_OK && version == 2 ? read_values(s, in, e) : e->status;
}
