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

/* Columns in panels of the kernel; the rest, less than half a vector, is the narrow one's. */
static size_t wide_columns(const struct panels *p)
{
	const struct tile_kernel *k = p->kernel;
	size_t rest = p->columns % k->width;
	return k->narrow && rest <= k->narrow->width ? p->columns - rest : p->columns;
}

static size_t wide_count(const struct panels *p)
{
	return (wide_columns(p) + p->kernel->columns - 1) / p->kernel->columns;
}

size_t panels_count(const struct panels *p)
{
	return wide_count(p) + (wide_columns(p) < p->columns);
}

struct panel panels_get(const struct panels *p, size_t index)
{
	size_t first = index * p->kernel->columns, end = wide_columns(p);
	if (index < wide_count(p))
		return (struct panel){p->kernel, first, least(p->kernel->columns, end - first),
		                      p->data + first * p->depth};
	return (struct panel){p->kernel->narrow, end, p->columns - end, p->data + end * p->depth};
}

size_t panels_width(const struct panels *p)
{
	struct panel last = panels_get(p, panels_count(p) - 1);
	return last.first + tile_width(last.kernel, last.columns);
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
static void fill_panel(const struct panel *p, size_t all, const float *from)
{
	size_t width = tile_width(p->kernel, p->columns), depth = all / SIDE * SIDE;
	size_t whole = p->columns / SIDE * SIDE;
	for (size_t line = 0; line < whole; line += LINE) {
		size_t end = least(line + LINE, whole);
		for (size_t k = 0; k < depth; k += SIDE) {
			for (size_t j = line; j < end; j += SIDE)
				turn_square(from + j * all + k, all, p->data + k * width + j,
				            width);
		}
	}
	turn_rest(from + depth, all, p->data + depth * width, width, all - depth, p->columns);
	turn_rest(from + whole * all, all, p->data + whole, width, depth, p->columns - whole);
	for (size_t k = 0; k < all && p->columns < width; k++)
		memset(p->data + k * width + p->columns, 0, (width - p->columns) * sizeof(float));
}

void panels_fill(const struct panels *p, const float *turned)
{
	for (size_t i = 0; i < panels_count(p); i++) {
		struct panel panel = panels_get(p, i);
		fill_panel(&panel, p->depth, turned + panel.first * p->depth);
	}
}
