/* The bytes of a whole file: a regular file is mapped, anything else is read to its end. */
#ifndef BLOB_H
#define BLOB_H

#include "status.h"

#include <stddef.h>

struct blob {
	unsigned char *data; /* read only; NULL if size is 0 */
	size_t size;
	void (*release)(void *data, size_t size); /* or NULL; the way data has to be given back */
	void (*forget)(void *data, size_t size);  /* or NULL; as tensors_forget has it */
};

enum { BLOB_HEAD_BYTES = 64 };

/* Judges a file by its first bytes, BLOB_HEAD_BYTES or all there are, so that an endless or huge
 * input of the wrong kind is refused before it fills the memory. */
typedef enum status blob_check(const unsigned char *head, size_t n, struct error *e);

/* The bytes from where fd stands to the end; the caller keeps fd. A mapped file must not shrink
 * while it is in use. */
enum status blob_read(int fd, blob_check *check, struct blob *out, struct error *e);
void blob_release(struct blob *b);

#endif
