/* Reader of .npy files. */
#include "numpy/npy.h"

#include "archive/gzip.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "numpy/npy_element.h"
#include "numpy/npy_fortran.h"
#include "record/converter.h"

#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 6 };

/* --- the header --- */

static enum status check_magic(const unsigned char *magic, struct error *e)
{
	if (memcmp(magic, "\x93NUMPY", MAGIC_BYTES) == 0)
		return STATUS_OK;
	if (memcmp(magic, "PK\3\4", 4) == 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a zip archive cannot be read from a pipe: name the file, "
		                 "FILE.npz:ARRAY");
	return error_set(e, STATUS_MALFORMED,
	                 "not a NumPy file: it starts with the bytes %02x %02x %02x %02x", magic[0],
	                 magic[1], magic[2], magic[3]);
}

/* Magic, version, and the length of the text, of 2 bytes or 4. */
static enum status read_prefix(struct gzip *g, size_t *prefix_bytes, size_t *text_bytes,
                               struct error *e)
{
	unsigned char start[8], length[4] = {0};
	if (gzip_read_exactly(g, start, MAGIC_BYTES, "the NumPy header", e) != STATUS_OK ||
	    check_magic(start, e) != STATUS_OK ||
	    gzip_read_exactly(g, start + MAGIC_BYTES, 2, "the NumPy header", e) != STATUS_OK)
		return e->status;
	if (start[6] < 1 || start[6] > 3 || start[7] != 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a NumPy file of version %u.%u; 1.0, 2.0 and 3.0 are known",
		                 start[6], start[7]);
	size_t n = start[6] == 1 ? 2 : 4;
	if (gzip_read_exactly(g, length, n, "the NumPy header", e) != STATUS_OK)
		return e->status;
	if (bytes_le32(length) > NPY_HEADER_MAX_TEXT)
		return error_set(e, STATUS_UNSUPPORTED, "a NumPy header of more than %d bytes",
		                 NPY_HEADER_MAX_TEXT);
	*prefix_bytes = 8 + n;
	*text_bytes = bytes_le32(length);
	return STATUS_OK;
}

/* The header, and how many bytes it takes. */
static enum status read_header(struct gzip *g, struct npy_header *h, size_t *bytes, struct error *e)
{
	size_t prefix = 0, n = 0;
	if (read_prefix(g, &prefix, &n, e) != STATUS_OK)
		return e->status;
	char *text = malloc(n + 1);
	if (!text)
		return error_memory(e);
	if (gzip_read_exactly(g, (unsigned char *)text, n, "the NumPy header", e) == STATUS_OK)
		npy_header_parse(text, n, h, e);
	free(text);
	*bytes = prefix + n;
	return e->status;
}

static enum status measure(struct npy *x, struct error *e)
{
	const struct npy_header *h = &x->header;
	uint64_t elements = 1, bytes, total;
	if (h->rank == 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the array is a single number, of shape (): it has no records");
	x->nrecords = h->shape[0];
	for (unsigned i = 1; i < h->rank; i++) {
		if (h->shape[i] == 0)
			return error_set(e, STATUS_UNSUPPORTED,
			                 "a dimension is 0: records have no elements");
		if (!checked_mul(elements, h->shape[i], &elements))
			return error_set(e, STATUS_MALFORMED, "the shape is too large");
	}
	if (!checked_mul(elements, h->type.bytes, &bytes) ||
	    !checked_mul(bytes, x->nrecords, &total) || bytes > SIZE_MAX / 16)
		return error_set(e, STATUS_MALFORMED, "the shape is too large");
	x->record_elements = (size_t)elements;
	x->record_bytes = (size_t)bytes;
	return STATUS_OK;
}

enum status npy_open(struct npy *x, struct gzip *source, struct error *e)
{
	struct npy made = {0};
	size_t header_bytes = 0;
	if (read_header(source, &made.header, &header_bytes, e) == STATUS_OK &&
	    measure(&made, e) == STATUS_OK) {
		counted_init(&made.body, source, made.record_bytes, made.nrecords, header_bytes);
		*x = made;
	} else {
		gzip_close(source);
	}
	return e->status;
}

void npy_release(struct npy *x)
{
	counted_release(&x->body);
	*x = (struct npy){0};
}

/* --- as a reader --- */

/* Lowers *n to the records before one that is not exact; an error if that is the first. */
static enum status stop_at_inexact(const struct reader *r, const struct npy *x,
                                   const unsigned char *records, size_t *n, struct error *e)
{
	const struct npy_type *type = &x->header.type;
	size_t all = *n * x->record_elements;
	size_t at = npy_element_inexact(type, records, all);
	if (at == all)
		return STATUS_OK;
	*n = at / x->record_elements;
	if (*n > 0)
		return STATUS_OK;
	char text[24];
	npy_element_print(type, records + at * type->bytes, text);
	return error_set(e, STATUS_UNSUPPORTED,
	                 "record %llu: element %zu, %s, is not exact as f64; -t f64 rounds it",
	                 (unsigned long long)r->nrecords, at, text);
}

static enum status convert(const struct reader *r, const void *file, const unsigned char *records,
                           size_t *n, unsigned char *raw, struct error *e)
{
	const struct npy *x = file;
	npy_element_to_raw(&x->header.type, records, *n * x->record_elements, r->type, raw);
	return e->status;
}

static enum status convert_exactly(const struct reader *r, const void *file,
                                   const unsigned char *records, size_t *n, unsigned char *raw,
                                   struct error *e)
{
	if (stop_at_inexact(r, file, records, n, e) != STATUS_OK)
		return e->status;
	return convert(r, file, records, n, raw, e);
}

enum status npy_reader_open(struct reader *r, struct npy *x, enum element type, bool exact,
                            struct error *e)
{
	if (type == ELEMENT_U8 && npy_element_nearest(&x->header.type) != ELEMENT_U8)
		return error_set(e, STATUS_UNSUPPORTED, "%s elements cannot be written as u8",
		                 x->header.type.descr);
	converter_function *function = exact ? convert_exactly : convert;
	if (x->header.fortran_order && x->header.rank > 1)
		return npy_fortran_open(r, x, type, function, e);
	return converter_open(r, &x->body, x->record_elements, type, function, x, e);
}
