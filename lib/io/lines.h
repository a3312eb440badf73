/* Lines of text from a descriptor, one at a time. Each ends with LF, including the last. */
#ifndef LINES_H
#define LINES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINES_CAPACITY = 1 << 16 };

struct lines {
	int fd;
	uint64_t nlines; /* handed out or found malformed so far */
	char *text;      /* owned */
	size_t begin, end, capacity;
	size_t limit; /* a line has fewer bytes; LINES_CAPACITY unless it is set to more */
};

/* Reads from fd from now on; the caller keeps it. */
enum status lines_init(struct lines *s, int fd, struct error *e);
void lines_release(struct lines *s);

/* Waits for the next line: *line, without its LF, ends with a NUL and is valid until the next call;
 * NULL at the end. A last line without LF is STATUS_TRUNCATED; a line of limit bytes or more, or
 * with a NUL, is STATUS_MALFORMED. Errors name the line. */
enum status lines_next(struct lines *s, char **line, struct error *e);

#endif
