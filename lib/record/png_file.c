/* PNG files; the only user of libpng. It reports errors by longjmp: whatever must survive one is
 * kept in a struct owned by the caller of `guarded`, never in a local variable. */
#include "record/png_file.h"

#include "io/input.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_CHUNK_BYTES = 8000000, /* of a chunk other than IDAT; none of them is kept */
	MAX_CACHED_CHUNKS = 16,
};

struct reader {
	int fd;
	FILE *tied;
	enum element type;
	struct error *e;
	png_structp png;
	png_infop info;
	unsigned char *row; /* one row of samples from libpng */
	struct png_file made;
	size_t used, taken; /* bytes of data: read, consumed */
	unsigned char data[1 << 14];
};

struct writer {
	FILE *out; /* NULL: the bytes are but counted */
	uint32_t height, width;
	unsigned channels;
	png_file_row *draw;
	const void *picture;
	int level, filters; /* of compression; png_set_filter's */
	struct error *e;
	png_structp png;
	png_infop info;
	unsigned char *row;
	uint64_t bytes; /* written so far */
};

static void on_error(png_structp png, png_const_charp text)
{
	error_set(png_get_error_ptr(png), STATUS_MALFORMED, "PNG: %s", text);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	(void)png, (void)text;
}

/* Reads more bytes, at least one unless the input has ended. */
static enum status fill(struct reader *r, size_t *got)
{
	if (input_read(r->fd, r->tied, r->data, sizeof(r->data), got, r->e) != STATUS_OK)
		return r->e->status;
	r->used = *got;
	r->taken = 0;
	return STATUS_OK;
}

static enum status take(struct reader *r, unsigned char *out, size_t n)
{
	while (n > 0) {
		size_t got;
		if (r->taken == r->used && fill(r, &got) != STATUS_OK)
			return r->e->status;
		if (r->used == 0)
			return error_set(r->e, STATUS_TRUNCATED, "unexpected end of the PNG file");
		size_t piece = r->used - r->taken < n ? r->used - r->taken : n;
		memcpy(out, r->data + r->taken, piece);
		r->taken += piece;
		out += piece;
		n -= piece;
	}
	return STATUS_OK;
}

static void on_read(png_structp png, png_bytep out, size_t n)
{
	if (take(png_get_io_ptr(png), out, n) != STATUS_OK)
		png_longjmp(png, 1);
}

static void check_size(struct reader *r)
{
	uint32_t height = r->made.height, width = r->made.width;
	if (height <= PNG_FILE_MAX_SIDE && width <= PNG_FILE_MAX_SIDE &&
	    (uint64_t)height * width <= PNG_FILE_MAX_PIXELS)
		return;
	error_set(r->e, STATUS_UNSUPPORTED,
	          "%ux%u pixels (height x width) are too many: at most %d per side and %d in total",
	          height, width, PNG_FILE_MAX_SIDE, PNG_FILE_MAX_PIXELS);
	png_longjmp(r->png, 1);
}

/* Reads up to the first pixel; the size is checked before memory is allocated for rows. */
static void read_header(struct reader *r)
{
	png_set_read_fn(r->png, r, on_read);
	png_set_user_limits(r->png, PNG_UINT_31_MAX,
	                    PNG_UINT_31_MAX); /* check_size has tighter limits */
	png_set_chunk_cache_max(r->png, MAX_CACHED_CHUNKS);
	png_set_chunk_malloc_max(r->png, MAX_CHUNK_BYTES);
	png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	png_set_benign_errors(r->png, 0);
	/* tRNS is the only ancillary chunk that is used; the others are skipped. */
	png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_read_info(r->png, r->info);
	r->made.height = png_get_image_height(r->png, r->info);
	r->made.width = png_get_image_width(r->png, r->info);
	check_size(r);
	png_set_expand(r->png); /* palette to RGB, 1-, 2-, 4-bit grey to 8, tRNS to alpha */
	png_read_update_info(r->png, r->info);
}

static enum status allocate(struct reader *r)
{
	size_t elements = (size_t)r->made.height * r->made.width;
	r->row = malloc(png_get_rowbytes(r->png, r->info));
	r->made.raw = malloc(elements * element_bytes(r->type));
	return r->row && r->made.raw ? STATUS_OK : error_memory(r->e);
}

/* Stores the value num/den in [0, 1] as an element. */
static void put_value(enum element type, uint64_t num, uint64_t den, unsigned char *raw)
{
	if (type == ELEMENT_U8) {
		*raw = (unsigned char)((2 * 255 * num + den) / (2 * den));
	} else {
		/* Both are below 2^53, and rounding the quotient to double first does no harm:
		 * 53 >= 2 * 24 + 2 (S. Figueroa, When is double rounding innocuous?) */
		double value = (double)(float)((double)num / (double)den);
		element_from_double(type, &value, 1, raw);
	}
}

/* Converts a pixel of 8- or 16-bit samples: grey; grey, alpha; red, green, blue; or red, green,
 * blue, alpha. */
static void put_pixel(const unsigned char *p, unsigned channels, unsigned depth, enum element type,
                      unsigned char *raw)
{
	uint64_t s[4] = {0}, max = depth == 16 ? 65535 : 255;
	for (unsigned i = 0; i < channels; i++)
		s[i] = depth == 16 ? (uint64_t)p[2 * i] << 8 | p[2 * i + 1] : p[i];
	uint64_t luma = channels < 3 ? 1000 * s[0] : 299 * s[0] + 587 * s[1] + 114 * s[2];
	if (channels % 2 == 0)
		put_value(type, luma * s[channels - 1], 1000 * max * max, raw);
	else
		put_value(type, luma, 1000 * max, raw);
}

/* The positions of the pixels of a pass: from (x, y) in steps of (dx, dy). */
struct pass {
	unsigned x, y, dx, dy;
};

static void read_pass(struct reader *r, struct pass pass)
{
	unsigned channels = png_get_channels(r->png, r->info);
	unsigned depth = png_get_bit_depth(r->png, r->info);
	size_t width = r->made.width, out_bytes = element_bytes(r->type);
	if (pass.x >= width)
		return;
	for (size_t y = pass.y; y < r->made.height; y += pass.dy) {
		const unsigned char *p = r->row;
		png_read_row(r->png, r->row, NULL);
		for (size_t x = pass.x; x < width; x += pass.dx, p += channels * depth / 8)
			put_pixel(p, channels, depth, r->type,
			          r->made.raw + (y * width + x) * out_bytes);
	}
}

/* Adam7 is deinterlaced here because libpng would need all samples in memory. */
static void read_pixels(struct reader *r)
{
	static const struct pass whole = {0, 0, 1, 1};
	static const struct pass adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
	                                    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
	if (png_get_interlace_type(r->png, r->info) == PNG_INTERLACE_NONE) {
		read_pass(r, whole);
	} else {
		for (size_t i = 0; i < sizeof(adam7) / sizeof(*adam7); i++)
			read_pass(r, adam7[i]);
	}
	png_read_end(r->png, NULL);
}

/* Runs a function that may longjmp; false if it did. */
static bool guarded(struct reader *r, void (*part)(struct reader *))
{
	if (setjmp(png_jmpbuf(r->png)))
		return false;
	part(r);
	return true;
}

static enum status expect_end(struct reader *r)
{
	size_t got = r->used - r->taken;
	if (got == 0 && fill(r, &got) != STATUS_OK)
		return r->e->status;
	if (got > 0)
		return error_set(r->e, STATUS_MALFORMED, "trailing bytes after the picture");
	return STATUS_OK;
}

static enum status expect_signature(struct reader *r)
{
	unsigned char magic[8];
	if (take(r, magic, sizeof(magic)) != STATUS_OK)
		return r->e->status;
	if (png_sig_cmp(magic, 0, sizeof(magic)) != 0)
		return error_set(r->e, STATUS_MALFORMED,
		                 "not a PNG file: it starts with the bytes %02x %02x %02x %02x",
		                 magic[0], magic[1], magic[2], magic[3]);
	png_set_sig_bytes(r->png, sizeof(magic));
	return STATUS_OK;
}

enum status png_file_read(int fd, FILE *tied, enum element type, struct png_file *out,
                          struct error *e)
{
	struct reader r = {.fd = fd, .tied = tied, .type = type, .e = e};
	r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, e, on_error, on_warning);
	r.info = r.png ? png_create_info_struct(r.png) : NULL;
	if (!r.info)
		error_memory(e);
	if (r.info && expect_signature(&r) == STATUS_OK && guarded(&r, read_header) &&
	    allocate(&r) == STATUS_OK && guarded(&r, read_pixels) && expect_end(&r) == STATUS_OK)
		*out = r.made;
	else
		png_file_release(&r.made);
	free(r.row);
	png_destroy_read_struct(&r.png, &r.info, NULL);
	return e->status;
}

void png_file_release(struct png_file *p)
{
	free(p->raw);
	*p = (struct png_file){0};
}

static void on_write(png_structp png, png_bytep data, size_t n)
{
	struct writer *w = png_get_io_ptr(png);
	w->bytes += n;
	if (w->out && fwrite(data, 1, n, w->out) != n) {
		error_system(w->e, "cannot write");
		png_longjmp(png, 1);
	}
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void write_pixels(struct writer *w)
{
	if (setjmp(png_jmpbuf(w->png)))
		return;
	png_set_write_fn(w->png, w, on_write, on_flush);
	png_set_user_limits(w->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_IHDR(w->png, w->info, w->width, w->height, 8,
	             w->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
	             PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_compression_level(w->png, w->level);
	png_set_filter(w->png, PNG_FILTER_TYPE_BASE, w->filters);
	png_write_info(w->png, w->info);
	for (uint32_t y = 0; y < w->height; y++) {
		w->draw(w->picture, y, w->row);
		png_write_row(w->png, w->row);
	}
	png_write_end(w->png, NULL);
}

static enum status write_picture(struct writer *w)
{
	w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w->e, on_error, on_warning);
	w->info = w->png ? png_create_info_struct(w->png) : NULL;
	w->row = calloc(w->width, w->channels);
	if (w->info && w->row)
		write_pixels(w);
	else
		error_memory(w->e);
	free(w->row);
	png_destroy_write_struct(&w->png, &w->info);
	return w->e->status;
}

enum status png_file_write(FILE *out, uint32_t height, uint32_t width, unsigned channels,
                           png_file_row *draw, const void *picture, struct error *e)
{
	struct writer w = {.out = out,
	                   .height = height,
	                   .width = width,
	                   .channels = channels,
	                   .draw = draw,
	                   .picture = picture,
	                   .level = 6,
	                   .filters = PNG_FILTER_NONE,
	                   .e = e};
	return write_picture(&w);
}

enum status png_file_size(uint32_t height, uint32_t width, unsigned channels, png_file_row *draw,
                          const void *picture, uint64_t *bytes, struct error *e)
{
	struct writer w = {.height = height,
	                   .width = width,
	                   .channels = channels,
	                   .draw = draw,
	                   .picture = picture,
	                   .level = 9,
	                   .filters = PNG_ALL_FILTERS,
	                   .e = e};
	if (write_picture(&w) == STATUS_OK)
		*bytes = w.bytes;
	return e->status;
}
