/* Contact sheets of records. A shade is a fraction of 255 steps. */
#include "record/contact_sheet.h"

#include "base/checked.h"
#include "record/png_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BACKGROUND = 128 };

void contact_sheet_release(struct contact_sheet *s)
{
	free(s->cells);
	*s = (struct contact_sheet){0};
}

/* Clamped to [0, 1], then rounded to the nearest of 255 steps; NaN is black. */
static unsigned char shade(double value)
{
	if (!(value > 0))
		return 0;
	return value < 1 ? (unsigned char)(255 * value + 0.5) : 255;
}

/* Of a pixel of the sheet. */
static unsigned samples(const struct contact_sheet *s)
{
	return s->scale == CONTACT_SHEET_SIGNED ? 3 : s->channels;
}

/* Away from white, towards red or, below 0, blue. */
static void shade_signed(double value, double low, double high, unsigned char *rgb)
{
	double share = value < 0 ? value / low : value > 0 ? value / high : 0;
	unsigned char rest = shade(1 - share), whole = isnan(value) ? 0 : 255;
	rgb[0] = value < 0 ? rest : whole;
	rgb[1] = isnan(value) ? 0 : rest;
	rgb[2] = value > 0 ? rest : whole;
}

static double greatest_magnitude(enum element type, const unsigned char *record, size_t n)
{
	double greatest = 0, value;
	for (size_t i = 0; i < n; i++) {
		element_to_double(type, record + i * element_bytes(type), 1, &value);
		if (isfinite(value))
			greatest = fmax(greatest, fabs(value));
	}
	return greatest > 0 ? greatest : 1;
}

static void shade_all(const struct contact_sheet *s, double high, const double *values, size_t n,
                      unsigned char *cell)
{
	double low = s->low < 0 || s->scale == CONTACT_SHEET_LINEAR ? s->low : -high;
	for (size_t k = 0; k < n; k++) {
		if (s->scale == CONTACT_SHEET_SIGNED)
			shade_signed(values[k], low, high, cell + 3 * k);
		else
			cell[k] = shade((values[k] - low) / (high - low));
	}
}

static enum status grow(struct contact_sheet *s, struct error *e)
{
	uint64_t wanted = s->capacity ? 2 * s->capacity : 1, bytes;
	if (s->ncells < s->capacity)
		return STATUS_OK;
	if (!checked_mul((uint64_t)s->height * s->width, samples(s), &bytes) ||
	    !checked_mul(wanted, bytes, &bytes) || bytes > SIZE_MAX / 2)
		return error_memory(e);
	unsigned char *cells = realloc(s->cells, (size_t)bytes);
	if (!cells)
		return error_memory(e);
	s->cells = cells;
	s->capacity = wanted;
	return STATUS_OK;
}

enum status contact_sheet_add(struct contact_sheet *s, enum element type,
                              const unsigned char *record, struct error *e)
{
	size_t elements = (size_t)s->height * s->width * s->channels;
	size_t step = samples(s) / s->channels; /* samples of an element */
	double values[512], high = s->high;
	size_t piece = sizeof(values) / sizeof(*values);
	if (grow(s, e) != STATUS_OK)
		return e->status;
	unsigned char *cell = s->cells + s->ncells++ * elements * step;
	if (s->scale == CONTACT_SHEET_SIGNED && high == 0)
		high = greatest_magnitude(type, record, elements);
	for (size_t i = 0; i < elements; i += piece) {
		size_t n = elements - i < piece ? elements - i : piece;
		element_to_double(type, record + i * element_bytes(type), n, values);
		shade_all(s, high, values, n, cell + i * step);
	}
	return STATUS_OK;
}

/* Row y of the sheet. */
static void draw_row(const void *picture, uint32_t y, unsigned char *pixels)
{
	const struct contact_sheet *s = picture;
	uint64_t pitch = s->width + s->gap, row = y / (s->height + s->gap);
	uint64_t inside = y % (s->height + s->gap);
	size_t depth = samples(s);
	memset(pixels, BACKGROUND, (size_t)(s->columns * pitch + s->gap) * depth);
	if (inside < s->gap)
		return;
	for (uint64_t c = 0; c < s->columns && row * s->columns + c < s->ncells; c++) {
		size_t cell = (size_t)(row * s->columns + c);
		memcpy(pixels + (s->gap + c * pitch) * depth,
		       s->cells + (cell * s->height + (inside - s->gap)) * s->width * depth,
		       s->width * depth);
	}
}

/* No cells make a sheet of one that is left empty. */
enum status contact_sheet_write(struct contact_sheet *s, FILE *out, struct error *e)
{
	uint64_t n = s->ncells > 0 ? s->ncells : 1, height, width;
	if (s->columns > n)
		s->columns = n;
	uint64_t rows = (n - 1) / s->columns + 1;
	if (!checked_mul(rows, s->height + s->gap, &height) ||
	    !checked_add(height, s->gap, &height) ||
	    !checked_mul(s->columns, s->width + s->gap, &width) ||
	    !checked_add(width, s->gap, &width) || height > INT32_MAX || width > INT32_MAX)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the sheet would exceed the maximum size of a PNG picture");
	return png_file_write(out, (uint32_t)height, (uint32_t)width, samples(s), draw_row, s, e);
}
