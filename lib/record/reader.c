/* Records from any source, and from raw streams. */
#include "record/reader.h"

#include "io/record_stream.h"

#include <stdlib.h>

enum { BATCH_BYTES = 1 << 18 };

enum status reader_next(struct reader *r, const unsigned char **batch, size_t *n, struct error *e)
{
	static const unsigned char none[1];
	if (r->source->next(r, batch, n, e) == STATUS_OK)
		r->nrecords += *n;
	if (e->status == STATUS_OK && *n == 0)
		*batch = none;
	return e->status;
}

void reader_release(struct reader *r)
{
	if (r->source)
		r->source->release(r->state);
	*r = (struct reader){0};
}

/* ---- raw streams ---- */

static enum status raw_next(struct reader *r, const unsigned char **batch, size_t *n,
                            struct error *e)
{
	return record_stream_next(r->state, batch, n, e);
}

static void raw_release(void *state)
{
	record_stream_release(state);
	free(state);
}

enum status reader_open_raw(struct reader *r, int fd, FILE *tied, enum element type,
                            size_t nelements, size_t max_records, bool any_content, struct error *e)
{
	static const struct reader_source source = {raw_next, raw_release};
	size_t bytes = nelements * element_bytes(type);
	if (max_records == 0)
		max_records = 1 + BATCH_BYTES / bytes;
	struct record_stream *stream = malloc(sizeof(*stream));
	if (!stream)
		return error_memory(e);
	if (record_stream_init(stream, fd, tied, bytes, max_records, e) != STATUS_OK) {
		free(stream);
		return e->status;
	}
	stream->any_content = any_content;
	*r = (struct reader){.type = type,
	                     .nelements = nelements,
	                     .record_bytes = bytes,
	                     .source = &source,
	                     .state = stream};
	return STATUS_OK;
}
