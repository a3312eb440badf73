/* A reader that converts the records of a file piece by piece. */
#include "record/converter.h"

#include "base/checked.h"

#include <stdlib.h>

enum { BATCH_BYTES = 1 << 16 };

struct converter {
	struct counted *body;
	converter_function *convert;
	const void *file;
	const unsigned char *batch; /* records of the file not yet converted: n of them */
	size_t n;
	unsigned char *raw; /* what was handed out last; room for piece records, once one came */
	size_t piece;
};

static enum status converter_next(struct reader *r, const unsigned char **batch, size_t *n,
                                  struct error *e)
{
	struct converter *c = r->state;
	if (c->n == 0 && counted_next(c->body, &c->batch, &c->n, e) != STATUS_OK)
		return e->status;
	if (c->n > 0 && !c->raw && !(c->raw = malloc(c->piece * r->record_bytes)))
		return error_memory(e);
	size_t now = c->n < c->piece ? c->n : c->piece;
	if (now > 0 && c->convert(r, c->file, c->batch, &now, c->raw, e) != STATUS_OK)
		return e->status;
	if (now > 0)
		c->batch += now * c->body->record_bytes;
	c->n -= now;
	*batch = c->raw;
	*n = now;
	return STATUS_OK;
}

static void converter_free(void *state)
{
	struct converter *c = state;
	free(c->raw);
	free(c);
}

enum status converter_open(struct reader *r, struct counted *body, size_t nelements,
                           enum element type, converter_function *convert, const void *file,
                           struct error *e)
{
	static const struct reader_source source = {converter_next, converter_free};
	uint64_t bytes;
	if (!checked_mul(nelements, element_bytes(type), &bytes) || bytes > SIZE_MAX / 2)
		return error_memory(e);
	struct converter *c = calloc(1, sizeof(*c));
	if (!c)
		return error_memory(e);
	c->body = body;
	c->convert = convert;
	c->file = file;
	c->piece = bytes < BATCH_BYTES ? BATCH_BYTES / (size_t)bytes : 1;
	*r = (struct reader){.type = type,
	                     .nelements = nelements,
	                     .record_bytes = (size_t)bytes,
	                     .source = &source,
	                     .state = c};
	return STATUS_OK;
}
