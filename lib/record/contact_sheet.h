/* Contact sheets: records drawn as pictures, grey or in colours, side by side on one PNG. */
#ifndef CONTACT_SHEET_H
#define CONTACT_SHEET_H

#include "base/element.h"
#include "base/error.h"

#include <stdint.h>
#include <stdio.h>

/* How a value becomes a shade. */
enum contact_sheet_scale {
	/* low is black, high is white, values outside are clamped, NaN is black; of a pixel of
	 * three elements, each of red, green and blue likewise */
	CONTACT_SHEET_LINEAR,
	/* low is blue, 0 white, high red, NaN black; low < 0 < high, or, if both are 0, the
	 * greatest magnitude in each record in place of -low and high */
	CONTACT_SHEET_SIGNED,
};

/* Cells of equal size on a grey background, filled row by row. Initialise all but the last three
 * fields, which are zero. */
struct contact_sheet {
	uint32_t height, width; /* of a cell, pixels */
	unsigned channels;      /* elements of a pixel: 1, or 3 with CONTACT_SHEET_LINEAR */
	uint64_t columns, gap;  /* cells side by side; width of border and gaps, pixels */
	enum contact_sheet_scale scale;
	double low, high;
	uint64_t ncells, capacity;
	unsigned char *cells; /* (ncells, height, width, samples of a pixel: 1 or 3); owned */
};

void contact_sheet_release(struct contact_sheet *s);

/* Adds a record of height * width * channels elements as one cell, its shades rounded to the
 * nearest of 255 steps. */
enum status contact_sheet_add(struct contact_sheet *s, enum element type,
                              const unsigned char *record, struct error *e);

/* Writes the sheet as PNG; without cells, a sheet with one empty cell. STATUS_UNSUPPORTED if it
 * would be larger than a PNG can be. */
enum status contact_sheet_write(struct contact_sheet *s, FILE *out, struct error *e);

#endif
