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
	struct panel panel = {p->kernel, first, least(p->kernel->columns, end - first), NULL};
	if (index >= wide_count(p))
		panel = (struct panel){p->kernel->narrow, end, p->columns - end, NULL};
	if (p->data)
		panel.data = p->data + panel.first * p->depth;
	return panel;
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

static void turn_rest(size_t rows, size_t columns, const float *from, size_t from_row, float *to,
                      size_t to_row)
{
	for (size_t k = 0; k < rows; k++) {
		for (size_t j = 0; j < columns; j++)
			to[k * to_row + j] = from[j * from_row + k];
	}
}

/* As many columns as make a line are turned along all rows, then the next: few rows of `from` are
 * read at once, and each line is written once. */
void panels_turn(size_t rows, size_t columns, const float *from, size_t from_row, float *to,
                 size_t to_row)
{
	size_t down = rows / SIDE * SIDE, across = columns / SIDE * SIDE;
	for (size_t line = 0; line < across; line += LINE) {
		size_t end = least(line + LINE, across);
		for (size_t k = 0; k < down; k += SIDE) {
			for (size_t j = line; j < end; j += SIDE)
				turn_square(from + j * from_row + k, from_row, to + k * to_row + j,
				            to_row);
		}
	}
	turn_rest(rows - down, columns, from + down, from_row, to + down * to_row, to_row);
	turn_rest(down, columns - across, from + across * from_row, from_row, to + across, to_row);
}

/* Behind the last column. */
static void clear_rest(const struct panel *p, size_t depth)
{
	size_t width = tile_width(p->kernel, p->columns);
	for (size_t k = 0; k < depth && p->columns < width; k++)
		memset(p->data + k * width + p->columns, 0, (width - p->columns) * sizeof(float));
}

void panel_fill_turned(const struct panel *p, size_t depth, const float *turned)
{
	panels_turn(depth, p->columns, turned, depth, p->data, tile_width(p->kernel, p->columns));
	clear_rest(p, depth);
}

static inline void copy_rows(const struct panel *p, size_t depth, const float *b, size_t stride,
                             size_t columns)
{
	size_t width = tile_width(p->kernel, columns);
	for (size_t k = 0; k < depth; k++)
		memcpy(p->data + k * width, b + k * stride, columns * sizeof(float));
}

void panel_fill(const struct panel *p, size_t depth, const float *b, size_t stride)
{
	size_t n = p->columns;
	if (n == 48)
		copy_rows(p, depth, b, stride, 48);
	else if (n == 24)
		copy_rows(p, depth, b, stride, 24);
	else
		copy_rows(p, depth, b, stride, n);
	clear_rest(p, depth);
}

void panels_fill_turned(const struct panels *p, const float *turned)
{
	for (size_t i = 0; i < panels_count(p); i++) {
		struct panel panel = panels_get(p, i);
		panel_fill_turned(&panel, p->depth, turned + panel.first * p->depth);
	}
}
