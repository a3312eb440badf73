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
	float *data; /* (depth, panels_width), at a multiple of 64 bytes */
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

/* Fills them from B turned: (columns, depth), in C order. */
void panels_fill(const struct panels *p, const float *turned);

#endif
