/* IDX files of an unknown number of records: the header, the records, the count. */
#include "record/idx_writer.h"

#include "base/bytes.h"
#include "record/idx.h"

#include <assert.h>

enum status idx_writer_open(struct idx_writer *w, FILE *out, int fd, struct error *e)
{
	struct idx_writer made = {0};
	if (late_header_open(&made.file, out, fd, e) == STATUS_OK)
		*w = made;
	return e->status;
}

void idx_writer_release(struct idx_writer *w)
{
	late_header_release(&w->file);
	*w = (struct idx_writer){0};
}

void idx_writer_begin(struct idx_writer *w, enum element type, unsigned rank, const uint32_t *sizes)
{
	unsigned char header[4 + 4 * (IDX_WRITER_MAX_RANK + 1)];
	uint32_t dims[IDX_WRITER_MAX_RANK + 1] = {0};
	assert(rank <= IDX_WRITER_MAX_RANK);
	w->type = type;
	w->nelements = 1;
	for (unsigned i = 0; i < rank; i++) {
		dims[i + 1] = sizes[i];
		w->nelements *= sizes[i];
	}
	size_t n = idx_header(type, rank + 1, dims, header);
	fwrite(header, 1, n, w->file.body);
}

/* Writes one record, a piece at a time. */
static void write_record(struct idx_writer *w, const unsigned char *record)
{
	unsigned char out[1 << 13];
	size_t bytes = element_bytes(w->type), piece = sizeof(out) / bytes;
	for (size_t i = 0; i < w->nelements; i += piece) {
		size_t n = w->nelements - i < piece ? w->nelements - i : piece;
		element_raw_to_big_endian(w->type, record + i * bytes, n, out);
		fwrite(out, bytes, n, w->file.body);
	}
}

enum status idx_writer_add(struct idx_writer *w, const unsigned char *raw, size_t n,
                           struct error *e)
{
	size_t record_bytes = w->nelements * element_bytes(w->type);
	size_t fits = n < UINT32_MAX - w->nrecords ? n : UINT32_MAX - w->nrecords;
	for (size_t i = 0; i < fits; i++)
		write_record(w, raw + i * record_bytes);
	w->nrecords += (uint32_t)fits;
	if (fits < n)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "more than %lu records, the limit of an IDX file",
		                 (unsigned long)UINT32_MAX);
	return STATUS_OK;
}

enum status idx_writer_finish(struct idx_writer *w, struct error *e)
{
	unsigned char count[4];
	bytes_put_be32(count, w->nrecords);
	return late_header_finish(&w->file, 4, count, sizeof(count), e);
}
