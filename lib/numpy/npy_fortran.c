/* Arrays in Fortran order: read whole, and gathered a piece of records at a time. */
#include "numpy/npy_fortran.h"

#include "archive/gzip.h"
#include "base/checked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 1 << 16, PIECE_BYTES = 1 << 20 };

struct fortran {
	const struct npy *x;
	converter_function *convert;
	unsigned char *array; /* as in the file */
	size_t capacity, used;
	unsigned char *records, *raw;        /* a piece of them in C order, and converted */
	size_t piece;                        /* records */
	size_t strides[NPY_HEADER_MAX_RANK]; /* of the dimensions of a record, in elements of it */
};

/* ---- the array ---- */

static enum status grow(struct fortran *f, size_t bytes, struct error *e)
{
	size_t wanted = f->capacity < FIRST_BYTES / 2 ? FIRST_BYTES : 2 * f->capacity;
	if (f->used < f->capacity)
		return STATUS_OK;
	if (wanted > bytes)
		wanted = bytes;
	unsigned char *array = realloc(f->array, wanted);
	if (!array)
		return error_memory(e);
	f->array = array;
	f->capacity = wanted;
	return STATUS_OK;
}

static enum status expect_end(struct fortran *f, struct error *e)
{
	unsigned char byte;
	size_t got;
	if (gzip_read(f->x->body.gzip, &byte, 1, &got, e) == STATUS_OK && got > 0)
		error_set(e, STATUS_MALFORMED,
		          "trailing bytes after the last of %" PRIu64 " records", f->x->nrecords);
	return e->status;
}

static enum status read_array(struct fortran *f, struct error *e)
{
	size_t bytes = (size_t)f->x->nrecords * f->x->record_bytes, got;
	while (f->used < bytes) {
		if (grow(f, bytes, e) != STATUS_OK ||
		    gzip_read(f->x->body.gzip, f->array + f->used, f->capacity - f->used, &got,
		              e) != STATUS_OK)
			return e->status;
		f->used += got;
		if (got == 0)
			return error_set(
			    e, STATUS_TRUNCATED,
			    "byte %" PRIu64
			    ": unexpected end of input after %zu of %zu bytes of the array",
			    f->x->body.header_bytes + f->used, f->used, bytes);
	}
	return expect_end(f, e);
}

/* ---- its records ---- */

/* Steps index to the next element in C order, where the last dimension varies fastest, and returns
 * its position among those of a record in the file. */
static size_t advance(const struct fortran *f, uint64_t *index, size_t at)
{
	const struct npy_header *h = &f->x->header;
	for (unsigned i = h->rank - 1; i >= 1; i--) {
		at += f->strides[i];
		if (++index[i] < h->shape[i])
			return at;
		at -= f->strides[i] * (size_t)h->shape[i];
		index[i] = 0;
	}
	return at;
}

static void scatter(const unsigned char *in, size_t n, size_t bytes, unsigned char *out,
                    size_t stride)
{
	for (size_t i = 0; i < n; i++)
		memcpy(out + i * stride, in + i * bytes, bytes);
}

/* n records from `first` on, into f->records. */
static void gather(const struct fortran *f, size_t first, size_t n)
{
	const struct npy *x = f->x;
	size_t bytes = x->header.type.bytes, all = (size_t)x->nrecords, at = 0;
	uint64_t index[NPY_HEADER_MAX_RANK] = {0};
	for (size_t j = 0; j < x->record_elements; j++) {
		scatter(f->array + (at * all + first) * bytes, n, bytes, f->records + j * bytes,
		        x->record_bytes);
		at = advance(f, index, at);
	}
}

static enum status allocate(struct fortran *f, const struct reader *r, struct error *e)
{
	size_t larger = r->record_bytes > f->x->record_bytes ? r->record_bytes : f->x->record_bytes;
	f->piece = larger < PIECE_BYTES ? PIECE_BYTES / larger : 1;
	if (f->piece > f->x->nrecords)
		f->piece = (size_t)f->x->nrecords;
	f->records = malloc(f->piece * f->x->record_bytes);
	f->raw = malloc(f->piece * r->record_bytes);
	return f->records && f->raw ? STATUS_OK : error_memory(e);
}

static enum status fortran_next(struct reader *r, const unsigned char **batch, size_t *n,
                                struct error *e)
{
	struct fortran *f = r->state;
	if (r->nrecords == 0 && read_array(f, e) != STATUS_OK)
		return e->status;
	uint64_t left = f->x->nrecords - r->nrecords;
	if (left > 0 && !f->raw && allocate(f, r, e) != STATUS_OK)
		return e->status;
	size_t now = left < f->piece ? (size_t)left : f->piece;
	if (now > 0) {
		gather(f, (size_t)r->nrecords, now);
		if (f->convert(r, f->x, f->records, &now, f->raw, e) != STATUS_OK)
			return e->status;
	}
	*batch = f->raw;
	*n = now;
	return STATUS_OK;
}

static void fortran_free(void *state)
{
	struct fortran *f = state;
	free(f->array);
	free(f->records);
	free(f->raw);
	free(f);
}

enum status npy_fortran_open(struct reader *r, const struct npy *x, enum element type,
                             converter_function *convert, struct error *e)
{
	static const struct reader_source source = {fortran_next, fortran_free};
	uint64_t bytes;
	if (!checked_mul(x->record_elements, element_bytes(type), &bytes) || bytes > SIZE_MAX / 2)
		return error_memory(e);
	struct fortran *f = calloc(1, sizeof(*f));
	if (!f)
		return error_memory(e);
	f->x = x;
	f->convert = convert;
	size_t stride = 1;
	for (unsigned i = 1; i < x->header.rank; i++) {
		f->strides[i] = stride;
		stride *= (size_t)x->header.shape[i];
	}
	*r = (struct reader){.type = type,
	                     .nelements = x->record_elements,
	                     .record_bytes = (size_t)bytes,
	                     .source = &source,
	                     .state = f};
	return STATUS_OK;
}
