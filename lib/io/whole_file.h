/* The bytes of a whole file: a regular file is mapped, unless it should not be; anything else is
 * read to its end. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct whole_file {
	unsigned char *data; /* read only; NULL if size is 0 */
	size_t size;
	void (*release)(void *data, size_t size);  /* or NULL; frees data */
	void (*populate)(void *data, size_t size); /* or NULL; for a part that will be read now */
	void (*forget)(void *data, size_t size);   /* or NULL; see tensors_forget */
};

enum { WHOLE_FILE_HEAD_BYTES = 256 };

/* Checks a file by its first WHOLE_FILE_HEAD_BYTES, or fewer if it is shorter, so that an endless
 * or huge input of the wrong kind is refused before it fills the memory. */
typedef enum status whole_file_check(const unsigned char *head, size_t n, struct error *e);

/* What is done with a regular file. One that is copied may change, or be lost by a server, while it
 * is in use, and a failure to read it has a reason. */
enum whole_file_way { WHOLE_FILE_MAP, WHOLE_FILE_COPY };

/* Reads from the position of fd to the end; the caller keeps fd. A mapped file must not shrink
 * while it is in use. */
enum status whole_file_read(int fd, enum whole_file_way way, whole_file_check *check,
                            struct whole_file *out, struct error *e);
void whole_file_release(struct whole_file *b);

/* Of a mapped file, bytes begin .. end-1: begins to read their pages, if they are not in memory; or
 * gives them back to the system, which can read them again. Nothing of a file that was read. */
void whole_file_expect(const struct whole_file *b, size_t begin, size_t end);
void whole_file_leave(const struct whole_file *b, size_t begin, size_t end);

/* Of a mapped file: from now on its pages are read at random, so that none is read because its
 * neighbour is; or again in order. */
void whole_file_at_random(const struct whole_file *b, bool random);

#endif
