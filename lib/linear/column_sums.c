/* Sums of columns: threads share the columns, and each sum is made in float32 by itself. */
#include "linear/column_sums.h"

#include "base/vectorised.h"
#include "threads/threads.h"

#include <string.h>

enum { PIECE = 256, SHARED_ELEMENTS = 1 << 15 /* that are worth a thread */ };

struct matrix {
	enum precision precision;
	size_t rows, columns;
	const void *x;
	bool add;
	float *sums;
};

VECTORISED static void add_rows(size_t rows, size_t n, const float *restrict x, size_t stride,
                                float *restrict sums)
{
	for (size_t r = 0; r < rows; r++) {
		for (size_t i = 0; i < n; i++)
			sums[i] += x[r * stride + i];
	}
}

/* Rows of another precision, one by one. */
static void add_converted(const struct matrix *m, size_t first, size_t n, float *sums)
{
	float row[PIECE];
	for (size_t r = 0; r < m->rows; r++) {
		precision_to_float(m->precision, n,
		                   (const char *)m->x +
		                       (r * m->columns + first) * precision_bytes(m->precision),
		                   row);
		add_rows(1, n, row, n, sums);
	}
}

/* Columns first .. first+n-1, at most PIECE. */
static void sum_piece(const struct matrix *m, size_t first, size_t n)
{
	float sums[PIECE] = {0};
	if (m->precision == PRECISION_F32)
		add_rows(m->rows, n, (const float *)m->x + first, m->columns, sums);
	else
		add_converted(m, first, n, sums);
	if (m->add)
		add_rows(1, n, sums, n, m->sums + first);
	else
		memcpy(m->sums + first, sums, n * sizeof(float));
}

static void sum_range(void *context, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i += PIECE)
		sum_piece(context, i, end - i < PIECE ? end - i : PIECE);
}

void column_sums(enum precision precision, size_t rows, size_t columns, const void *x, bool add,
                 float *sums)
{
	struct matrix m = {precision, rows, columns, x, add, sums};
	threads_for(columns, SHARED_ELEMENTS / rows + 1, sum_range, &m);
}
