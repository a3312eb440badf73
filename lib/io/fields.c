/* Reports as text and JSON. JSON is written here, not by jansson, which prints 0.1 as
 * 0.10000000000000001. */
#include "io/fields.h"

#include "base/decimal.h"

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

static struct field *add(struct fields *r, const char *name)
{
	assert(r->nlines < FIELDS_MAX_LINES && strlen(name) < FIELDS_NAME && plain(name));
	struct field *line = &r->lines[r->nlines++];
	*line = (struct field){0};
	strcpy(line->name, name);
	return line;
}

void fields_add_text(struct fields *r, const char *name, const char *text)
{
	assert(strlen(text) < FIELDS_VALUE && plain(text));
	struct field *line = add(r, name);
	strcpy(line->value, text);
	line->quoted = true;
}

void fields_add_count(struct fields *r, const char *name, uint64_t count)
{
	snprintf(add(r, name)->value, FIELDS_VALUE, "%" PRIu64, count);
}

void fields_add_number(struct fields *r, const char *name, double number)
{
	struct field *line = add(r, name);
	decimal_format_double(number, line->value);
	line->missing = !isfinite(number);
}

void fields_write(const struct fields *r, FILE *f)
{
	for (size_t i = 0; i < r->nlines; i++)
		fprintf(f, "%s\t%s\n", r->lines[i].name, r->lines[i].value);
}

void fields_write_json(const struct fields *r, FILE *f)
{
	for (size_t i = 0; i < r->nlines; i++) {
		const struct field *line = &r->lines[i];
		const char *quote = line->quoted ? "\"" : "";
		fprintf(f, "%s\"%s\": %s%s%s", i == 0 ? "{" : ",\n ", line->name, quote,
		        line->missing ? "null" : line->value, quote);
	}
	fputs(r->nlines > 0 ? "}\n" : "{}\n", f);
}
