/* Reader of calibrations, nicecalibration(5). How a threshold is chosen: verdict/threshold.h. */
#include "verdict/calibration.h"

#include "base/decimal.h"
#include "io/input.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static enum status read_all(int fd, char *text, size_t *length, struct error *e)
{
	size_t got = 1, used = 0;
	while (got > 0 && used <= CALIBRATION_MAX_BYTES) {
		if (input_read(fd, NULL, text + used, CALIBRATION_MAX_BYTES + 1 - used, &got, e) !=
		    STATUS_OK)
			return e->status;
		used += got;
	}
	if (used > CALIBRATION_MAX_BYTES)
		return error_set(e, STATUS_MALFORMED, "not a calibration: more than %d bytes",
		                 CALIBRATION_MAX_BYTES);
	*length = used;
	return STATUS_OK;
}

struct line {
	const char *name, *value;
	size_t name_length, value_length;
	unsigned number; /* from 1 */
};

/* Splits the line from p to its newline; false if it is not name, TAB, value. */
static bool split(const char *p, const char *newline, struct line *line)
{
	size_t length = (size_t)(newline - p);
	if (length > 0 && p[length - 1] == '\r')
		length--;
	const char *tab = memchr(p, '\t', length);
	if (!tab)
		return false;
	line->name = p;
	line->name_length = (size_t)(tab - p);
	line->value = tab + 1;
	line->value_length = length - line->name_length - 1;
	for (size_t i = 0; i < line->name_length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz_0123456789.:-", p[i]) || p[i] == '\0')
			return false;
	for (size_t i = 0; i < line->value_length; i++)
		if ((unsigned char)line->value[i] < ' ' || line->value[i] == 127)
			return false;
	return line->name_length > 0 && line->value_length > 0;
}

/* Finds the line with this name before `end`; all lines must be well-formed. */
static bool find(const char *text, const char *end, const char *name, size_t length,
                 struct line *found)
{
	struct line line = {.number = 1};
	for (const char *p = text, *newline; p < end; p = newline + 1, line.number++) {
		newline = memchr(p, '\n', (size_t)(end - p));
		split(p, newline, &line);
		if (line.name_length == length && memcmp(line.name, name, length) == 0) {
			*found = line;
			return true;
		}
	}
	return false;
}

/* Checks that every line is well-formed and that there are no duplicate names. */
static enum status check(const char *text, const char *end, struct error *e)
{
	struct line line, earlier;
	unsigned number = 1;
	for (const char *p = text, *newline; p < end; p = newline + 1, number++) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (!newline)
			return error_set(e, STATUS_TRUNCATED, "line %u: unexpected end of input",
			                 number);
		if (!split(p, newline, &line))
			return error_set(e, STATUS_MALFORMED,
			                 "line %u: expected a name, a tab and a value", number);
		if (find(text, p, line.name, line.name_length, &earlier))
			return error_set(e, STATUS_MALFORMED,
			                 "line %u: duplicate name '%.*s', already in line %u",
			                 number,
			                 line.name_length < 100 ? (int)line.name_length : 100,
			                 line.name, earlier.number);
	}
	return STATUS_OK;
}

static bool find_line(const char *text, const char *end, const char *name, struct line *line)
{
	return find(text, end, name, strlen(name), line);
}

/* Reads the number with this name, in [low, high]; if there is none, *out is unchanged. */
static enum status find_number(const char *text, const char *end, const char *name, double low,
                               double high, double *out, struct error *e)
{
	struct line line;
	double value;
	if (!find_line(text, end, name, &line))
		return STATUS_OK;
	if (!decimal_parse_double(line.value, line.value_length, &value) || !isfinite(value))
		return error_set(e, STATUS_MALFORMED, "line %u: the %s is not a finite number",
		                 line.number, name);
	if (value < low || value > high)
		return error_set(e, STATUS_MALFORMED, "line %u: the %s is out of range",
		                 line.number, name);
	*out = value;
	return STATUS_OK;
}

static enum status find_mixture(const char *text, const char *end, struct calibration *c,
                                struct error *e)
{
	find_number(text, end, "mixed_low", -INFINITY, INFINITY, &c->mixed_low, e);
	if (e->status == STATUS_OK)
		find_number(text, end, "mixed_high", isnan(c->mixed_low) ? -INFINITY : c->mixed_low,
		            c->upper, &c->mixed_high, e);
	if (e->status == STATUS_OK)
		find_number(text, end, "mixed_share", 0, 1, &c->mixed_share, e);
	if (e->status == STATUS_OK && (isnan(c->mixed_low) != isnan(c->mixed_high) ||
	                               isnan(c->mixed_low) != isnan(c->mixed_share)))
		return error_set(e, STATUS_MALFORMED,
		                 "a mixture needs mixed_low, mixed_high and mixed_share");
	return e->status;
}

/* Without a model there is no scorer. */
static enum status find_scorer(const char *text, const char *end, struct scorer *s, struct error *e)
{
	struct line line;
	if (!find_line(text, end, "model", &line))
		return STATUS_OK;
	if (!scorer_set_model(s, line.value, line.value_length))
		return error_set(e, STATUS_MALFORMED,
		                 "line %u: the model is not %d hexadecimal digits", line.number,
		                 SCORER_MODEL);
	if (!find_line(text, end, "precision", &line))
		return error_set(e, STATUS_MALFORMED, "missing precision of the model");
	if (!scorer_set_precision(s, line.value, line.value_length))
		return error_set(e, STATUS_MALFORMED, "line %u: unknown precision", line.number);
	return STATUS_OK;
}

static enum status parse(const char *text, const char *end, struct calibration *c, struct error *e)
{
	*c = (struct calibration){.threshold = NAN,
	                          .upper = INFINITY,
	                          .promised = NAN,
	                          .mixed_low = NAN,
	                          .mixed_high = NAN,
	                          .mixed_share = NAN};
	if (check(text, end, e) != STATUS_OK)
		return e->status;
	find_number(text, end, "threshold", -INFINITY, INFINITY, &c->threshold, e);
	if (e->status == STATUS_OK && isnan(c->threshold))
		return error_set(e, STATUS_MALFORMED, "missing threshold");
	find_number(text, end, "upper", c->threshold, INFINITY, &c->upper, e);
	if (e->status == STATUS_OK)
		find_number(text, end, "promised", 0, 1, &c->promised, e);
	if (e->status == STATUS_OK)
		find_mixture(text, end, c, e);
	return e->status == STATUS_OK ? find_scorer(text, end, &c->scorer, e) : e->status;
}

enum status calibration_read(int fd, struct calibration *c, struct error *e)
{
	size_t length = 0;
	struct calibration read;
	char *text = malloc(CALIBRATION_MAX_BYTES + 1);
	if (!text)
		return error_memory(e);
	if (read_all(fd, text, &length, e) == STATUS_OK &&
	    parse(text, text + length, &read, e) == STATUS_OK)
		*c = read;
	free(text);
	return e->status;
}
