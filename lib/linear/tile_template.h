/*
 * A kernel of linear/tile.c. Included once for each instruction set, with these macros, which it
 * undoes: KERNEL(name) a name of the kernel's own, TARGET an attribute, ROWS of a tile (4 or 8),
 * VECTOR a type of WIDTH floats, and LOAD, STORE, SPLAT, FMA(a, b, c) = a b + c, ADD, RELU on it.
 */
#ifdef KERNEL

enum { KERNEL(columns) = TILE_VECTORS * WIDTH };

/* sum += a column of A times a row of the panel. */
TARGET INLINED static inline void KERNEL(step)(size_t rows, size_t vectors, const float *a,
                                               size_t a_row, const float *b,
                                               VECTOR sum[TILE_ROWS][TILE_VECTORS])
{
	VECTOR row[TILE_VECTORS];
	for (size_t v = 0; v < vectors; v++)
		row[v] = LOAD(b + v * WIDTH);
	for (size_t r = 0; r < rows; r++) {
		VECTOR element = SPLAT(a[r * a_row]);
		for (size_t v = 0; v < vectors; v++)
			sum[r][v] = FMA(element, row[v], sum[r][v]);
	}
}

TARGET INLINED static inline void KERNEL(finish)(const struct tile_product *p, size_t row, size_t v,
                                                 VECTOR sum)
{
	float *c = p->c + row * p->c_row + v * WIDTH, part[WIDTH];
	sum = ADD(sum, LOAD(p->bias + v * WIDTH));
	if (p->relu)
		sum = RELU(sum);
	if (p->columns >= (v + 1) * WIDTH) {
		STORE(c, sum);
		return;
	}
	STORE(part, sum);
	for (size_t j = 0; j < p->columns - v * WIDTH; j++)
		c[j] = part[j];
}

/* The rows first .. first+rows-1. The panel is read as a whole; each fourth step asks for a line of
 * what comes after it. */
TARGET INLINED static inline void KERNEL(tile)(const struct tile_product *p, size_t first,
                                               size_t rows, size_t vectors)
{
	VECTOR sum[TILE_ROWS][TILE_VECTORS];
	const float *a = p->a + first * p->a_row, *b = p->panel;
	const char *ahead = (const char *)p->ahead + first / TILE_ROWS * (p->depth / 4) * TILE_LINE;
	size_t k = 0;
	for (size_t r = 0; r < rows; r++) {
		for (size_t v = 0; v < vectors; v++)
			sum[r][v] = SPLAT(0);
	}
	for (; k + 4 <= p->depth; k += 4, ahead += TILE_LINE) {
		__builtin_prefetch(ahead, 0, 2);
		for (int i = 0; i < 4; i++, a++, b += vectors * WIDTH)
			KERNEL(step)(rows, vectors, a, p->a_row, b, sum);
	}
	for (; k < p->depth; k++, a++, b += vectors * WIDTH)
		KERNEL(step)(rows, vectors, a, p->a_row, b, sum);
	for (size_t r = 0; r < rows; r++) {
		for (size_t v = 0; v < vectors; v++)
			KERNEL(finish)(p, first + r, v, sum[r][v]);
	}
}

TARGET INLINED static inline void KERNEL(panel)(const struct tile_product *p, size_t vectors)
{
	const size_t most = vectors == 1 ? TILE_ROWS : ROWS;
	size_t r = 0;
	for (; r + most <= p->rows; r += most)
		KERNEL(tile)(p, r, most, vectors);
	if (most > 4 && p->rows - r >= 4)
		KERNEL(tile)(p, r, 4, vectors), r += 4;
	if (p->rows - r >= 2)
		KERNEL(tile)(p, r, 2, vectors), r += 2;
	if (p->rows - r >= 1)
		KERNEL(tile)(p, r, 1, vectors);
}

TARGET static void KERNEL(run)(const struct tile_product *p)
{
	if (p->columns > 2 * WIDTH)
		KERNEL(panel)(p, 3);
	else if (p->columns > WIDTH)
		KERNEL(panel)(p, 2);
	else
		KERNEL(panel)(p, 1);
}

#undef KERNEL
#undef TARGET
#undef ROWS
#undef VECTOR
#undef WIDTH
#undef LOAD
#undef STORE
#undef SPLAT
#undef FMA
#undef ADD
#undef RELU

#endif
