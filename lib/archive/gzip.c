/* Gzip and deflate decompression, and the size of what is compressed; the only user of zlib. Its
 * own gzFile is not used: it waits until its buffer is full, even if a pipe has already delivered a
 * record, and ignores trailing bytes. */
#include "archive/gzip.h"

#include "archive/zip_archive.h"
#include "io/input.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BUFFER_BYTES = 1 << 16 };

enum state { UNKNOWN, PLAIN, INSIDE_MEMBER, BETWEEN_MEMBERS, AFTER_RECORD };

struct gzip {
	int fd;
	FILE *tied;
	const char *name; /* of the format, for messages */
	/* A record of a zip archive, instead of fd: what is still to be read of it; what came out
	 * of it; what is to have come out. */
	bool is_record;
	const unsigned char *memory;
	size_t memory_bytes;
	uint64_t size, full_size;
	uint32_t crc, full_crc;
	enum state state;
	z_stream z; /* next_in, avail_in: the unused bytes of data, also for plain input */
	bool ended; /* no more compressed bytes */
	unsigned char data[BUFFER_BYTES];
};

/* NULL if there is no memory. */
static struct gzip *make(int window_bits, struct error *e)
{
	struct gzip *g = calloc(1, sizeof(*g));
	if (g && inflateInit2(&g->z, window_bits) == Z_OK)
		return g;
	free(g);
	error_memory(e);
	return NULL;
}

enum status gzip_open(int fd, FILE *tied, struct gzip **out, struct error *e)
{
	struct gzip *g = make(16 + MAX_WBITS, e); /* 16: gzip only */
	if (!g)
		return e->status;
	g->fd = fd;
	g->tied = tied;
	g->name = "gzip";
	*out = g;
	return STATUS_OK;
}

enum status gzip_open_record(const struct zip_archive_record *record, struct gzip **out,
                             struct error *e)
{
	struct gzip *g = make(-MAX_WBITS, e); /* negative: no header */
	if (!g)
		return e->status;
	g->name = "zip archive";
	g->is_record = true;
	g->memory = record->data;
	g->memory_bytes = record->size;
	g->full_size = record->full_size;
	g->full_crc = record->crc;
	g->state = record->deflated ? INSIDE_MEMBER : PLAIN;
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

/* Compressed bytes, as input_read. */
static enum status get(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	if (!g->is_record)
		return input_read(g->fd, g->tied, data, n, got, e);
	*got = n < g->memory_bytes ? n : g->memory_bytes;
	if (*got > 0)
		memcpy(data, g->memory, *got);
	g->memory += *got;
	g->memory_bytes -= *got;
	return STATUS_OK;
}

/* Moves the unused bytes to the front and reads more after them. */
static enum status fill(struct gzip *g, struct error *e)
{
	size_t got;
	if (g->z.avail_in > 0)
		memmove(g->data, g->z.next_in, g->z.avail_in);
	g->z.next_in = g->data;
	enum status status =
	    get(g, g->data + g->z.avail_in, sizeof(g->data) - g->z.avail_in, &got, e);
	if (status != STATUS_OK)
		return status;
	g->z.avail_in += (uInt)got;
	g->ended = got == 0;
	return STATUS_OK;
}

/* Detects from two bytes whether a gzip member, plain data or the end follows. */
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
		return get(g, data, n, got, e);
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
	return error_set(e, STATUS_MALFORMED, "%s: %s", g->name, g->z.msg ? g->z.msg : "bad data");
}

/* Reads more input, after all of it has been used and all of its output returned. */
static enum status more_input(struct gzip *g, struct error *e)
{
	if (g->ended)
		return error_set(e, STATUS_TRUNCATED, "%s: unexpected end of input", g->name);
	return fill(g, e);
}

/* Inflates the available input; *got may be 0 at the end of a member or if more input is needed. */
static enum status inflate_some(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	g->z.next_out = data;
	g->z.avail_out = n < UINT_MAX ? (uInt)n : UINT_MAX;
	uInt room = g->z.avail_out;
	int code = inflate(&g->z, Z_NO_FLUSH);
	*got = room - g->z.avail_out;
	if (code == Z_STREAM_END) {
		inflateReset(&g->z);
		g->state = g->is_record ? AFTER_RECORD : BETWEEN_MEMBERS;
		return STATUS_OK;
	}
	if (*got > 0)
		return STATUS_OK; /* an error after these bytes is reported by the next call */
	if (code != Z_OK && code != Z_BUF_ERROR)
		return inflate_error(g, code, e);
	return more_input(g, e);
}

static enum status read_any(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	size_t produced = 0;
	while (produced == 0 && g->state != AFTER_RECORD) {
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

/* Keeps account of a record, and at its end compares. */
static enum status check_record(struct gzip *g, const void *data, size_t got, struct error *e)
{
	g->crc = (uint32_t)crc32_z(g->crc, data, got);
	g->size += got;
	if (g->size > g->full_size ||
	    (got == 0 && (g->size < g->full_size || g->memory_bytes > 0 || g->z.avail_in > 0)))
		return error_set(e, STATUS_MALFORMED, "zip archive: the size of a record is wrong");
	if (got == 0 && g->crc != g->full_crc)
		return error_set(e, STATUS_MALFORMED,
		                 "zip archive: the checksum of a record is wrong");
	return STATUS_OK;
}

enum status gzip_read(struct gzip *g, void *data, size_t n, size_t *got, struct error *e)
{
	size_t produced = 0;
	if (read_any(g, data, n, &produced, e) != STATUS_OK ||
	    (g->is_record && check_record(g, data, produced, e) != STATUS_OK))
		return e->status;
	*got = produced;
	return STATUS_OK;
}

enum status gzip_read_exactly(struct gzip *g, void *data, size_t n, const char *what,
                              struct error *e)
{
	size_t used = 0, got = 1;
	while (used < n && got > 0) {
		if (gzip_read(g, (unsigned char *)data + used, n - used, &got, e) != STATUS_OK)
			return e->status;
		used += got;
	}
	return used == n ? STATUS_OK : error_set(e, STATUS_TRUNCATED, "unexpected end of %s", what);
}

enum status gzip_deflated_size(const void *data, size_t n, uint64_t *bytes, struct error *e)
{
	unsigned char piece[1 << 12];
	const unsigned char *rest = data;
	z_stream z = {0};
	uint64_t sum = 0;
	int code = Z_OK;
	if (deflateInit(&z, Z_BEST_COMPRESSION) != Z_OK)
		return error_memory(e);
	while (code == Z_OK) {
		if (z.avail_in == 0) {
			z.next_in = (Bytef *)rest;
			z.avail_in = n < UINT_MAX ? (uInt)n : UINT_MAX;
			rest += z.avail_in;
			n -= z.avail_in;
		}
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		code = deflate(&z, n > 0 ? Z_NO_FLUSH : Z_FINISH);
		sum += sizeof(piece) - z.avail_out;
	}
	deflateEnd(&z);
	*bytes = sum;
	return code == Z_STREAM_END ? STATUS_OK
	                            : error_set(e, STATUS_SYSTEM, "zlib: failure %d", code);
}
