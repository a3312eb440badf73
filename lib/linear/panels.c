/* Panels of a matrix. Whole pieces have sizes that the compiler knows, so that it makes vectors of
 * them. */
#include "linear/panels.h"

#include <string.h>

/* SIDE: of the squares that are turned. LINE: floats of a line of the cache. */
enum { SIDE = 4, LINE = 16 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t panels_count(const struct panels *p)
{
	return (p->columns + p->kernel->columns - 1) / p->kernel->columns;
}

size_t panels_columns(const struct panels *p, size_t panel)
{
	return least(p->kernel->columns, p->columns - panel * p->kernel->columns);
}

float *panels_at(const struct panels *p, size_t panel)
{
	return p->data + panel * p->kernel->columns * p->depth;
}

size_t panels_floats(const struct panels *p)
{
	size_t last = panels_count(p) - 1;
	return (last * p->kernel->columns + tile_width(p->kernel, panels_columns(p, last))) *
	       p->depth;
}

/* Columns of `from` become rows of `to`, at these distances. */
static inline void turn_square(const float *from, size_t stride, float *to, size_t width)
{
	float square[SIDE][SIDE];
	for (size_t j = 0; j < SIDE; j++) {
		for (size_t k = 0; k < SIDE; k++)
			square[k][j] = from[j * stride + k];
	}
	for (size_t k = 0; k < SIDE; k++)
		memcpy(to + k * width, square[k], sizeof(square[k]));
}

static void turn_rest(const float *from, size_t stride, float *to, size_t width, size_t depth,
                      size_t columns)
{
	for (size_t k = 0; k < depth; k++) {
		for (size_t j = 0; j < columns; j++)
			to[k * width + j] = from[j * stride + k];
	}
}

/* As many columns as make a line are turned along the whole depth, then the next: few rows are read
 * at once, and each line of the panel is written once. */
static void turn_panel(const struct panels *p, size_t columns, const float *from, float *to)
{
	size_t width = tile_width(p->kernel, columns), stride = p->depth;
	size_t depth = p->depth / SIDE * SIDE, whole = columns / SIDE * SIDE;
	for (size_t line = 0; line < whole; line += LINE) {
		size_t end = least(line + LINE, whole);
		for (size_t k = 0; k < depth; k += SIDE) {
			for (size_t j = line; j < end; j += SIDE)
				turn_square(from + j * stride + k, stride, to + k * width + j,
				            width);
		}
	}
	turn_rest(from + depth, stride, to + depth * width, width, p->depth - depth, columns);
	turn_rest(from + whole * stride, stride, to + whole, width, depth, columns - whole);
	for (size_t k = 0; k < p->depth && columns < width; k++)
		memset(to + k * width + columns, 0, (width - columns) * sizeof(float));
}

void panels_fill(const struct panels *p, const float *turned)
{
	for (size_t i = 0; i < panels_count(p); i++)
		turn_panel(p, panels_columns(p, i), turned + i * p->kernel->columns * p->depth,
		           panels_at(p, i));
}
