/* The state machine for comma-separated values. It can stop after any byte and go on when more
 * have arrived. */
#include "table/csv.h"

#include "base/decimal.h"
#include "io/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	BLOCK = 1 << 17,
	PADDING = DECIMAL_PADDING, /* line ends after the last byte, which end each search */
};

/* Where in a cell: before its first byte, in a plain one, in a quoted one, after a quote in that,
 * after the CR that must be one of CRLF. */
enum state { AT_START, PLAIN, QUOTED, AFTER_QUOTE, AFTER_CR };
enum found { NEEDS_MORE, FOUND_ROW, FAILED };

static const char large_cell[] = "a cell of more than 1048576 bytes; is a quote not closed?";
static const char large_row[] = "a row of more than 16777216 bytes";

bool csv_parse_separator(const char *text, char *separator)
{
	bool tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;
	char c = *text;
	if (tab)
		c = '\t';
	bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	if (c == '\0' || word || strchr("\"\r\n+-.", c) || (!tab && text[1] != '\0'))
		return false;
	*separator = c;
	return true;
}

enum status csv_init(struct csv *c, int fd, FILE *tied, char separator, bool header,
                     struct error *e)
{
	struct csv made = {.fd = fd,
	                   .tied = tied,
	                   .header = header,
	                   .separator = separator,
	                   .next_line = 1,
	                   .capacity = BLOCK};
	made.special[(unsigned char)separator] = true; /* and these, in find_special() */
	made.special['\n'] = made.special['"'] = made.special['\0'] = true;
	made.text = malloc(made.capacity + PADDING);
	if (!made.text)
		return error_memory(e);
	memset(made.text, '\n', PADDING);
	*c = made;
	return STATUS_OK;
}

void csv_release(struct csv *c)
{
	free(c->text);
	free(c->cells);
	*c = (struct csv){0};
}

void csv_place(const struct csv *c, char place[CSV_PLACE])
{
	if (c->header && c->nrows == 1)
		snprintf(place, CSV_PLACE, "header");
	else
		snprintf(place, CSV_PLACE, "row %" PRIu64 " (line %" PRIu64 ")",
		         c->nrows - c->header, c->line);
}

static enum found fail(const struct csv *c, struct error *e, const char *what)
{
	char place[CSV_PLACE];
	csv_place(c, place);
	error_set(e, STATUS_MALFORMED, "%s, column %zu: %s", place, c->ncells + 1, what);
	return FAILED;
}

/* Ends the present cell before the byte at `end`; the next one begins after `next`. */
static bool end_cell(struct csv *c, size_t end, size_t next, struct error *e)
{
	if (c->ncells == c->cells_capacity) {
		size_t wanted = c->ncells ? 2 * c->ncells : 64;
		struct csv_cell *cells = realloc(c->cells, wanted * sizeof(*cells));
		if (!cells) {
			error_memory(e);
			return false;
		}
		c->cells = cells;
		c->cells_capacity = wanted;
	}
	if (c->ncells == CSV_MAX_CELLS || end - c->cell > CSV_MAX_CELL) {
		fail(c, e, c->ncells == CSV_MAX_CELLS ? "more than 65536 columns" : large_cell);
		return false;
	}
	c->cells[c->ncells++] = (struct csv_cell){(uint32_t)(c->cell - c->begin),
	                                          (uint32_t)(end - c->cell), c->doubled};
	c->cell = next;
	c->doubled = false;
	c->state = AT_START;
	return true;
}

/* The first byte of a quoted cell has been passed. */
static void begin_quoted(struct csv *c, size_t at)
{
	c->state = QUOTED;
	c->cell = at;
}

#ifdef __SSE2__
static const char *find_special(const struct csv *c, const char *p)
{
	const __m128i separator = _mm_set1_epi8(c->separator), newline = _mm_set1_epi8('\n');
	const __m128i quote = _mm_set1_epi8('"'), nul = _mm_setzero_si128();
	for (;; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i found = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(x, separator), _mm_cmpeq_epi8(x, nul)),
		    _mm_or_si128(_mm_cmpeq_epi8(x, newline), _mm_cmpeq_epi8(x, quote)));
		unsigned bits = (unsigned)_mm_movemask_epi8(found);
		if (bits)
			return p + __builtin_ctz(bits);
	}
}
#else
static const char *find_special(const struct csv *c, const char *p)
{
	while (!c->special[(unsigned char)*p])
		p++;
	return p;
}
#endif

/* Plain cells, until a row ends, the bytes do, or a quoted cell begins. */
static enum found scan_plain(struct csv *c, size_t *at, struct error *e)
{
	const char *p = c->text + *at, *end = c->text + c->end;
	for (;;) {
		c->state = PLAIN;
		p = find_special(c, p); /* there is a line end after the last byte */
		*at = (size_t)(p - c->text);
		if (p >= end)
			return NEEDS_MORE;
		if (*p == '\0')
			return fail(c, e,
			            "NUL byte: not CSV; a table that is compressed, in "
			            "UTF-16 or a spreadsheet must be converted first");
		if (*p == '"')
			return fail(c, e,
			            "a quote in a cell that does not begin with one; quote the "
			            "whole cell");
		bool last = *p == '\n';
		size_t stop = *at - (last && *at > c->cell && p[-1] == '\r');
		*at += 1;
		if (!end_cell(c, stop, *at, e))
			return FAILED;
		if (last)
			return FOUND_ROW;
		if (*++p == '"' || p >= end)
			return NEEDS_MORE;
	}
}

static enum found scan_quoted(struct csv *c, size_t *at, struct error *e)
{
	const char *p = c->text + *at;
	const char *quote = memchr(p, '"', c->end - *at);
	size_t n = quote ? (size_t)(quote - p) : c->end - *at;
	if (memchr(p, '\0', n))
		return fail(c, e, "NUL byte");
	for (const char *line = p; (line = memchr(line, '\n', n - (size_t)(line - p))); line++)
		c->next_line++;
	*at += n;
	if (quote) {
		c->state = AFTER_QUOTE;
		*at += 1;
	}
	return NEEDS_MORE;
}

/* The quote before `at` was the first of two, or ended the cell. */
static enum found scan_after_quote(struct csv *c, size_t *at, struct error *e)
{
	char next = c->text[*at];
	size_t end = *at - (c->state == AFTER_CR) - 1;
	if (c->state == AFTER_QUOTE && next == '"') {
		c->doubled = true;
		c->state = QUOTED;
	} else if (c->state == AFTER_QUOTE && next == '\r') {
		c->state = AFTER_CR;
	} else if (next == '\n' || (c->state == AFTER_QUOTE && next == c->separator)) {
		*at += 1;
		if (!end_cell(c, end, *at, e))
			return FAILED;
		return next == '\n' ? FOUND_ROW : NEEDS_MORE;
	} else {
		return fail(c, e, "text after a closing quote; double the quotes within a cell");
	}
	*at += 1;
	return NEEDS_MORE;
}

/* Goes on until a row ends or the bytes do. */
static enum found scan(struct csv *c, struct error *e)
{
	size_t at = c->at;
	enum found found = NEEDS_MORE;
	while (found == NEEDS_MORE && at < c->end) {
		if (c->state == AT_START && c->text[at] == '"')
			begin_quoted(c, ++at);
		else if (c->state <= PLAIN)
			found = scan_plain(c, &at, e);
		else if (c->state == QUOTED)
			found = scan_quoted(c, &at, e);
		else
			found = scan_after_quote(c, &at, e);
	}
	c->at = at;
	return found;
}

/* Moves the row that has begun to the front and makes room after it. */
static enum status make_room(struct csv *c, struct error *e)
{
	size_t used = c->end - c->begin;
	if (used > CSV_MAX_ROW || c->at - c->cell > CSV_MAX_CELL + 1) {
		fail(c, e, used > CSV_MAX_ROW ? large_row : large_cell);
		return e->status;
	}
	if (c->begin > 0) {
		memmove(c->text, c->text + c->begin, used);
		c->at -= c->begin;
		c->cell -= c->begin;
		c->end = used;
		c->begin = 0;
	}
	if (c->capacity - used >= BLOCK / 2)
		return STATUS_OK;
	char *text = realloc(c->text, 2 * c->capacity + PADDING);
	if (!text)
		return error_memory(e);
	c->text = text;
	c->capacity *= 2;
	return STATUS_OK;
}

static enum status fill(struct csv *c, struct error *e)
{
	size_t got;
	if (make_room(c, e) != STATUS_OK || input_read(c->fd, c->tied, c->text + c->end,
	                                               c->capacity - c->end, &got, e) != STATUS_OK)
		return e->status;
	c->end += got;
	memset(c->text + c->end, '\n', PADDING);
	c->ended = got == 0;
	return STATUS_OK;
}

/* A byte order mark does not belong to the first cell. */
static enum status skip_mark(struct csv *c, struct error *e)
{
	static const char mark[] = "\xef\xbb\xbf";
	c->started = true;
	while (!c->ended && c->end < 3 && memcmp(c->text, mark, c->end) == 0)
		if (fill(c, e) != STATUS_OK)
			return e->status;
	if (c->end >= 3 && memcmp(c->text, mark, 3) == 0)
		c->begin = c->at = c->cell = 3;
	return STATUS_OK;
}

/* The last row, without a line end: the one after the bytes ends it. */
static enum found end_last(struct csv *c, struct error *e)
{
	if (c->state == QUOTED)
		return fail(c, e, "unexpected end of input: a quote is not closed");
	c->unterminated = true;
	if (c->state == AT_START)
		c->state = PLAIN;
	c->end++;
	enum found found = scan(c, e);
	c->end--;
	c->at = c->end;
	return found;
}

static void hand_out(struct csv *c, struct csv_row *row)
{
	size_t length = c->at - c->begin - !c->unterminated;
	bool crlf = !c->unterminated && length > 0 && c->text[c->begin + length - 1] == '\r';
	*row = (struct csv_row){.text = c->text + c->begin,
	                        .length = length - crlf,
	                        .crlf = crlf,
	                        .cells = c->cells,
	                        .ncells = c->ncells};
	c->begin = c->at;
	c->next_line++;
}

enum status csv_next(struct csv *c, struct csv_row *row, bool *more, struct error *e)
{
	*more = false;
	if (!c->started && skip_mark(c, e) != STATUS_OK)
		return e->status;
	c->cell = c->begin;
	c->ncells = 0;
	c->line = c->next_line;
	c->nrows++;
	enum found found = scan(c, e);
	while (found == NEEDS_MORE) {
		if (c->ended && c->at == c->begin) {
			c->nrows--;
			return STATUS_OK;
		}
		if (c->ended)
			found = end_last(c, e);
		else if (fill(c, e) != STATUS_OK)
			return e->status;
		else
			found = scan(c, e);
	}
	if (found == FOUND_ROW && c->at - c->begin > CSV_MAX_ROW)
		found = fail(c, e, large_row);
	if (found == FAILED)
		return e->status;
	hand_out(c, row);
	*more = true;
	return STATUS_OK;
}

const char *csv_text(const struct csv_row *row, size_t cell, size_t *length)
{
	struct csv_cell *k = &row->cells[cell];
	char *text = row->text + k->begin;
	if (k->doubled) {
		uint32_t n = 0;
		for (size_t i = 0; i < k->length; i++) {
			i += text[i] == '"';
			text[n++] = text[i];
		}
		k->length = n;
		k->doubled = false;
	}
	*length = k->length;
	return text;
}
