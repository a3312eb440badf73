/* Panels of a matrix, by squares of four numbers where it is turned: simple code that compilers
 * make vectors of. */
#include "linear/panels.h"

#include <string.h>

enum { SIDE = 4 };

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

void panels_fill(const struct panels *p, size_t begin, size_t end, const float *b, size_t stride)
{
	for (size_t i = begin; i < end; i++) {
		size_t columns = panels_columns(p, i), width = tile_width(p->kernel, columns);
		const float *from = b + i * p->kernel->columns;
		float *to = panels_at(p, i);
		for (size_t k = 0; k < p->depth; k++, from += stride, to += width) {
			memcpy(to, from, columns * sizeof(float));
			memset(to + columns, 0, (width - columns) * sizeof(float));
		}
	}
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

static void turn_panel(const struct panels *p, size_t columns, const float *from, size_t stride,
                       float *to)
{
	size_t width = tile_width(p->kernel, columns);
	size_t depth = p->depth / SIDE * SIDE, whole = columns / SIDE * SIDE;
	for (size_t k = 0; k < depth; k += SIDE) {
		for (size_t j = 0; j < whole; j += SIDE)
			turn_square(from + j * stride + k, stride, to + k * width + j, width);
	}
	turn_rest(from + depth, stride, to + depth * width, width, p->depth - depth, columns);
	turn_rest(from + whole * stride, stride, to + whole, width, depth, columns - whole);
	for (size_t k = 0; k < p->depth && columns < width; k++)
		memset(to + k * width + columns, 0, (width - columns) * sizeof(float));
}

void panels_fill_turned(const struct panels *p, size_t begin, size_t end, const float *b,
                        size_t stride)
{
	for (size_t i = begin; i < end; i++)
		turn_panel(p, panels_columns(p, i), b + i * p->kernel->columns * stride, stride,
		           panels_at(p, i));
}
