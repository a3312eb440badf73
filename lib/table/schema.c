/* Schemas of tables, and their text. */
#include "table/schema.h"

#include "base/decimal.h"
#include "base/utf8.h"
#include "io/input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "nicetable 1\n"
static const char other[] = "other";

void schema_release(struct schema *s)
{
	for (size_t i = 0; i < s->ncolumns; i++) {
		struct schema_column *c = &s->columns[i];
		for (size_t k = 0; k < c->nlevels; k++)
			free(c->levels[k].text);
		free(c->levels);
		free(c->name.text);
	}
	free(s->columns);
	*s = (struct schema){0};
}

size_t schema_find_level(const struct schema_column *c, const char *text, size_t length)
{
	size_t low = 0, high = c->nlevels;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct text *level = &c->levels[middle];
		int order = text_compare(text, length, level->text, level->length);
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return c->nlevels;
}

void schema_number_elements(struct schema *s)
{
	s->nelements = 0;
	for (size_t i = 0; i < s->ncolumns; i++) {
		struct schema_column *c = &s->columns[i];
		c->first = s->nelements;
		c->nelements = 1;
		if (c->kind == SCHEMA_CATEGORY) {
			size_t level = schema_find_level(c, other, strlen(other));
			c->other = c->first + level;
			c->nelements = c->nlevels + (level == c->nlevels);
		}
		c->nelements += c->gaps;
		s->nelements += c->nelements;
	}
}

/* ---- writing ---- */

/* Bytes that are not of printable UTF-8, and backslashes, become \x and two digits. */
static void write_text(FILE *f, const struct text *t)
{
	for (size_t i = 0; i < t->length;) {
		size_t n = t->text[i] == '\\' ? 0 : utf8_printable_bytes(t->text + i);
		if (n == 0)
			fprintf(f, "\\x%02x", (unsigned char)t->text[i]);
		else
			fwrite(t->text + i, 1, n, f);
		i += n ? n : 1;
	}
}

static void write_column(FILE *f, const struct schema_column *c)
{
	char text[DECIMAL_TEXT];
	fputs(c->kind == SCHEMA_NUMBER ? "number\t" : "category\t", f);
	write_text(f, &c->name);
	fputs(c->gaps ? "\tgaps" : "\tfull", f);
	if (c->kind == SCHEMA_NUMBER) {
		decimal_format_double(c->fill, text);
		fprintf(f, "\t%s", text);
		decimal_format_double(c->step, text);
		fprintf(f, "\t%s", text);
	}
	for (size_t k = 0; k < c->nlevels; k++) {
		putc('\t', f);
		write_text(f, &c->levels[k]);
	}
	putc('\n', f);
}

enum status schema_format(const struct schema *s, char **text, size_t *length, struct error *e)
{
	char *made = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&made, &n);
	if (!f)
		return error_memory(e);
	fputs(MAGIC, f);
	for (size_t i = 0; i < s->ncolumns; i++)
		write_column(f, &s->columns[i]);
	fprintf(f, "elements\t%zu\n", s->nelements);
	bool lost = ferror(f);
	if (fclose(f) != 0 || lost || !made) /* glibc: 0 and NULL if memory runs out in fclose */
		error_memory(e);
	else if (n > SCHEMA_MAX_BYTES)
		error_set(e, STATUS_UNSUPPORTED, "a schema of more than %d bytes",
		          SCHEMA_MAX_BYTES);
	if (e->status != STATUS_OK) {
		free(made);
		return e->status;
	}
	*text = made;
	*length = n;
	return STATUS_OK;
}

void schema_write_column(const struct schema *s, size_t column, FILE *f)
{
	write_text(f, &s->columns[column].name);
}

/* ---- reading ---- */

/* A line, or what is left of it, and the field that was taken from it last. */
struct line {
	const char *p, *end;
	const char *field;
	size_t length;
};

/* Takes the field before the next tab or the end; false if there is none left. */
static bool next_field(struct line *l)
{
	if (l->p > l->end)
		return false;
	const char *tab = memchr(l->p, '\t', (size_t)(l->end - l->p));
	l->field = l->p;
	l->length = (size_t)((tab ? tab : l->end) - l->p);
	l->p += l->length + 1;
	return true;
}

static bool next_is(struct line *l, const char *word, const char * or, bool *is)
{
	if (!next_field(l))
		return false;
	*is = l->length == strlen(word) && memcmp(l->field, word, l->length) == 0;
	return *is || (l->length == strlen(or) && memcmp(l->field, or, l->length) == 0);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes printable UTF-8 and \x with two digits into t, which has room; false if it is not that.
 */
static bool decode(const char *p, const char *end, struct text *t)
{
	while (p < end) {
		size_t n = utf8_printable_bytes(p);
		if (*p == '\\') {
			if (end - p < 4 || p[1] != 'x' || digit(p[2]) < 0 || digit(p[3]) < 0)
				return false;
			t->text[t->length++] =
			    (char)(unsigned char)(digit(p[2]) << 4 | digit(p[3]));
			p += 4;
		} else if (n == 0) {
			return false;
		} else {
			memcpy(t->text + t->length, p, n);
			t->length += n;
			p += n;
		}
	}
	t->text[t->length] = '\0';
	return t->length == strlen(t->text);
}

/* The next field as a name or a level; t is to be released in any case. */
static enum status next_text(struct line *l, struct text *t, struct error *e)
{
	if (!next_field(l) || l->length == 0)
		return error_set(e, STATUS_MALFORMED, "missing name or level");
	t->text = malloc(l->length + 1);
	if (!t->text)
		return error_memory(e);
	if (!decode(l->field, l->field + l->length, t))
		return error_set(e, STATUS_MALFORMED,
		                 "bytes that are not printable UTF-8 must be written as \\x and "
		                 "two digits, backslashes as \\x5c");
	if (t->length > SCHEMA_MAX_NAME)
		return error_set(e, STATUS_UNSUPPORTED, "a name or level of more than %d bytes",
		                 SCHEMA_MAX_NAME);
	return STATUS_OK;
}

/* An empty level after the others: most columns have few, and there may be many columns. */
static enum status add_level(struct schema_column *c, struct error *e)
{
	size_t n = c->nlevels;
	if (n == SCHEMA_MAX_LEVELS)
		return error_set(e, STATUS_UNSUPPORTED, "more than %d levels", SCHEMA_MAX_LEVELS);
	if ((n & (n - 1)) == 0) { /* there is no room at 0, 1, 2, 4, ... */
		struct text *levels = realloc(c->levels, (n > 0 ? 2 * n : 1) * sizeof(*levels));
		if (!levels)
			return error_memory(e);
		c->levels = levels;
	}
	c->levels[c->nlevels++] = (struct text){0};
	return STATUS_OK;
}

static enum status parse_levels(struct schema_column *c, struct line *l, struct error *e)
{
	do {
		if (add_level(c, e) != STATUS_OK)
			return e->status;
		struct text *t = &c->levels[c->nlevels - 1];
		if (next_text(l, t, e) != STATUS_OK)
			return e->status;
		if (c->nlevels > 1 &&
		    text_compare(t[-1].text, t[-1].length, t->text, t->length) >= 0)
			return error_set(e, STATUS_MALFORMED,
			                 "the levels are not in ascending order of their bytes");
	} while (l->p <= l->end);
	return STATUS_OK;
}

static bool next_number(struct line *l, double *out)
{
	return next_field(l) && decimal_parse_double(l->field, l->length, out) && isfinite(*out);
}

static enum status parse_column(struct schema_column *c, struct line *l, struct error *e)
{
	bool number;
	if (!next_is(l, "number", "category", &number))
		return error_set(e, STATUS_MALFORMED,
		                 "expected number, category or, in the last line, elements");
	c->kind = number ? SCHEMA_NUMBER : SCHEMA_CATEGORY;
	if (next_text(l, &c->name, e) != STATUS_OK)
		return e->status;
	if (!next_is(l, "gaps", "full", &c->gaps))
		return error_set(e, STATUS_MALFORMED, "expected gaps or full after the name");
	if (!number)
		return parse_levels(c, l, e);
	if (!next_number(l, &c->fill) || !next_number(l, &c->step) || c->step < 0)
		return error_set(e, STATUS_MALFORMED,
		                 "expected two finite numbers, the second not negative");
	if (l->p <= l->end)
		return error_set(e, STATUS_MALFORMED, "trailing fields");
	return STATUS_OK;
}

static int compare_names(const void *a, const void *b)
{
	const struct text *s = *(const struct text *const *)a;
	const struct text *t = *(const struct text *const *)b;
	return text_compare(s->text, s->length, t->text, t->length);
}

static enum status check_names(const struct schema *s, struct error *e)
{
	const struct text **names = malloc((s->ncolumns + 1) * sizeof(const struct text *));
	if (!names)
		return error_memory(e);
	for (size_t i = 0; i < s->ncolumns; i++)
		names[i] = &s->columns[i].name;
	qsort(names, s->ncolumns, sizeof(const struct text *), compare_names);
	for (size_t i = 1; i < s->ncolumns && e->status == STATUS_OK; i++)
		if (compare_names(&names[i - 1], &names[i]) == 0)
			error_set(e, STATUS_MALFORMED, "duplicate column '%s'", names[i]->text);
	free(names);
	return e->status;
}

/* The last line, "elements" and how many there are, and nothing after it. */
static enum status parse_end(const struct schema *s, const char *p, const char *newline,
                             const char *end, struct error *e)
{
	char expected[64];
	int n = snprintf(expected, sizeof(expected), "elements\t%zu\n", s->nelements);
	if (newline + 1 - p != n || memcmp(p, expected, (size_t)n) != 0)
		return error_set(e, STATUS_MALFORMED, "the columns have %zu elements",
		                 s->nelements);
	if (newline + 1 != end)
		return error_set(e, STATUS_MALFORMED, "trailing data after the number of elements");
	return STATUS_OK;
}

static enum status parse_line(struct schema *s, const char *p, const char *newline, struct error *e)
{
	struct line l = {p, newline, NULL, 0};
	if (s->ncolumns == SCHEMA_MAX_COLUMNS)
		return error_set(e, STATUS_UNSUPPORTED, "more than %d columns", SCHEMA_MAX_COLUMNS);
	return parse_column(&s->columns[s->ncolumns++], &l, e);
}

static bool is_last(const char *p, const char *newline)
{
	return newline - p >= 9 && memcmp(p, "elements\t", 9) == 0;
}

static size_t count_lines(const char *p, const char *end)
{
	size_t n = 0;
	while ((p = memchr(p, '\n', (size_t)(end - p))))
		p++, n++;
	return n;
}

/* Takes the line from p to its newline; *done after the last one. */
static enum status take_line(struct schema *s, const char *p, const char *newline, const char *end,
                             bool *done, struct error *e)
{
	*done = newline && is_last(p, newline);
	if (!newline)
		return error_set(e, STATUS_TRUNCATED, "unexpected end of input");
	if (!*done)
		return parse_line(s, p, newline, e);
	if (s->ncolumns == 0)
		return error_set(e, STATUS_MALFORMED, "no columns");
	schema_number_elements(s);
	return parse_end(s, p, newline, end, e);
}

bool schema_recognise(const unsigned char *head, size_t n)
{
	return n >= strlen(MAGIC) && memcmp(head, MAGIC, strlen(MAGIC)) == 0;
}

static enum status parse(struct schema *s, const char *text, const char *end, struct error *e)
{
	size_t number = 2, nlines = count_lines(text, end);
	bool done = false;
	if (!schema_recognise((const unsigned char *)text, (size_t)(end - text)))
		return error_set(e, STATUS_MALFORMED,
		                 "not a schema of csv2raw, which begins with 'nicetable 1'");
	s->columns =
	    calloc(nlines < SCHEMA_MAX_COLUMNS ? nlines : SCHEMA_MAX_COLUMNS, sizeof(*s->columns));
	if (!s->columns)
		return error_memory(e);
	for (const char *p = text + strlen(MAGIC); !done; number++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		if (take_line(s, p, newline, end, &done, e) != STATUS_OK)
			return e->status == STATUS_MEMORY ? e->status
			                                  : error_prefix(e, "line %zu: ", number);
		p = newline + 1;
	}
	return check_names(s, e);
}

enum status schema_parse(struct schema *s, const char *text, size_t length, struct error *e)
{
	struct schema made = {0};
	if (parse(&made, text, text + length, e) == STATUS_OK)
		*s = made;
	else
		schema_release(&made);
	return e->status;
}

static enum status read_all(int fd, char *text, size_t *length, struct error *e)
{
	size_t got = 1;
	*length = 0;
	while (got > 0 && *length <= SCHEMA_MAX_BYTES) {
		if (input_read(fd, NULL, text + *length, SCHEMA_MAX_BYTES + 1 - *length, &got, e) !=
		    STATUS_OK)
			return e->status;
		*length += got;
		if (memcmp(text, MAGIC, *length < strlen(MAGIC) ? *length : strlen(MAGIC)) != 0)
			break; /* which parse() tells */
	}
	if (*length > SCHEMA_MAX_BYTES)
		return error_set(e, STATUS_UNSUPPORTED, "a schema of more than %d bytes",
		                 SCHEMA_MAX_BYTES);
	text[*length] = '\0';
	return STATUS_OK;
}

enum status schema_read(struct schema *s, int fd, char **text, struct error *e)
{
	size_t length;
	char *all = malloc(SCHEMA_MAX_BYTES + 1);
	if (!all)
		return error_memory(e);
	if (read_all(fd, all, &length, e) == STATUS_OK)
		schema_parse(s, all, length, e);
	if (e->status == STATUS_OK && text && !(*text = strdup(all)))
		error_memory(e);
	free(all);
	return e->status;
}
