/* Mergeable partial statistics and their text format, nicestate(5). */
#include "state/partial.h"

#include "base/decimal.h"
#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char magic[] = "nicestat-state";

/* Version 1 has six lines; version 2 adds the numbers, one per line. 3 and 4 are these two with the
 * scorer; 5 to 8 are all four with the set of shards. */
enum { NVERSIONS = 8 };

static int version_of(bool numbers, bool scorer, bool shards)
{
	return 1 + numbers + 2 * scorer + 4 * shards;
}

static bool has_numbers(int version)
{
	return ((version - 1) & 1) != 0;
}

static bool has_scorer(int version)
{
	return ((version - 1) & 2) != 0;
}

static bool has_shards(int version)
{
	return ((version - 1) & 4) != 0;
}

void partial_init(struct partial *s, bool keeps)
{
	*s = (struct partial){.keeps = keeps};
	moments_init(&s->moments);
}

void partial_release(struct partial *s)
{
	sample_release(&s->sample);
	shard_set_release(&s->shards);
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

/* No numbers of nobody, and of no shard. */
static bool nothing(const struct partial *s)
{
	return neutral(s) && s->shards.count == 0;
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
	bool alike = !nothing(s) && !nothing(other);
	if (shard_set_merge(&s->shards, &other->shards, alike, e) != STATUS_OK ||
	    merge_scorers(s, other, e) != STATUS_OK)
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
	fprintf(f, "%s\t%d\n", magic,
	        version_of(s->keeps, known, state_text_has_shards(&s->shards)));
	if (known)
		fprintf(f, "model\t%s\nprecision\t%s\n", s->scorer.model, s->scorer.precision);
	state_text_write_shards(&s->shards, f);
	fprintf(f, "n\t%" PRIu64 "\nmin\t%s\nmax\t%s\n", s->moments.sums.n, min, max);
	exact_sum_write(&s->moments.sums, f);
	if (s->keeps)
		numbers_write(f, partial_sorted(s)->values, s->sample.n, false);
}

/* ---- reading ---- */

/* An error, which says what was expected, unless the line had that form. */
static void require(bool form, const char *what, const struct state_text *in, struct error *e)
{
	if (!form)
		error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": expected %s", in->lines.nlines,
		          what);
}

static enum status read_scorer(struct scorer *s, struct state_text *in, struct error *e)
{
	const char *text = state_text_value(in, "model", e);
	if (text)
		require(scorer_set_model(s, text, strlen(text)), "the digest of a model", in, e);
	text = state_text_value(in, "precision", e);
	if (text)
		require(scorer_set_precision(s, text, strlen(text)), "a precision", in, e);
	return e->status;
}

enum { N, MIN, MAX, SUM, SQUARES, NFIELDS };

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

static enum status read_moments(struct moments *s, struct state_text *in, struct error *e)
{
	static const char *const names[NFIELDS] = {"n", "min", "max", "sum", "squares"};
	char values[NFIELDS][EXACT_SUM_TEXT];
	for (int i = 0; i < NFIELDS; i++) {
		const char *text = state_text_value(in, names[i], e);
		if (!text)
			return e->status;
		if (strlen(text) >= EXACT_SUM_TEXT)
			return error_set(e, STATUS_MALFORMED,
			                 "line %" PRIu64 ": expected '%s', a tab and a value",
			                 in->lines.nlines, names[i]);
		strcpy(values[i], text);
	}
	if (!parse(s, values))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": the state that ends here is malformed",
		          in->lines.nlines);
	return e->status;
}

/* Reads the numbers, which must match the fields. */
static enum status read_values(struct partial *s, struct state_text *in, struct error *e)
{
	double value = -INFINITY;
	struct moments read;
	moments_init(&read);
	for (uint64_t i = 0; i < s->moments.sums.n && e->status == STATUS_OK; i++) {
		if (state_text_number(in, STATE_FINITE, &value, e) == STATUS_OK && s->keeps)
			sample_add(&s->sample, &value, 1, e);
		if (e->status == STATUS_OK)
			moments_add(&read, &value, 1);
	}
	if (e->status == STATUS_OK && !moments_equal(&read, &s->moments))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": the numbers that end here do not match the state",
		          in->lines.nlines);
	return e->status;
}

enum status partial_read(struct partial *s, struct state_text *in, bool *end, struct error *e)
{
	int version = state_text_begin(in, magic, NVERSIONS, e);
	*end = e->status == STATUS_OK && version == 0;
	if (*end || e->status != STATUS_OK)
		return e->status;
	if (has_scorer(version))
		read_scorer(&s->scorer, in, e);
	if (has_shards(version))
		state_text_shards(in, &s->shards, e);
	if (read_moments(&s->moments, in, e) != STATUS_OK)
		return e->status;
	if (has_numbers(version))
		return read_values(s, in, e);
	if (s->keeps && s->moments.sums.n > 0)
		error_set(e, STATUS_MISMATCH,
		          "line %" PRIu64 ": the state that ends here does not contain its numbers",
		          in->lines.nlines);
	return e->status;
}
