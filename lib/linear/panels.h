/*
 * A matrix B (depth, columns) cut into panels for the tiles of a kernel: as many columns as it
 * takes at once, the last one fewer, each panel by itself in memory.
 */
#ifndef PANELS_H
#define PANELS_H

#include "linear/tile.h"

struct panels {
	const struct tile_kernel *kernel;
	size_t depth, columns;
	float *data; /* panels_floats(), at a multiple of 64 bytes */
};

/* How many floats there are, those behind the last column included. */
size_t panels_floats(const struct panels *p);
size_t panels_count(const struct panels *p);

/* Columns of a panel, and where it begins; panels_count() is fine for what is after the last. */
size_t panels_columns(const struct panels *p, size_t panel);
float *panels_at(const struct panels *p, size_t panel);

/* Fills them from B turned: (columns, depth), in C order. */
void panels_fill(const struct panels *p, const float *turned);

#endif
