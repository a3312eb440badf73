/* NICE as a kind of density: the flow of density/nice.h behind density/density.h. */
#ifndef NICE_DENSITY_H
#define NICE_DENSITY_H

#include "density/density.h"

extern const struct density_kind nice_density;

#endif
