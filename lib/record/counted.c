/* Records of a known number, in batches. */
#include "record/counted.h"

#include "archive/gzip.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 1 << 16 };

void counted_init(struct counted *c, struct gzip *gzip, size_t record_bytes, uint64_t nrecords,
                  uint64_t header_bytes)
{
	*c = (struct counted){.gzip = gzip,
	                      .record_bytes = record_bytes,
	                      .nrecords = nrecords,
	                      .header_bytes = header_bytes};
}

void counted_release(struct counted *c)
{
	gzip_close(c->gzip);
	free(c->data);
	*c = (struct counted){0};
}

/* Size of a full batch: whole records, at least one. */
static size_t batch_bytes(const struct counted *c)
{
	if (c->record_bytes >= BATCH_BYTES)
		return c->record_bytes;
	return BATCH_BYTES / c->record_bytes * c->record_bytes;
}

/* Doubles the capacity of a full buffer, up to the size of a batch. */
static enum status grow(struct counted *c, struct error *e)
{
	size_t limit = batch_bytes(c);
	size_t wanted = c->capacity < BATCH_BYTES / 2 ? BATCH_BYTES : 2 * c->capacity;
	if (c->used < c->capacity || c->capacity == limit)
		return STATUS_OK;
	if (wanted > limit)
		wanted = limit;
	unsigned char *data = realloc(c->data, wanted);
	if (!data)
		return error_memory(e);
	c->data = data;
	c->capacity = wanted;
	return STATUS_OK;
}

static enum status expect_end(struct counted *c, struct error *e)
{
	unsigned char byte;
	size_t got;
	if (gzip_read(c->gzip, &byte, 1, &got, e) == STATUS_OK && got > 0)
		error_set(e, STATUS_MALFORMED, "trailing bytes after the last of %llu records",
		          (unsigned long long)c->nrecords);
	return e->status;
}

/* Adds the record and the offset in the decompressed file to an error. */
static enum status at_record(struct counted *c, struct error *e)
{
	unsigned long long byte = c->header_bytes + c->nread * c->record_bytes;
	return error_prefix(e, "record %llu (byte %llu): ", (unsigned long long)c->nread, byte);
}

/* Reads once into the buffer, at most what is left of the records. */
static enum status read_some(struct counted *c, uint64_t left, struct error *e)
{
	size_t got;
	if (grow(c, e) != STATUS_OK)
		return e->status;
	size_t room = c->capacity - c->used;
	if (room / c->record_bytes >= left)
		room = (size_t)left * c->record_bytes - c->used;
	if (gzip_read(c->gzip, c->data + c->used, room, &got, e) != STATUS_OK)
		return at_record(c, e);
	if (got == 0) {
		error_set(e, STATUS_TRUNCATED,
		          "unexpected end of input: the header says %llu records",
		          (unsigned long long)c->nrecords);
		return at_record(c, e);
	}
	c->used += got;
	return STATUS_OK;
}

enum status counted_next(struct counted *c, const unsigned char **batch, size_t *n, struct error *e)
{
	uint64_t left = c->nrecords - c->nread;
	if (c->taken > 0)
		memmove(c->data, c->data + c->taken, c->used - c->taken);
	c->used -= c->taken;
	c->taken = 0;
	if (left == 0 && expect_end(c, e) != STATUS_OK)
		return e->status;
	while (left > 0 && c->used < c->record_bytes) {
		if (read_some(c, left, e) != STATUS_OK)
			return e->status;
	}
	*batch = c->data;
	*n = left > 0 ? c->used / c->record_bytes : 0;
	c->taken = *n * c->record_bytes;
	c->nread += *n;
	return STATUS_OK;
}
