/* Which implementation is for which layers. */
#include "linear/linear.h"
#include "linear/linear_training.h"
#include "system/hugepage.h"

#include <stdint.h>

enum { MOST_FLOATS = 1 << 24 /* of an array of rows */ };

size_t linear_rows(size_t width)
{
	size_t rows = 1;
	if (width <= MOST_FLOATS / LINEAR_MAX_ROWS)
		return LINEAR_MAX_ROWS;
	while (2 * rows <= MOST_FLOATS / width)
		rows *= 2;
	return rows;
}

void *linear_rows_alloc(size_t rows, size_t width, size_t size, struct error *e)
{
	if (e->status != STATUS_OK)
		return NULL;
	void *p = width <= SIZE_MAX / size / rows ? hugepage_zeroed(rows * width, size) : NULL;
	if (!p)
		error_memory(e);
	return p;
}

enum precision linear_precision_out(const struct linear_spec *s)
{
	return s->float_out ? PRECISION_F32 : s->precision;
}

const struct linear_backend *linear_for(enum precision precision)
{
	return precision == PRECISION_F32 ? &linear_packed : &linear_dnnl;
}

const struct linear_training_backend *linear_training_for(enum precision precision)
{
	return precision == PRECISION_F32 ? &linear_training_tile : &linear_training_dnnl;
}
