/* Knows zlib, and is the only file that does. zlib's own gzFile is not used: it waits until its
 * buffer is full, even if a pipe has already delivered a record, and ignores trailing bytes. */
#include "gzip.h"

#include "stream.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BUFFER_BYTES = 1 << 16 };

enum state { UNKNOWN, PLAIN, INSIDE_MEMBER, BETWEEN_MEMBERS };

struct gzip {
	int fd;
	FILE *tied;
	enum state state;
	z_stream z; /* next_in, avail_in: the bytes of data not yet used, in the plain case, too */
	bool ended; /* no more compressed bytes */
	unsigned char data[BUFFER_BYTES];
};

enum status gzip_open(int fd, FILE *tied, struct gzip **out, struct error *e)
{
	struct gzip *g = calloc(1, sizeof(*g));
	if (!g)
		return error_memory(e);
	g->fd = fd;
	g->tied = tied;
	if (inflateInit2(&g->z, 16 + MAX_WBITS) != Z_OK) { /* 16: gzip only */
		free(g);
		return error_memory(e);
	}
	*out = g;
	return STATUS_OK;
}

void gzip_close(struct gzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

/* One more read behind the unused bytes, which move to the front. */
static enum status fill(struct gzip *g, struct error *e)
{
	size_t got;
	if (g->z.avail_in > 0)
		memmove(g->data, g->z.next_in, g->z.avail_in);
	g->z.next_in = g->data;
	enum status status = stream_read(g->fd, g->tied, g->data + g->z.avail_in,
	                                 sizeof(g->data) - g->z.avail_in, &got, e);
	if (status != STATUS_OK)
		return status;
	g->z.avail_in += (uInt)got;
	g->ended = got == 0;
	return STATUS_OK;
}

/* Two bytes tell: a gzip member, plain data, or the end. */
static enum status look_ahead(struct gzip *g, struct error *e)
{
	while (g->z.avail_in < 2 && !g->ended) {
		if (fill(g, e) != STATUS_OK)
			return e->status;
	}
	bool magic = g->z.avail_in >= 2 && g->z.next_in[0] == 0x1f && g->z.next_in[1] == 0x8b;
	if (magic)
		g->state = INSIDE_MEMBER;
	else if (g->state == UNKNOWN)
		g->state = PLAIN;
	else if (g->z.avail_in > 0)
		return error_set(e, STATUS_MALFORMED, "trailing bytes after the gzip data");
	return STATUS_OK;
}

static enum status plain(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	if (g->z.avail_in == 0)
		return stream_read(g->fd, g->tied, data, n, got, e);
	size_t take = g->z.avail_in < n ? g->z.avail_in : n;
	memcpy(data, g->z.next_in, take);
	g->z.next_in += take;
	g->z.avail_in -= (uInt)take;
	*got = take;
	return STATUS_OK;
}

static enum status inflate_error(struct gzip *g, int code, struct error *e)
{
	if (code == Z_MEM_ERROR)
		return error_memory(e);
	return error_set(e, STATUS_MALFORMED, "gzip: %s", g->z.msg ? g->z.msg : "bad data");
}

/* The input is used up, and all of its output given. */
static enum status more_input(struct gzip *g, struct error *e)
{
	if (g->ended)
		return error_set(e, STATUS_TRUNCATED, "gzip: unexpected end of input");
	return fill(g, e);
}

/* Inflates what is at hand; *got may be 0, at the end of a member or if input has to come first. */
static enum status inflate_some(struct gzip *g, void *data, size_t n, size_t *got,
                                struct error *e)
{
	g->z.next_out = data;
	g->z.avail_out = n < UINT_MAX ? (uInt)n : UINT_MAX;
	uInt room = g->z.avail_out;
	int code = inflate(&g->z, Z_NO_FLUSH);
	*got = room - g->z.avail_out;
	if (code == Z_STREAM_END) {
		inflateReset(&g->z);
		g->state = BETWEEN_MEMBERS;
		return STATUS_OK;
	}
	if (*got > 0)
		return STATUS_OK; /* an error behind them comes again with the next call */
	if (code != Z_OK && code != Z_BUF_ERROR)
		return inflate_error(g, code, e);
	return more_input(g, e);
}

enum status gzip_read(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	size_t produced = 0;
	while (produced == 0) {
		if (g->state != PLAIN && g->state != INSIDE_MEMBER && look_ahead(g, e) != STATUS_OK)
			return e->status;
		if (g->state == PLAIN)
			return plain(g, data, n, got, e);
		if (g->state == BETWEEN_MEMBERS)
			break;
		if (inflate_some(g, data, n, &produced, e) != STATUS_OK)
			return e->status;
	}
	*got = produced;
	return STATUS_OK;
}
