/* Histograms with bins of equal width. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include "stats/sample.h"

#include <stddef.h>
#include <stdio.h>

/* Writes nbins lines of lower edge, TAB, upper edge, TAB, count: bins of equal width from the least
 * to the greatest of a sorted sample without NaN, n > 0, their edges rounded to doubles, which
 * ascend, or are equal where doubles are farther apart than edges. A number on an edge belongs to
 * the last bin that begins there; the greatest to the last one. Write errors are left to ferror(f).
 */
void histogram_write(FILE *f, const struct sample *sorted, size_t nbins);

#endif
