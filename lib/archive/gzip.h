/* Reader of plain or gzip-compressed data, which are told apart by the magic bytes 1f 8b, and of a
 * record of a zip archive. */
#ifndef GZIP_H
#define GZIP_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct gzip;
struct zip_archive_record;

/* Starts reading from fd, which stays owned by the caller. tied: see io/input.h. */
enum status gzip_open(int fd, FILE *tied, struct gzip **out, struct error *e);
void gzip_close(struct gzip *g); /* NULL is fine */

/* Starts reading a record, deflated or not, whose data must outlive the reader. Its length and
 * checksum are verified at the end: STATUS_MALFORMED. */
enum status gzip_open_record(const struct zip_archive_record *record, struct gzip **out,
                             struct error *e);

/* Reads as much decompressed data as is available, at least one byte, at most n; 0 at the end.
 * There may be several members (RFC 1952); the checksum and length of each are verified. Other data
 * after a member are STATUS_MALFORMED; an end within a member is STATUS_TRUNCATED. */
enum status gzip_read(struct gzip *g, void *data, size_t n, size_t *got, struct error *e);

/* Reads all n bytes; fewer are STATUS_TRUNCATED, "unexpected end of `what`". */
enum status gzip_read_exactly(struct gzip *g, void *data, size_t n, const char *what,
                              struct error *e);

/* The bytes of n bytes of data as a zlib stream (RFC 1950) of the highest level of compression. */
enum status gzip_deflated_size(const void *data, size_t n, uint64_t *bytes, struct error *e);

#endif
