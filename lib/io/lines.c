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
	*s = (struct lines){.fd = fd, .text = text};
	return STATUS_OK;
}

void lines_release(struct lines *s)
{
	free(s->text);
	*s = (struct lines){0};
}

/* Reads more bytes after those not yet handed out; false at the end, on failure or if there is no
 * room. */
static bool fill(struct lines *s, struct error *e)
{
	size_t got;
	memmove(s->text, s->text + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	if (s->end == LINES_CAPACITY) {
		error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": more than %d bytes in a line",
		          s->nlines + 1, LINES_CAPACITY - 1);
		return false;
	}
	if (input_read(s->fd, NULL, s->text + s->end, LINES_CAPACITY - s->end, &got, e) !=
	    STATUS_OK)
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
		return error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": NUL byte", s->nlines);
	*line = begin;
	return STATUS_OK;
}
