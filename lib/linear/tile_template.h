/*
 * A kernel of linear/tile.c. Included once for each instruction set, with these macros, which it
 * undoes: KERNEL(name) a name of the kernel's own, TARGET an attribute, ROWS of a tile (4 or 8),
 * VECTOR a type of WIDTH floats, and LOAD (aligned), LOADU, STORE, SPLAT, FMA(a, b, c) = a b + c,
 * ADD, RELU on it.
 */
#ifdef KERNEL

enum { KERNEL(columns) = TILE_VECTORS * WIDTH };

/* sum += a column of A times a row of the panel. */
TARGET INLINED static inline void KERNEL(step)(size_t rows, size_t vectors, const float *a,
                                               size_t a_row, const float *b,
                                               VECTOR sum[TILE_ROWS][TILE_VECTORS])
{
	VECTOR row[TILE_VECTORS];
	UNROLLED
	for (size_t v = 0; v < vectors; v++)
		row[v] = LOAD(b + v * WIDTH);
	UNROLLED
	for (size_t r = 0; r < rows; r++) {
		VECTOR element = SPLAT(a[r * a_row]);
		UNROLLED
		for (size_t v = 0; v < vectors; v++)
			sum[r][v] = FMA(element, row[v], sum[r][v]);
	}
}

TARGET INLINED static inline void KERNEL(finish)(const struct tile_product *p, size_t row, size_t v,
                                                 VECTOR sum)
{
	float *c = p->c + row * p->c_row + v * WIDTH, part[WIDTH];
	bool whole = p->columns >= (v + 1) * WIDTH;
	if (p->bias)
		sum = ADD(sum, LOAD(p->bias + v * WIDTH));
	if (p->row_bias)
		sum = ADD(sum, SPLAT(p->row_bias[row]));
	if (p->relu)
		sum = RELU(sum);
	if (whole && p->add)
		sum = ADD(LOADU(c), sum);
	if (whole) {
		STORE(c, sum);
		return;
	}
	STORE(part, sum);
	for (size_t j = 0; j < p->columns - v * WIDTH; j++)
		c[j] = p->add ? c[j] + part[j] : part[j];
}

/* What a tile asks for first: four of them ask for a line of each row, and those after the last
 * line for that line again, since what is behind it is not needed soon, and would take its place.
 */
TARGET INLINED static inline const char *KERNEL(ahead)(const struct tile_product *p, size_t tile)
{
	size_t row = tile % 4 * (p->depth / 4), line = tile / 4;
	size_t last = (p->columns * sizeof(float) + TILE_LINE - 1) / TILE_LINE;
	return (const char *)p->ahead + row * p->ahead_step +
	       (line < last ? line : last) * TILE_LINE;
}

/* The rows first .. first+rows-1. The panel is read as a whole; each fourth step asks for a line of
 * what comes after it, and for one of C, which need not be in the cache when it is written. */
TARGET INLINED static inline void KERNEL(tile)(const struct tile_product *p, size_t first,
                                               size_t rows, size_t vectors, bool turned)
{
	VECTOR sum[TILE_ROWS][TILE_VECTORS];
	const size_t a_row = turned ? 1 : p->a_row, a_step = turned ? p->a_row : 1;
	const float *a = p->a + first * a_row, *b = p->panel;
	const char *ahead = KERNEL(ahead)(p, first / TILE_ROWS);
	struct tile_lines c = {(const char *)(p->c + first * p->c_row), p->c_row * sizeof(float),
	                       vectors * WIDTH * sizeof(float) / TILE_LINE + 1, rows, 0};
	size_t k = 0;
	UNROLLED
	for (size_t r = 0; r < rows; r++) {
		UNROLLED
		for (size_t v = 0; v < vectors; v++)
			sum[r][v] = SPLAT(0);
	}
	for (; k + 4 <= p->depth; k += 4, ahead += p->ahead_step) {
		__builtin_prefetch(ahead, 0, 2);
		tile_ask(&c);
		UNROLLED
		for (int i = 0; i < 4; i++, a += a_step, b += vectors * WIDTH)
			KERNEL(step)(rows, vectors, a, a_row, b, sum);
	}
	for (; k < p->depth; k++, a += a_step, b += vectors * WIDTH)
		KERNEL(step)(rows, vectors, a, a_row, b, sum);
	UNROLLED
	for (size_t r = 0; r < rows; r++) {
		UNROLLED
		for (size_t v = 0; v < vectors; v++)
			KERNEL(finish)(p, first + r, v, sum[r][v]);
	}
}

TARGET INLINED static inline void KERNEL(panel)(const struct tile_product *p, size_t vectors,
                                                bool turned)
{
	const size_t most = vectors == 1 ? TILE_ROWS : ROWS;
	size_t r = 0;
	for (; r + most <= p->rows; r += most)
		KERNEL(tile)(p, r, most, vectors, turned);
	if (most > 4 && p->rows - r >= 4)
		KERNEL(tile)(p, r, 4, vectors, turned), r += 4;
	if (p->rows - r >= 2)
		KERNEL(tile)(p, r, 2, vectors, turned), r += 2;
	if (p->rows - r >= 1)
		KERNEL(tile)(p, r, 1, vectors, turned);
}

TARGET INLINED static inline void KERNEL(panels)(const struct tile_product *p, bool turned)
{
	if (p->columns > 2 * WIDTH)
		KERNEL(panel)(p, 3, turned);
	else if (p->columns > WIDTH)
		KERNEL(panel)(p, 2, turned);
	else
		KERNEL(panel)(p, 1, turned);
}

TARGET static void KERNEL(run)(const struct tile_product *p)
{
	if (p->turned)
		KERNEL(panels)(p, true);
	else
		KERNEL(panels)(p, false);
}

#undef KERNEL
#undef TARGET
#undef ROWS
#undef VECTOR
#undef WIDTH
#undef LOAD
#undef LOADU
#undef STORE
#undef SPLAT
#undef FMA
#undef ADD
#undef RELU

#endif
