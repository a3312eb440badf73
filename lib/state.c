/* Knows the text of states. */
#include "state.h"

#include "num.h"
#include "numbers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char magic[] = "nicestat-state";

/* Version 1 has six lines; 2 has them, too, and then the numbers, one per line. */
static const char *const versions[] = {"1", "2"};

void state_init(struct state *s, bool keeps)
{
	*s = (struct state){.keeps = keeps};
	summary_init(&s->summary);
}

void state_release(struct state *s)
{
	sample_release(&s->sample);
}

enum status state_add(struct state *s, const double *values, size_t n, size_t *added,
		      struct error *e)
{
	*added = summary_add(&s->summary, values, n);
	return s->keeps ? sample_add(&s->sample, values, *added, e) : STATUS_OK;
}

enum status state_merge(struct state *s, const struct state *other, struct error *e)
{
	if (!summary_merge(&s->summary, &other->summary))
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^64 numbers");
	return s->keeps ? sample_add(&s->sample, other->sample.values, other->sample.n, e)
			: STATUS_OK;
}

const struct sample *state_sorted(struct state *s)
{
	sample_sort(&s->sample);
	return &s->sample;
}

void state_write(struct state *s, FILE *f)
{
	char min[NUM_TEXT], max[NUM_TEXT];
	num_format_double(s->summary.min, min);
	num_format_double(s->summary.max, max);
	fprintf(f, "%s\t%s\nn\t%" PRIu64 "\nmin\t%s\nmax\t%s\n", magic, versions[s->keeps],
		s->summary.sums.n, min, max);
	exact_write(&s->summary.sums, f);
	if (s->keeps)
		numbers_write(f, state_sorted(s)->values, s->sample.n, false);
}

enum { LINE = EXACT_TEXT + 20 };

/* One line without its newline, "" if it is too long or has a zero byte; false at the end. */
static bool read_line(FILE *f, char text[LINE], uint64_t *line, struct error *e)
{
	if (!fgets(text, LINE, f)) {
		if (ferror(f))
			error_system(e, "cannot read");
		return false;
	}
	++*line;
	size_t length = strlen(text);
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	else if (feof(f))
		error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input", *line);
	else
		text[0] = '\0';
	return true;
}

/* The value of the line "name<TAB>value"; false at the end of the input. */
static bool read_field(FILE *f, const char *name, char value[EXACT_TEXT], uint64_t *line,
		       struct error *e)
{
	char text[LINE];
	size_t length = strlen(name);
	if (!read_line(f, text, line, e))
		return false;
	if (strncmp(text, name, length) != 0 || text[length] != '\t' ||
	    strlen(text + length + 1) >= EXACT_TEXT)
		error_set(e, STATUS_MALFORMED,
			  "line %" PRIu64 ": a state has '%s', a tab and a value here", *line,
			  name);
	else
		strcpy(value, text + length + 1);
	return true;
}

static enum status ends_early(uint64_t line, struct error *e)
{
	return error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input",
			 line + 1);
}

/* n, extremes and sums that go together, as far as that shows without the numbers: no extremes of no
 * numbers; else finite ones, the mean within them, and a stdev not above their distance, of which it
 * is at most the share sqrt(1/2). */
static bool plausible(const struct summary *s)
{
	if (s->sums.n == 0)
		return s->min == INFINITY && s->max == -INFINITY;
	double mean = exact_mean(&s->sums);
	return isfinite(s->min) && isfinite(s->max) && s->min <= mean && mean <= s->max &&
	       (s->sums.n == 1 || exact_stdev(&s->sums) <= s->max - s->min);
}

enum { VERSION, N, MIN, MAX, SUM, SQUARES, NFIELDS };

/* -0 becomes +0, as in what nicestat writes: which came first must not show. */
static bool parse_extreme(const char *text, double *out)
{
	if (!num_parse_double(text, strlen(text), out))
		return false;
	*out += 0.0;
	return true;
}

static bool parse(struct summary *s, char values[NFIELDS][EXACT_TEXT])
{
	uint64_t n;
	return num_parse_u64(values[N], 0, UINT64_MAX, &n) && parse_extreme(values[MIN], &s->min) &&
	       parse_extreme(values[MAX], &s->max) &&
	       exact_read(&s->sums, n, values[SUM], values[SQUARES]) && plausible(s);
}

/* The number of a line, not below `least`. */
static enum status parse_value(const char *text, double least, double *value, uint64_t line,
			       struct error *e)
{
	if (!numbers_parse(text, strlen(text), value) || !isfinite(*value))
		return error_set(e, STATUS_MALFORMED,
				 "line %" PRIu64 ": a state has a finite number here", line);
	if (*value < least)
		return error_set(e, STATUS_MALFORMED,
				 "line %" PRIu64 ": the numbers of a state ascend", line);
	return STATUS_OK;
}

/* Reads the numbers, which must be those that the fields speak of. */
static enum status read_values(struct state *s, FILE *f, uint64_t *line, struct error *e)
{
	char text[LINE];
	double value = -INFINITY;
	struct summary read;
	summary_init(&read);
	for (uint64_t i = 0; i < s->summary.sums.n && e->status == STATUS_OK; i++) {
		if (!read_line(f, text, line, e))
			return ends_early(*line, e);
		if (e->status == STATUS_OK && parse_value(text, value, &value, *line, e) == STATUS_OK &&
		    s->keeps)
			sample_add(&s->sample, &value, 1, e);
		summary_add(&read, &value, 1);
	}
	if (e->status == STATUS_OK && !summary_equal(&read, &s->summary))
		error_set(e, STATUS_MALFORMED,
			  "line %" PRIu64 ": the numbers that end here are not those of the state",
			  *line);
	return e->status;
}

/* Which version a state is of, from 1. */
static int find_version(const char *text, uint64_t line, struct error *e)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(text, versions[i]) == 0)
			return i + 1;
	error_set(e, STATUS_UNSUPPORTED, "line %" PRIu64 ": a state of version '%.20s', not 1 or 2",
		  line, text);
	return 0;
}

enum status state_read(struct state *s, FILE *f, uint64_t *line, bool *end, struct error *e)
{
	static const char *const names[] = {magic, "n", "min", "max", "sum", "squares"};
	char values[NFIELDS][EXACT_TEXT];
	int version = 0;
	*end = false;
	for (size_t i = 0; i < NFIELDS && e->status == STATUS_OK; i++) {
		if (!read_field(f, names[i], values[i], line, e)) {
			*end = i == 0 && e->status == STATUS_OK;
			return *end ? STATUS_OK : ends_early(*line, e);
		}
		if (i == VERSION && e->status == STATUS_OK)
			version = find_version(values[i], *line, e);
	}
	if (e->status == STATUS_OK && !parse(&s->summary, values))
		error_set(e, STATUS_MALFORMED,
			  "line %" PRIu64 ": the state that ends here is broken", *line);
	if (e->status == STATUS_OK && version == 1 && s->keeps && s->summary.sums.n > 0)
		error_set(e, STATUS_MISMATCH,
			  "line %" PRIu64 ": the state that ends here is without its numbers", *line);
	return e->status == STATUS_OK && version == 2 ? read_values(s, f, line, e) : e->status;
}
