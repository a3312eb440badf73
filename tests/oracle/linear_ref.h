/* The naive twin of oneDNN's layers: the formula as it is written, float64 sums. */
#ifndef LINEAR_REF_H
#define LINEAR_REF_H

#include "linear/linear.h"

extern const struct linear_backend linear_ref;

#endif
