/* Reader of IDX files, and their header. */
#include "record/idx.h"

#include "archive/gzip.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "record/converter.h"

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
		x->dims[i] = bytes_be32(raw + 4 * i);
		if (i > 0 && !checked_mul(elements, x->dims[i], &elements))
			return error_set(e, STATUS_MALFORMED,
			                 "the product of the IDX dimensions is too large");
	}
	x->nrecords = x->dims[0];
	if (elements == 0)
		return error_set(e, STATUS_MALFORMED,
		                 "an IDX dimension is 0: records have no elements");
	if (!checked_mul(elements, element_bytes(x->type), &bytes) ||
	    !checked_mul(bytes, x->nrecords, &total) || bytes > SIZE_MAX / 2)
		return error_set(e, STATUS_MALFORMED,
		                 "the product of the IDX dimensions is too large");
	x->record_elements = (size_t)elements;
	x->record_bytes = (size_t)bytes;
	return STATUS_OK;
}

enum status idx_open(struct idx *x, int fd, FILE *tied, struct error *e)
{
	struct idx made = {0};
	struct gzip *gzip = NULL;
	unsigned char raw[4 * 255];
	if (gzip_open(fd, tied, &gzip, e) == STATUS_OK &&
	    gzip_read_exactly(gzip, raw, 4, "the IDX header", e) == STATUS_OK &&
	    parse_magic(&made, raw, e) == STATUS_OK &&
	    gzip_read_exactly(gzip, raw, 4 * (size_t)made.rank, "the IDX header", e) == STATUS_OK &&
	    parse_dims(&made, raw, e) == STATUS_OK) {
		counted_init(&made.body, gzip, made.record_bytes, made.nrecords,
		             4 + 4 * (uint64_t)made.rank);
		*x = made;
	} else {
		gzip_close(gzip);
	}
	return e->status;
}

void idx_release(struct idx *x)
{
	counted_release(&x->body);
	*x = (struct idx){0};
}

enum status idx_next(struct idx *x, const unsigned char **batch, size_t *n, struct error *e)
{
	return counted_next(&x->body, batch, n, e);
}

/* ---- as a reader ---- */

static enum status convert(const struct reader *r, const void *file, const unsigned char *records,
                           size_t *n, unsigned char *raw, struct error *e)
{
	const struct idx *x = file;
	element_big_endian_to_raw(x->type, records, *n * x->record_elements, r->type, raw);
	return e->status;
}

enum status idx_reader_open(struct reader *r, struct idx *x, enum element type, struct error *e)
{
	if (type == ELEMENT_U8 && x->type != ELEMENT_U8)
		return error_set(e, STATUS_UNSUPPORTED, "%s records cannot be written as u8",
		                 element_name(x->type));
	return converter_open(r, &x->body, x->record_elements, type, convert, x, e);
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
		bytes_put_be32(header + 4 + 4 * i, dims[i]);
	return 4 + 4 * (size_t)rank;
}
