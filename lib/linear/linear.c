/* Which implementation is for which layers. */
#include "linear/linear.h"
#include "linear/linear_training.h"

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
