/*
 * The innermost product, for the widest vectors that the processor has: C = A B for a panel of as
 * many columns of B as the registers of a tile take. All layers of float32 are made of it.
 *
 * Each element of C is one sum over k = 0, 1, .. depth-1 of fused multiply-adds, which begins at
 * zero: its bits depend on its row of A and its column of B alone, and are the same for every
 * kernel but the plain one, which has no fused multiply-add.
 */
#ifndef TILE_H
#define TILE_H

#include <stdbool.h>
#include <stddef.h>

enum { TILE_LINE = 64 }; /* bytes of a line of the cache */

struct tile_product {
	size_t rows, depth, columns; /* columns: at most the kernel's */
	const float *a;              /* element (r, k) at a[r * a_row + k] */
	size_t a_row;
	bool turned;           /* A is turned: (r, k) at a[k * a_row + r] */
	const float *panel;    /* (depth, tile_width(kernel, columns)), at a multiple of 64 bytes */
	const float *bias;     /* (tile_width(kernel, columns)), added at the end; NULL for none */
	const float *row_bias; /* (rows), the same for rows */
	bool relu;
	bool add; /* to what is in C, after all that */
	float *c; /* element (r, j) at c[r * c_row + j] */
	size_t c_row;
	const void *ahead; /* what will be read next: as many rows as depth, each this many bytes */
	size_t ahead_step; /* behind the one before; need not be there */
};

struct tile_kernel {
	const char *name;
	size_t width;   /* floats of a vector */
	size_t columns; /* of a panel at the most */
	bool (*supported)(void);
	void (*run)(const struct tile_product *p);
	const struct tile_kernel *narrow; /* better for less than half a vector; NULL for none */
};

/* Best first; the last one is supported everywhere. */
extern const struct tile_kernel tile_kernels[];
extern const size_t tile_nkernels;

/* The best that is supported, and that ONEDNN_MAX_CPU_ISA allows. */
const struct tile_kernel *tile_best(void);

/* Columns of a panel in memory: whole vectors, those behind the last column zero. */
size_t tile_width(const struct tile_kernel *k, size_t columns);

#endif
