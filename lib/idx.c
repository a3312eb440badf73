/* Knows the IDX format. Does not know how it was compressed or what its numbers mean. */
#include "idx.h"

#include "gzip.h"
#include "num.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 1 << 16 };

static const struct {
	unsigned char code;
	enum element type;
} codes[] = {
    {0x08, ELEMENT_U8},  {0x09, ELEMENT_I8},  {0x0b, ELEMENT_I16},
    {0x0c, ELEMENT_I32}, {0x0d, ELEMENT_F32}, {0x0e, ELEMENT_F64},
};

static bool type_of_code(unsigned char code, enum element *type)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		if (codes[i].code == code) {
			*type = codes[i].type;
			return true;
		}
	}
	return false;
}

static enum status read_full(struct gzip *g, unsigned char *data, size_t n, struct error *e)
{
	size_t used = 0, got = 1;
	while (used < n && got > 0) {
		if (gzip_read(g, data + used, n - used, &got, e) != STATUS_OK)
			return e->status;
		used += got;
	}
	return used == n ? STATUS_OK
	                 : error_set(e, STATUS_TRUNCATED, "unexpected end of the IDX header");
}

static enum status parse_magic(struct idx *x, const unsigned char magic[4], struct error *e)
{
	if (magic[0] != 0 || magic[1] != 0)
		return error_set(e, STATUS_MALFORMED,
		                 "not an IDX file: it starts with the bytes %02x %02x %02x %02x",
		                 magic[0], magic[1], magic[2], magic[3]);
	if (!type_of_code(magic[2], &x->type))
		return error_set(e, STATUS_MALFORMED, "unknown IDX element type 0x%02x", magic[2]);
	x->rank = magic[3];
	if (x->rank == 0)
		return error_set(e, STATUS_MALFORMED, "an IDX file of rank 0 has no records");
	return STATUS_OK;
}

static enum status parse_dims(struct idx *x, const unsigned char *raw, struct error *e)
{
	uint64_t elements = 1, bytes, total;
	for (unsigned i = 0; i < x->rank; i++) {
		x->dims[i] = num_be32(raw + 4 * i);
		if (i > 0 && !num_mul(elements, x->dims[i], &elements))
			return error_set(e, STATUS_MALFORMED, "the IDX dimensions multiply past 2^64");
	}
	x->nrecords = x->dims[0];
	if (elements == 0)
		return error_set(e, STATUS_MALFORMED, "the IDX dimensions make records of no elements");
	if (!num_mul(elements, element_bytes(x->type), &bytes) ||
	    !num_mul(bytes, x->nrecords, &total) || bytes > SIZE_MAX / 2)
		return error_set(e, STATUS_MALFORMED, "the IDX dimensions multiply past 2^64");
	x->record_elements = (size_t)elements;
	x->record_bytes = (size_t)bytes;
	return STATUS_OK;
}

enum status idx_open(struct idx *x, int fd, FILE *tied, struct error *e)
{
	struct idx made = {0};
	unsigned char raw[4 * 255];
	if (gzip_open(fd, tied, &made.gzip, e) == STATUS_OK &&
	    read_full(made.gzip, raw, 4, e) == STATUS_OK &&
	    parse_magic(&made, raw, e) == STATUS_OK &&
	    read_full(made.gzip, raw, 4 * (size_t)made.rank, e) == STATUS_OK &&
	    parse_dims(&made, raw, e) == STATUS_OK)
		*x = made;
	else
		idx_release(&made);
	return e->status;
}

void idx_release(struct idx *x)
{
	gzip_close(x->gzip);
	free(x->data);
	*x = (struct idx){0};
}

/* Bytes of a full batch: whole records, at least one. */
static size_t batch_bytes(const struct idx *x)
{
	if (x->record_bytes >= BATCH_BYTES)
		return x->record_bytes;
	return BATCH_BYTES / x->record_bytes * x->record_bytes;
}

/* Doubles the room, once it is full, up to a batch. */
static enum status grow(struct idx *x, struct error *e)
{
	size_t limit = batch_bytes(x);
	size_t wanted = x->capacity < BATCH_BYTES / 2 ? BATCH_BYTES : 2 * x->capacity;
	if (x->used < x->capacity || x->capacity == limit)
		return STATUS_OK;
	if (wanted > limit)
		wanted = limit;
	unsigned char *data = realloc(x->data, wanted);
	if (!data)
		return error_memory(e);
	x->data = data;
	x->capacity = wanted;
	return STATUS_OK;
}

static enum status expect_end(struct idx *x, struct error *e)
{
	unsigned char byte;
	size_t got;
	if (gzip_read(x->gzip, &byte, 1, &got, e) == STATUS_OK && got > 0)
		error_set(e, STATUS_MALFORMED, "trailing bytes after record %llu, the last one",
		          (unsigned long long)x->nrecords);
	return e->status;
}

/* Where an error lies, in the decompressed file. */
static enum status at_record(struct idx *x, struct error *e)
{
	unsigned long long byte = 4 + 4ull * x->rank + x->nread * x->record_bytes;
	return error_prefix(e, "record %llu (byte %llu): ", (unsigned long long)x->nread, byte);
}

enum status idx_next(struct idx *x, const unsigned char **batch, size_t *n, struct error *e)
{
	uint64_t left = x->nrecords - x->nread;
	if (x->taken > 0)
		memmove(x->data, x->data + x->taken, x->used - x->taken);
	x->used -= x->taken;
	x->taken = 0;
	if (left == 0 && expect_end(x, e) != STATUS_OK)
		return e->status;
	while (left > 0 && x->used < x->record_bytes) {
		size_t got;
		if (grow(x, e) != STATUS_OK)
			return e->status;
		size_t room = x->capacity - x->used;
		if (room / x->record_bytes >= left)
			room = (size_t)left * x->record_bytes - x->used;
		if (gzip_read(x->gzip, x->data + x->used, room, &got, e) != STATUS_OK)
			return at_record(x, e);
		if (got == 0) {
			error_set(e, STATUS_TRUNCATED,
			          "unexpected end of input: the header promises %llu records",
			          (unsigned long long)x->nrecords);
			return at_record(x, e);
		}
		x->used += got;
	}
	*batch = x->data;
	*n = left > 0 ? x->used / x->record_bytes : 0;
	x->taken = *n * x->record_bytes;
	x->nread += *n;
	return STATUS_OK;
}

size_t idx_header(enum element type, unsigned rank, const uint32_t *dims,
                  unsigned char header[4 + 4 * 255])
{
	header[0] = header[1] = 0;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		if (codes[i].type == type)
			header[2] = codes[i].code;
	}
	header[3] = (unsigned char)rank;
	for (unsigned i = 0; i < rank; i++)
		num_put_be32(header + 4 + 4 * i, dims[i]);
	return 4 + 4 * (size_t)rank;
}
