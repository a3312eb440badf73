/* Mergeable partial statistics and their text format, nicestate(5). */
#include "stats/partial.h"

#include "base/decimal.h"
#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char magic[] = "nicestat-state";

/* Version 1 has six lines; version 2 adds the numbers, one per line. 3 and 4 are these two with the
 * scorer. */
enum { NVERSIONS = 4 };
static const char *const versions[NVERSIONS] = {"1", "2", "3", "4"};

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

/* Numbers of nobody: neither is there a scorer, nor a number. */
static bool neutral(const struct partial *s)
{
	return !scorer_known(&s->scorer) && s->moments.sums.n == 0;
}

static enum status merge_scorers(struct partial *s, const struct partial *other, struct error *e)
{
	char a[SCORER_TEXT], b[SCORER_TEXT];
	if (neutral(s))
		s->scorer = other->scorer;
	else if (!neutral(other) && !scorer_same(&s->scorer, &other->scorer))
		error_set(e, STATUS_MISMATCH, "a state of %s, after one of %s: they do not merge",
		          scorer_describe(&other->scorer, a), scorer_describe(&s->scorer, b));
	return e->status;
}

enum status partial_merge(struct partial *s, const struct partial *other, struct error *e)
{
	if (merge_scorers(s, other, e) != STATUS_OK)
		return e->status;
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
	bool known = scorer_known(&s->scorer);
	fprintf(f, "%s\t%s\n", magic, versions[s->keeps + 2 * known]);
	if (known)
		fprintf(f, "model\t%s\nprecision\t%s\n", s->scorer.model, s->scorer.precision);
	fprintf(f, "n\t%" PRIu64 "\nmin\t%s\nmax\t%s\n", s->moments.sums.n, min, max);
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

enum { VERSION, MODEL, PRECISION, N, MIN, MAX, SUM, SQUARES, NFIELDS };

/* -0 becomes +0: the order of the numbers must not matter. */
static bool parse_extreme(const char *text, double *out)
{
	if (!decimal_parse_double(text, strlen(text), out))
		return false;
	*out += 0.0;
	return true;
}

/* False if there are lines of the scorer, and they are malformed. */
static bool parse_scorer(struct scorer *s, char values[NFIELDS][EXACT_SUM_TEXT], int version)
{
	return version < 3 ||
	       (scorer_set_model(s, values[MODEL], strlen(values[MODEL])) &&
	        scorer_set_precision(s, values[PRECISION], strlen(values[PRECISION])));
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
	for (int i = 0; i < NVERSIONS; i++)
		if (strcmp(text, versions[i]) == 0)
			return i + 1;
	error_set(e, STATUS_UNSUPPORTED,
	          "line %" PRIu64 ": unsupported state version '%.20s', not 1 to 4", line, text);
	return 0;
}

/* Whether a state of this version has its numbers, and whether it has this line. */
static bool has_numbers(int version)
{
	return version % 2 == 0;
}

static bool has_field(int version, int field)
{
	return version >= 3 || (field != MODEL && field != PRECISION);
}

/* Reads the lines before the numbers; *version is 0 at the end of the input. */
static enum status read_fields(struct lines *in, char values[NFIELDS][EXACT_SUM_TEXT], int *version,
                               struct error *e)
{
	static const char *const names[] = {magic, "model", "precision", "n",
	                                    "min", "max",   "sum",       "squares"};
	if (!read_field(in, names[VERSION], values[VERSION], e) || e->status != STATUS_OK)
		return e->status;
	*version = find_version(values[VERSION], in->nlines, e);
	for (int i = VERSION + 1; i < NFIELDS && e->status == STATUS_OK; i++)
		if (has_field(*version, i) && !read_field(in, names[i], values[i], e))
			return ends_early(in->nlines, e);
	return e->status;
}

enum status partial_read(struct partial *s, struct lines *in, bool *end, struct error *e)
{
	char values[NFIELDS][EXACT_SUM_TEXT];
	int version = 0;
	*end = false;
	if (read_fields(in, values, &version, e) != STATUS_OK)
		return e->status;
	*end = version == 0;
	if (*end)
		return STATUS_OK;
	if (!parse_scorer(&s->scorer, values, version) || !parse(&s->moments, values))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": the state that ends here is malformed", in->nlines);
	else if (!has_numbers(version) && s->keeps && s->moments.sums.n > 0)
		error_set(e, STATUS_MISMATCH,
		          "line %" PRIu64 ": the state that ends here does not contain its numbers",
		          in->nlines);
	return e->status == STATUS_OK && has_numbers(version) ? read_values(s, in, e) : e->status;
}
