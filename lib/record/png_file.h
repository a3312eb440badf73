/*
 * Conversion of PNG pictures (ISO/IEC 15948) to raw grey records and back. A pixel of R, G, B and
 * opacity A, each in [0, 1], becomes A (299 R + 587 G + 114 B) / 1000, the luma of ITU-R BT.601
 * over black. Gamma and colour profiles are ignored: sample values are used unchanged.
 */
#ifndef PNG_FILE_H
#define PNG_FILE_H

#include "base/element.h"
#include "base/error.h"

#include <stdint.h>
#include <stdio.h>

/* Larger pictures are STATUS_UNSUPPORTED, before any memory is allocated for them. */
enum { PNG_FILE_MAX_SIDE = 1 << 16, PNG_FILE_MAX_PIXELS = 1 << 24 };

struct png_file {
	uint32_t height, width;
	unsigned char *raw; /* height * width little-endian elements, row by row; owned */
};

/* Reads one picture of any colour type, depth and interlacing from fd; trailing data are an error.
 * tied: see io/record_stream.h. The exact rational value of a pixel is rounded to nearest: to
 * float32 for f32 and f64 (widened), to a multiple of 1/255 for u8 (halves up), so that an 8-bit
 * grey b gives the same value as element_to_double for the u8 b. fd stays owned by the caller. */
enum status png_file_read(int fd, FILE *tied, enum element type, struct png_file *out,
                          struct error *e);
void png_file_release(struct png_file *p);

/* Draws the pixels of row y; must not fail. */
typedef void png_file_row(const void *picture, uint32_t y, unsigned char *pixels);

/* Writes a PNG of 8-bit samples, 1 (grey) or 3 (red, green, blue) to a pixel, and of 1 .. 2^31-1
 * rows and columns, drawn row by row. It contains only the pixels: no time, no text. */
enum status png_file_write(FILE *out, uint32_t height, uint32_t width, unsigned channels,
                           png_file_row *draw, const void *picture, struct error *e);

/* The bytes that such a file would have with the best of the filters that libpng chooses for each
 * row and the highest level of compression: fewer than png_file_write may write. */
enum status png_file_size(uint32_t height, uint32_t width, unsigned channels, png_file_row *draw,
                          const void *picture, uint64_t *bytes, struct error *e);

#endif
