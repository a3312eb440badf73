/* The zip format (APPNOTE.TXT, sections 4.3 and 4.5), for stored and deflated records. */
#include "archive/zip_archive.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_RECORDS = 1 << 17, /* twice as many as tensors */
	MAX_NAME_BYTES = 1000,
	MAX_COMMENT_BYTES = 65535,
	END_BYTES = 22,
	END64_BYTES = 56,
	LOCATOR_BYTES = 20,
	CENTRAL_BYTES = 46,
	LOCAL_BYTES = 30,
	ENCRYPTED = 1,
	DEFLATED = 8,   /* method */
	DESCRIPTOR = 8, /* sizes and checksum follow the data, too */
};

static const uint32_t in_zip64 = UINT32_MAX; /* the value is in the extra field */

/* Where the directory is, and what it says. */
struct directory {
	const unsigned char *data;
	uint64_t begin, bytes, nrecords;
};

/* What the local header and the directory both state about a record. */
struct header {
	unsigned flags, method;
	uint32_t crc;
	uint64_t stored, size;
	const unsigned char *name, *extra;
	size_t name_bytes, extra_bytes;
};

static unsigned le16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static bool is(const unsigned char *p, const char *signature)
{
	return memcmp(p, signature, 4) == 0;
}

static enum status malformed(struct error *e, const char *why)
{
	return error_set(e, STATUS_MALFORMED, "zip archive: %s", why);
}

/* --- the end --- */

/* The end record that ends with the file, comment included. */
static enum status find_end(const unsigned char *data, size_t size, size_t *end, struct error *e)
{
	bool another = false;
	for (size_t comment = 0; comment <= MAX_COMMENT_BYTES && size >= END_BYTES + comment;
	     comment++) {
		const unsigned char *p = data + size - END_BYTES - comment;
		if (!is(p, "PK\5\6"))
			continue;
		if (le16(p + 20) == comment) {
			*end = size - END_BYTES - comment;
			return STATUS_OK;
		}
		another |= le16(p + 20) < comment;
	}
	if (another)
		return error_set(e, STATUS_MALFORMED, "trailing bytes after the zip archive");
	return error_set(e, STATUS_TRUNCATED,
	                 "zip archive: unexpected end of input: missing central directory");
}

static bool agree(uint64_t narrow, uint64_t wide, uint64_t saturated)
{
	return narrow == wide || narrow == saturated;
}

/* The zip64 end record, if there is one before the other at *end. */
static enum status read_end64(const unsigned char *data, size_t *end, struct directory *d,
                              struct error *e)
{
	const unsigned char *locator = data + *end - LOCATOR_BYTES;
	if (*end < END64_BYTES + LOCATOR_BYTES || !is(locator, "PK\6\7"))
		return STATUS_OK;
	size_t begin = *end - LOCATOR_BYTES - END64_BYTES;
	const unsigned char *p = data + begin;
	if (bytes_le64(locator + 8) != begin || !is(p, "PK\6\6") ||
	    bytes_le64(p + 4) != END64_BYTES - 12 || bytes_le32(locator + 4) != 0 ||
	    bytes_le32(p + 16) != 0 || bytes_le32(p + 20) != 0)
		return malformed(e, "invalid zip64 end record");
	uint64_t nrecords = bytes_le64(p + 32), bytes = bytes_le64(p + 40), at = bytes_le64(p + 48);
	if (nrecords != bytes_le64(p + 24) || !agree(d->nrecords, nrecords, UINT16_MAX) ||
	    !agree(d->bytes, bytes, in_zip64) || !agree(d->begin, at, in_zip64))
		return malformed(e, "zip and zip64 end records disagree");
	*d = (struct directory){data, at, bytes, nrecords};
	*end = begin;
	return STATUS_OK;
}

static enum status find_directory(const unsigned char *data, size_t size, struct directory *d,
                                  struct error *e)
{
	size_t end = 0;
	if (find_end(data, size, &end, e) != STATUS_OK)
		return e->status;
	const unsigned char *p = data + end;
	*d = (struct directory){data, bytes_le32(p + 16), bytes_le32(p + 12), le16(p + 10)};
	if (bytes_le32(p + 4) != 0 || le16(p + 8) != d->nrecords)
		return malformed(e, "part of a multi-part archive");
	if (read_end64(data, &end, d, e) != STATUS_OK)
		return e->status;
	if (d->bytes > end || d->begin != end - d->bytes)
		return malformed(e, "central directory is not where the end record says");
	if (d->nrecords > MAX_RECORDS)
		return error_set(e, STATUS_UNSUPPORTED, "zip archive: more than %d records",
		                 MAX_RECORDS);
	if (d->nrecords > d->bytes / CENTRAL_BYTES)
		return malformed(e, "central directory too short for its records");
	return STATUS_OK;
}

/* --- records --- */

static int shown(const struct zip_archive_record *r)
{
	return (int)(r->name_bytes < MAX_NAME_BYTES ? r->name_bytes : MAX_NAME_BYTES);
}

static enum status bad_record(struct error *e, const struct zip_archive_record *r,
                              enum status status, const char *why)
{
	return error_set(e, status, "record %.*s%s", shown(r), r->name, why);
}

/* Takes the 64-bit numbers of the extra field (header ID 1) where the 32-bit ones are saturated, in
 * the order of `numbers`; false if they are not there. */
static bool widen(const unsigned char *extra, size_t n, uint64_t *const numbers[], size_t nnumbers)
{
	size_t at = 0, end = 0;
	for (size_t p = 0; p + 4 <= n; p += 4 + le16(extra + p + 2)) {
		if (le16(extra + p) == 1 && le16(extra + p + 2) <= n - p - 4) {
			at = p + 4;
			end = at + le16(extra + p + 2);
			break;
		}
	}
	for (size_t i = 0; i < nnumbers; i++) {
		if (*numbers[i] != in_zip64)
			continue;
		if (end - at < 8)
			return false;
		*numbers[i] = bytes_le64(extra + at);
		at += 8;
	}
	return true;
}

/* From the flags on, both have the same layout. */
static struct header read_header(const unsigned char *flags, const unsigned char *name)
{
	return (struct header){.flags = le16(flags),
	                       .method = le16(flags + 2),
	                       .crc = bytes_le32(flags + 8),
	                       .stored = bytes_le32(flags + 12),
	                       .size = bytes_le32(flags + 16),
	                       .name = name,
	                       .name_bytes = le16(flags + 20),
	                       .extra = name + le16(flags + 20),
	                       .extra_bytes = le16(flags + 22)};
}

/* The checksum and sizes after the data, of 32 or 64 bits each. */
static bool is_descriptor(const unsigned char *p, uint64_t room, const struct header *h)
{
	if (room < 16 || !is(p, "PK\7\10") || bytes_le32(p + 4) != h->crc)
		return false;
	return (bytes_le32(p + 8) == h->stored && bytes_le32(p + 12) == h->size) ||
	       (room >= 24 && bytes_le64(p + 8) == h->stored && bytes_le64(p + 16) == h->size);
}

/* Whether the local header at p, with `room` bytes up to the directory, agrees with the directory;
 * sets where the data are. */
static bool same_as_local(const unsigned char *p, uint64_t room, const struct header *h,
                          struct zip_archive_record *r)
{
	struct header local = read_header(p + 6, p + LOCAL_BYTES);
	uint64_t before = LOCAL_BYTES + local.name_bytes + local.extra_bytes;
	uint64_t *const wide[] = {&local.size, &local.stored};
	if (before > room || h->stored > room - before ||
	    !widen(local.extra, local.extra_bytes, wide, 2) || local.flags != h->flags ||
	    local.method != h->method || local.name_bytes != h->name_bytes ||
	    memcmp(local.name, h->name, h->name_bytes) != 0)
		return false;
	r->data = p + before;
	r->size = (size_t)h->stored;
	if (local.crc == h->crc && local.size == h->size && local.stored == h->stored)
		return true;
	return h->flags & DESCRIPTOR && local.crc == 0 && local.size == 0 && local.stored == 0 &&
	       is_descriptor(r->data + r->size, room - before - h->stored, h);
}

static enum status check_header(const struct header *h, bool deflate,
                                const struct zip_archive_record *r, struct error *e)
{
	if (h->flags & ENCRYPTED)
		return bad_record(e, r, STATUS_UNSUPPORTED, " is encrypted");
	if (h->method != 0 && !deflate)
		return bad_record(e, r, STATUS_UNSUPPORTED,
		                  " is compressed, which torch.save never does");
	if (h->method != 0 && h->method != DEFLATED)
		return bad_record(e, r, STATUS_UNSUPPORTED,
		                  " is compressed by another method than deflate");
	if (h->method == 0 && h->stored != h->size)
		return bad_record(e, r, STATUS_MALFORMED, ": wrong size");
	return STATUS_OK;
}

/* The record whose entry is *at bytes into the directory; its data begin at *free or later. */
static enum status read_record(const struct directory *d, uint64_t *at, uint64_t *free,
                               bool deflate, struct zip_archive_record *r, struct error *e)
{
	const unsigned char *p = d->data + d->begin + *at;
	uint64_t left = d->bytes - *at, local = 0;
	if (left < CENTRAL_BYTES || !is(p, "PK\1\2"))
		return malformed(e, "its directory is broken");
	struct header h = read_header(p + 8, p + CENTRAL_BYTES);
	uint64_t entry_bytes = CENTRAL_BYTES + h.name_bytes + h.extra_bytes + le16(p + 32);
	uint64_t *const wide[] = {&h.size, &h.stored, &local};
	local = bytes_le32(p + 42);
	if (entry_bytes > left || !widen(h.extra, h.extra_bytes, wide, 3) || le16(p + 34) != 0)
		return malformed(e, "its directory is broken");
	if (h.name_bytes > MAX_NAME_BYTES)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "zip archive: record name longer than %d bytes", MAX_NAME_BYTES);
	*r = (struct zip_archive_record){.name = (const char *)h.name,
	                                 .name_bytes = h.name_bytes,
	                                 .crc = h.crc,
	                                 .full_size = h.size,
	                                 .deflated = h.method != 0};
	if (check_header(&h, deflate, r, e) != STATUS_OK)
		return e->status;
	if (local < *free)
		return bad_record(e, r, STATUS_MALFORMED, " overlaps another or is out of order");
	if (local > d->begin || d->begin - local < LOCAL_BYTES || !is(d->data + local, "PK\3\4") ||
	    !same_as_local(d->data + local, d->begin - local, &h, r))
		return bad_record(e, r, STATUS_MALFORMED,
		                  ": local header and central directory disagree");
	*free = (uint64_t)(r->data - d->data) + r->size;
	*at += entry_bytes;
	return STATUS_OK;
}

/* --- names --- */

static int compare(const char *a, size_t n, const char *b, size_t m)
{
	int order = memcmp(a, b, n < m ? n : m);
	return order ? order : (n > m) - (n < m);
}

static int by_name(const void *a, const void *b)
{
	const struct zip_archive_record *x = a, *y = b;
	return compare(x->name, x->name_bytes, y->name, y->name_bytes);
}

static enum status sort(struct zip_archive *a, struct error *e)
{
	qsort(a->records, a->nrecords, sizeof(*a->records), by_name);
	for (size_t i = 1; i < a->nrecords; i++) {
		if (by_name(&a->records[i - 1], &a->records[i]) == 0)
			return bad_record(e, &a->records[i], STATUS_MALFORMED, " is a duplicate");
	}
	return STATUS_OK;
}

struct zip_archive_record *zip_archive_find(const struct zip_archive *a, const char *name, size_t n)
{
	const struct zip_archive_record key = {.name = name, .name_bytes = n};
	return bsearch(&key, a->records, a->nrecords, sizeof(*a->records), by_name);
}

/* --- the archive --- */

enum status zip_archive_verify(const struct zip_archive *a, struct zip_archive_record *r,
                               struct error *e)
{
	if (!r->verified && crc_add(&a->table, 0, r->data, r->size) != r->crc)
		return bad_record(e, r, STATUS_MALFORMED, ": wrong checksum");
	r->verified = true;
	return STATUS_OK;
}

enum status zip_archive_open(const unsigned char *data, size_t size, bool deflate,
                             struct zip_archive *out, struct error *e)
{
	struct directory d = {0};
	struct zip_archive made = {0};
	uint64_t at = 0, free_from = 0;
	if (find_directory(data, size, &d, e) != STATUS_OK)
		return e->status;
	made.nrecords = (size_t)d.nrecords;
	made.records = calloc(made.nrecords + 1, sizeof(*made.records));
	if (!made.records)
		return error_memory(e);
	crc_table_init(&made.table);
	for (size_t i = 0; i < made.nrecords && e->status == STATUS_OK; i++)
		read_record(&d, &at, &free_from, deflate, &made.records[i], e);
	if (e->status == STATUS_OK && at != d.bytes)
		malformed(e, "central directory longer than its records");
	if (e->status == STATUS_OK && sort(&made, e) == STATUS_OK)
		*out = made;
	else
		free(made.records);
	return e->status;
}

void zip_archive_release(struct zip_archive *a)
{
	free(a->records);
	*a = (struct zip_archive){0};
}
