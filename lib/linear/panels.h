/*
 * A matrix B (depth, columns) cut into panels for the tiles of a kernel: as many columns as it
 * takes at once, the last ones fewer, each panel by itself in memory.
 */
#ifndef PANELS_H
#define PANELS_H

#include "linear/tile.h"

struct panels {
	const struct tile_kernel *kernel;
	size_t depth, columns;
	float *data; /* (depth, panels_width), at a multiple of 64 bytes; NULL: panels have none */
};

struct panel {
	const struct tile_kernel *kernel;
	size_t first, columns; /* of B */
	float *data;           /* (depth, tile_width(kernel, columns)) */
};

/* Columns of all panels in memory. */
size_t panels_width(const struct panels *p);

size_t panels_count(const struct panels *p);
struct panel panels_get(const struct panels *p, size_t index);

/* Fills one from the columns of B that are its own, and zeros behind the last one: from B in C
 * order, the rows `stride` apart, or from B turned, (columns, depth). */
void panel_fill(const struct panel *p, size_t depth, const float *b, size_t stride);
void panel_fill_turned(const struct panel *p, size_t depth, const float *turned);

/* Fills all of them from B turned. */
void panels_fill_turned(const struct panels *p, const float *turned);

/* to[k * to_row + j] = from[j * from_row + k], for j < columns and k < rows. */
void panels_turn(size_t rows, size_t columns, const float *from, size_t from_row, float *to,
                 size_t to_row);

#endif
