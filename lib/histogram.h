/* Histograms. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include "sample.h"

#include <stddef.h>
#include <stdio.h>

/* Writes nbins lines of lower edge, TAB, upper edge, TAB, count: bins of equal width from the least
 * to the greatest of a sorted sample without NaN, n > 0, their edges rounded to doubles. A number on
 * an edge belongs to the bin above; the greatest to the last one. Losses show at ferror(f). */
void histogram_write(FILE *f, const struct sample *sorted, size_t nbins);

#endif
