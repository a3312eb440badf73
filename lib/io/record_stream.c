/* Streams of records: whole records out of bytes that arrive in pieces. */
#include "io/record_stream.h"

#include "io/content.h"
#include "io/input.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Batches by which a producer may run ahead, so that it need not be woken for each. */
enum { RUN_AHEAD = 4 };

static void begin_input(struct record_stream *r, int fd)
{
	bool fits = r->capacity <= SIZE_MAX / RUN_AHEAD;
	size_t pipe_bytes = input_widen(fd, fits ? RUN_AHEAD * r->capacity : SIZE_MAX);
	r->fd = fd;
	r->backlog = pipe_bytes > 0 ? pipe_bytes / 2 : SIZE_MAX;
	r->judged = r->ended = false;
	r->nearlier = r->nrecords;
}

enum status record_stream_init(struct record_stream *r, int fd, FILE *tied, size_t record_bytes,
                               size_t max_records, struct error *e)
{
	assert(record_bytes > 0 && max_records > 0);
	if (max_records > SIZE_MAX / record_bytes)
		return error_set(e, STATUS_MEMORY,
		                 "a batch of %zu records of %zu bytes is too large", max_records,
		                 record_bytes);
	struct record_stream made = {.tied = tied,
	                             .record_bytes = record_bytes,
	                             .max_records = max_records,
	                             .nleft = UINT64_MAX,
	                             .capacity = max_records * record_bytes};
	if (made.capacity < CONTENT_HEAD_BYTES)
		made.capacity = CONTENT_HEAD_BYTES;
	made.data = malloc(made.capacity);
	if (!made.data)
		return error_memory(e);
	begin_input(&made, fd);
	*r = made;
	return STATUS_OK;
}

void record_stream_release(struct record_stream *r)
{
	free(r->data);
	*r = (struct record_stream){0};
}

static void fill(struct record_stream *r)
{
	size_t got;
	if (input_read(r->fd, r->tied, r->data + r->end, r->capacity - r->end, &got, &r->failure) !=
	    STATUS_OK)
		return;
	r->end += got;
	r->ended = got == 0;
}

/* Looks at the first bytes, once; waits for more of them if the few that are there may be a magic
 * number's. */
static enum status judge(struct record_stream *r, struct error *e)
{
	bool partial = true;
	while (!r->any_content && !r->judged && partial) {
		if (content_check(r->data, r->end, r->ended, &partial, e) != STATUS_OK)
			return e->status;
		if (partial)
			fill(r);
		partial = partial && !r->failure.status;
	}
	if (!r->any_content && !r->judged && r->element_bytes > 0)
		content_check_elements(r->data, r->end, r->element_bytes, e);
	r->judged = true;
	return e->status;
}

/* Takes what has arrived; waits for one record, if it should, or the end. */
static void gather(struct record_stream *r, bool wait)
{
	memmove(r->data, r->data + r->begin, r->end - r->begin);
	r->end -= r->begin;
	r->begin = 0;
	size_t kept = r->end;
	while (!r->ended && !r->failure.status && r->end < r->capacity &&
	       ((wait && r->end < r->record_bytes) ||
	        input_ready(r->fd, r->end - kept < r->backlog ? 0 : 1)))
		fill(r);
}

static bool at_end_of_file(const struct record_stream *r)
{
	return r->ended && r->end == 0 && !r->failure.status && r->files &&
	       r->files->nopened < r->files->n;
}

static enum status take(struct record_stream *r, bool wait, const unsigned char **batch, size_t *n,
                        struct error *e)
{
	if (r->nleft == 0) {
		*n = 0;
		return STATUS_OK;
	}
	gather(r, wait);
	while (wait && at_end_of_file(r)) {
		if (input_list_open_next(r->files, e) != STATUS_OK)
			return e->status;
		begin_input(r, r->files->fd);
		gather(r, wait);
	}
	if (r->end > 0 && judge(r, e) != STATUS_OK)
		return e->status;
	size_t whole = r->end / r->record_bytes;
	if (whole > r->max_records)
		whole = r->max_records;
	if (whole > r->nleft)
		whole = (size_t)r->nleft;
	if (whole == 0 && r->failure.status)
		return error_set(e, r->failure.status, "%s", r->failure.text);
	if (whole == 0 && r->end > 0 && r->ended)
		return error_set(
		    e, STATUS_TRUNCATED,
		    "record %llu (byte %llu): unexpected end of input after %zu of %zu bytes",
		    (unsigned long long)(r->nrecords - r->nearlier),
		    (unsigned long long)((r->nrecords - r->nearlier) * r->record_bytes), r->end,
		    r->record_bytes);
	if (whole == 0 && wait && r->nleft < UINT64_MAX)
		return error_set(e, STATUS_TRUNCATED, "the input ended %llu records early",
		                 (unsigned long long)r->nleft);
	*batch = r->data;
	*n = whole;
	r->nleft -= r->nleft < UINT64_MAX ? whole : 0;
	r->begin = whole * r->record_bytes;
	r->nrecords += whole;
	return STATUS_OK;
}

enum status record_stream_next(struct record_stream *r, const unsigned char **batch, size_t *n,
                               struct error *e)
{
	return take(r, true, batch, n, e);
}

enum status record_stream_ready(struct record_stream *r, const unsigned char **batch, size_t *n,
                                struct error *e)
{
	return take(r, false, batch, n, e);
}
