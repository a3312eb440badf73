/* Knows histograms. */
#include "histogram.h"

#include "num.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Edge i of nbins + 1, without the difference of the ends, which may overflow. */
static double edge(const struct sample *s, size_t i, size_t nbins)
{
	double low = s->values[0], high = s->values[s->n - 1];
	double part = (double)i / (double)nbins;
	return i == nbins ? high : fmin(fma(part, high, fma(-part, low, low)), high);
}

void histogram_write(FILE *f, const struct sample *sorted, size_t nbins)
{
	char low[NUM_TEXT], high[NUM_TEXT];
	assert(sorted->n > 0 && nbins > 0);
	size_t below = 0;
	num_format_double(edge(sorted, 0, nbins), low);
	for (size_t i = 1; i <= nbins && !ferror(f); i++) {
		size_t before = below;
		below = i == nbins ? sorted->n : sample_below(sorted, edge(sorted, i, nbins));
		num_format_double(edge(sorted, i, nbins), high);
		fprintf(f, "%s\t%s\t%zu\n", low, high, below - before);
		strcpy(low, high);
	}
}
