/* .npy files of an unknown number of records: the header, the records, the header again. */
#include "numpy/npy_writer.h"

#include "numpy/npy_header.h"

#include <assert.h>

enum status npy_writer_open(struct npy_writer *w, FILE *out, int fd, struct error *e)
{
	struct npy_writer made = {0};
	if (late_header_open(&made.file, out, fd, e) == STATUS_OK)
		*w = made;
	return e->status;
}

void npy_writer_release(struct npy_writer *w)
{
	late_header_release(&w->file);
	*w = (struct npy_writer){0};
}

static const char *descr(enum element type)
{
	return type == ELEMENT_U8 ? "|u1" : type == ELEMENT_F32 ? "<f4" : "<f8";
}

void npy_writer_begin(struct npy_writer *w, enum element type, unsigned rank, const uint32_t *sizes)
{
	unsigned char header[NPY_HEADER_MAX_BYTES];
	assert(rank <= NPY_WRITER_MAX_RANK);
	w->type = type;
	w->rank = rank + 1;
	w->record_bytes = element_bytes(type);
	for (unsigned i = 0; i < rank; i++) {
		w->shape[i + 1] = sizes[i];
		w->record_bytes *= sizes[i];
	}
	size_t bytes = npy_header_write(descr(type), w->rank, w->shape, header);
	fwrite(header, 1, bytes, w->file.body);
}

void npy_writer_add(struct npy_writer *w, const unsigned char *raw, size_t n)
{
	fwrite(raw, w->record_bytes, n, w->file.body);
	w->shape[0] += n;
}

enum status npy_writer_finish(struct npy_writer *w, struct error *e)
{
	unsigned char header[NPY_HEADER_MAX_BYTES];
	size_t n = npy_header_write(descr(w->type), w->rank, w->shape, header);
	return late_header_finish(&w->file, 0, header, n, e);
}
