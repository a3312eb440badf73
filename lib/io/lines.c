/* Lines of text. */
#include "io/lines.h"

#include "io/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum status lines_init(struct lines *s, int fd, struct error *e)
{
	char *text = malloc(LINES_CAPACITY);
	if (!text)
		return error_memory(e);
	*s = (struct lines){
	    .fd = fd, .text = text, .capacity = LINES_CAPACITY, .limit = LINES_CAPACITY};
	return STATUS_OK;
}

void lines_release(struct lines *s)
{
	free(s->text);
	*s = (struct lines){0};
}

static enum status refuse_nul(uint64_t line, struct error *e)
{
	return error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": NUL byte", line);
}

/* Makes room for more of a line that fills the text, unless it is too long already. */
static enum status grow(struct lines *s, struct error *e)
{
	size_t capacity = s->capacity < s->limit / 2 ? 2 * s->capacity : s->limit;
	if (s->capacity == s->limit)
		return error_set(e, STATUS_MALFORMED,
		                 "line %" PRIu64 ": more than %zu bytes in a line", s->nlines + 1,
		                 s->limit - 1);
	if (memchr(s->text, '\0', s->end))
		return refuse_nul(s->nlines + 1, e);
	char *text = realloc(s->text, capacity);
	if (!text)
		return error_memory(e);
	s->text = text;
	s->capacity = capacity;
	return STATUS_OK;
}

/* Reads more bytes after those not yet handed out; false at the end or on failure. */
static bool fill(struct lines *s, struct error *e)
{
	size_t got;
	if (s->begin > 0)
		memmove(s->text, s->text + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	if ((s->end == s->capacity && grow(s, e) != STATUS_OK) ||
	    input_read(s->fd, NULL, s->text + s->end, s->capacity - s->end, &got, e) != STATUS_OK)
		return false;
	s->end += got;
	return got > 0;
}

enum status lines_next(struct lines *s, char **line, struct error *e)
{
	char *newline = NULL;
	size_t searched = 0;
	*line = NULL;
	while (!newline) {
		size_t left = s->end - s->begin;
		newline = memchr(s->text + s->begin + searched, '\n', left - searched);
		searched = left;
		if (newline || fill(s, e))
			continue;
		if (e->status == STATUS_OK && left > 0)
			error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input",
			          s->nlines + 1);
		return e->status;
	}
	char *begin = s->text + s->begin;
	s->nlines++;
	s->begin = (size_t)(newline + 1 - s->text);
	*newline = '\0';
	if (strlen(begin) != (size_t)(newline - begin))
		return refuse_nul(s->nlines, e);
	*line = begin;
	return STATUS_OK;
}
