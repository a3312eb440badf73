/* Knows how results are laid out as text. Does not know what they mean. JSON is written here and
 * not by jansson, which prints 0.1 as 0.10000000000000001. */
#include "report.h"

#include "num.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	return true;
}

static struct report_line *add(struct report *r, const char *name)
{
	assert(r->nlines < REPORT_MAX_LINES && strlen(name) < REPORT_NAME && plain(name));
	struct report_line *line = &r->lines[r->nlines++];
	*line = (struct report_line){0};
	strcpy(line->name, name);
	return line;
}

void report_text(struct report *r, const char *name, const char *text)
{
	assert(strlen(text) < REPORT_VALUE && plain(text));
	struct report_line *line = add(r, name);
	strcpy(line->value, text);
	line->quoted = true;
}

void report_count(struct report *r, const char *name, uint64_t count)
{
	snprintf(add(r, name)->value, REPORT_VALUE, "%" PRIu64, count);
}

void report_number(struct report *r, const char *name, double number)
{
	struct report_line *line = add(r, name);
	num_format_double(number, line->value);
	line->missing = !isfinite(number);
}

void report_write(const struct report *r, FILE *f)
{
	for (size_t i = 0; i < r->nlines; i++)
		fprintf(f, "%s\t%s\n", r->lines[i].name, r->lines[i].value);
}

void report_write_json(const struct report *r, FILE *f)
{
	for (size_t i = 0; i < r->nlines; i++) {
		const struct report_line *line = &r->lines[i];
		const char *quote = line->quoted ? "\"" : "";
		fprintf(f, "%s\"%s\": %s%s%s", i == 0 ? "{" : ",\n ", line->name, quote,
			line->missing ? "null" : line->value, quote);
	}
	fputs(r->nlines > 0 ? "}\n" : "{}\n", f);
}
