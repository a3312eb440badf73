/*
 * PNG pictures (ISO/IEC 15948) to raw records and back. Grey is what we keep: a pixel of R, G, B
 * and opacity A, each in [0, 1], is A (299 R + 587 G + 114 B) / 1000, the luma of ITU-R BT.601
 * over black. Gamma and colour profiles are ignored: sample values are taken as they are.
 */
#ifndef PNGFILE_H
#define PNGFILE_H

#include "element.h"
#include "status.h"

#include <stdint.h>
#include <stdio.h>

/* Larger pictures are STATUS_UNSUPPORTED, before memory is taken for them. */
enum { PNGFILE_MAX_SIDE = 1 << 16, PNGFILE_MAX_PIXELS = 1 << 24 };

struct pngfile {
	uint32_t height, width;
	unsigned char *raw; /* height * width little-endian elements, row by row; owned */
};

/* Reads one picture of any colour type, depth and interlacing from fd, which must end with it;
 * tied as in stream.h. The exact rational value of a pixel is rounded to nearest: to float32 for
 * f32 and f64 (widened), to a multiple of 1/255 for u8 (halves up), so that an 8-bit grey b gives
 * what element_to_double makes of the u8 b. The caller keeps fd. */
enum status pngfile_read(int fd, FILE *tied, enum element type, struct pngfile *out,
			 struct error *e);
void pngfile_release(struct pngfile *p);

/* Gives the pixels of row y; may not fail. */
typedef void pngfile_row(const void *picture, uint32_t y, unsigned char *pixels);

/* Writes an 8-bit grey PNG of 1 .. 2^31-1 rows and columns, drawn row by row. Nothing but
 * the pixels goes into it: no time, no text. */
enum status pngfile_write(FILE *out, uint32_t height, uint32_t width, pngfile_row *draw,
			  const void *picture, struct error *e);

#endif
