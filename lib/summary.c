/* Knows what is gathered from numbers in one pass, and its text. Does not know thresholds. */
#include "summary.h"

#include "num.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void summary_init(struct summary *s)
{
	exact_init(&s->sums);
	s->min = INFINITY;
	s->max = -INFINITY;
}

size_t summary_add(struct summary *s, const double *values, size_t n)
{
	size_t added = exact_add(&s->sums, values, n);
	double min = s->min, max = s->max;
	for (size_t i = 0; i < added; i++) {
		double value = values[i] + 0.0; /* -0 becomes +0: which came first must not show */
		min = value < min ? value : min;
		max = value > max ? value : max;
	}
	s->min = min;
	s->max = max;
	return added;
}

bool summary_merge(struct summary *s, const struct summary *other)
{
	uint64_t n;
	if (!num_add(s->sums.n, other->sums.n, &n))
		return false;
	exact_merge(&s->sums, &other->sums);
	s->min = fmin(s->min, other->min);
	s->max = fmax(s->max, other->max);
	return true;
}

static const char magic[] = "nicestat-state";
static const char version[] = "1";

void summary_write(const struct summary *s, FILE *f)
{
	char min[NUM_TEXT], max[NUM_TEXT];
	num_format_double(s->min, min);
	num_format_double(s->max, max);
	fprintf(f, "%s\t%s\nn\t%" PRIu64 "\nmin\t%s\nmax\t%s\n", magic, version, s->sums.n, min,
		max);
	exact_write(&s->sums, f);
}

/* The value of the line "name<TAB>value"; false at the end of the input. */
static bool read_line(FILE *f, const char *name, char value[EXACT_TEXT], uint64_t *line,
		      struct error *e)
{
	char text[EXACT_TEXT + 20];
	size_t length = strlen(name);
	if (!fgets(text, sizeof(text), f)) {
		if (ferror(f))
			error_system(e, "cannot read");
		return false;
	}
	++*line;
	char *newline = strchr(text, '\n');
	if (!newline && feof(f)) {
		error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input", *line);
	} else if (!newline || strncmp(text, name, length) != 0 || text[length] != '\t' ||
		   newline - (text + length + 1) >= EXACT_TEXT) {
		error_set(e, STATUS_MALFORMED,
			  "line %" PRIu64 ": a state has '%s', a tab and a value here", *line,
			  name);
	} else {
		*newline = '\0';
		strcpy(value, text + length + 1);
	}
	return true;
}

/* n and extremes that go together: both finite, or both missing. */
static bool plausible(const struct summary *s, uint64_t n)
{
	if (n == 0)
		return s->min == INFINITY && s->max == -INFINITY;
	return isfinite(s->min) && isfinite(s->max) && s->min <= s->max;
}

static bool parse(struct summary *s, char values[6][EXACT_TEXT])
{
	uint64_t n;
	return num_parse_u64(values[1], 0, UINT64_MAX, &n) &&
	       num_parse_double(values[2], strlen(values[2]), &s->min) &&
	       num_parse_double(values[3], strlen(values[3]), &s->max) && plausible(s, n) &&
	       exact_read(&s->sums, n, values[4], values[5]);
}

enum status summary_read(struct summary *s, FILE *f, uint64_t *line, bool *end, struct error *e)
{
	static const char *const names[] = {magic, "n", "min", "max", "sum", "squares"};
	char values[6][EXACT_TEXT];
	*end = false;
	for (size_t i = 0; i < 6; i++) {
		if (!read_line(f, names[i], values[i], line, e)) {
			*end = i == 0 && e->status == STATUS_OK;
			return *end ? STATUS_OK
				    : error_set(e, STATUS_TRUNCATED,
						"line %" PRIu64 ": unexpected end of input",
						*line + 1);
		}
		if (i == 0 && e->status == STATUS_OK && strcmp(values[0], version) != 0)
			error_set(e, STATUS_UNSUPPORTED,
				  "line %" PRIu64 ": a state of version '%.20s', not %s", *line,
				  values[0], version);
		if (e->status != STATUS_OK)
			return e->status;
	}
	if (!parse(s, values))
		return error_set(e, STATUS_MALFORMED,
				 "line %" PRIu64 ": the state that ends here is broken", *line);
	return STATUS_OK;
}
