/* Plain or gzip-compressed bytes behind one door: told apart by the magic 1f 8b. */
#ifndef GZIP_H
#define GZIP_H

#include "status.h"

#include <stddef.h>
#include <stdio.h>

struct gzip;

/* Reads from fd from now on; tied as in stream.h. The caller keeps fd. */
enum status gzip_open(int fd, FILE *tied, struct gzip **out, struct error *e);
void gzip_close(struct gzip *g); /* NULL is fine */

/* As much decompressed data as is at hand, at least one byte, at most n; 0 at the end. Members
 * may follow one another (RFC 1952); each one's checksum and length are verified. Anything else
 * behind a member is STATUS_MALFORMED; an end inside of one is STATUS_TRUNCATED. */
enum status gzip_read(struct gzip *g, void *data, size_t n, size_t *got, struct error *e);

#endif
