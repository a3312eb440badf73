/*
 * Zip archives in memory: what torch.save writes, and NumPy's savez. The directory is checked
 * against the local header of each record, so that every reader sees the same archive in the same
 * bytes.
 */
#ifndef ZIP_ARCHIVE_H
#define ZIP_ARCHIVE_H

#include "base/crc.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip_archive_record {
	const char *name; /* no NUL after it, perhaps some within */
	size_t name_bytes;
	const unsigned char *data;
	size_t size;        /* of data */
	uint64_t full_size; /* once inflated; size, if it is not deflated */
	bool deflated;      /* by RFC 1951, without a header */
	uint32_t crc;       /* of what is inflated, according to the archive */
	bool verified;      /* it matches the data */
};

struct zip_archive {
	struct zip_archive_record *records; /* sorted by name */
	size_t nrecords;
	struct crc_table table;
};

/* Names and records point into the size bytes at data, which must outlive them. Time and memory
 * are proportional to size. A record that is deflated is STATUS_UNSUPPORTED unless deflate. */
enum status zip_archive_open(const unsigned char *data, size_t size, bool deflate,
                             struct zip_archive *out, struct error *e);
void zip_archive_release(struct zip_archive *a);

struct zip_archive_record *zip_archive_find(const struct zip_archive *a, const char *name,
                                            size_t n); /* or NULL */

/* Verifies the checksum of a record that is not deflated, on the first call. */
enum status zip_archive_verify(const struct zip_archive *a, struct zip_archive_record *record,
                               struct error *e);

#endif
