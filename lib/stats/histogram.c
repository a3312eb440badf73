/* Histograms with bins of equal width. */
#include "stats/histogram.h"

#include "base/decimal.h"

#include <assert.h>
#include <string.h>

/* Edge i of nbins + 1; each at least the one before. */
static double edge(const struct sample *s, size_t i, size_t nbins)
{
	double low = s->values[0], high = s->values[s->n - 1];
	return i == nbins ? high : sample_between(low, high, (double)i / (double)nbins);
}

void histogram_write(FILE *f, const struct sample *sorted, size_t nbins)
{
	char low[DECIMAL_TEXT], high[DECIMAL_TEXT];
	assert(sorted->n > 0 && nbins > 0);
	size_t below = 0;
	decimal_format_double(edge(sorted, 0, nbins), low);
	for (size_t i = 1; i <= nbins && !ferror(f); i++) {
		size_t before = below;
		below = i == nbins ? sorted->n : sample_below(sorted, edge(sorted, i, nbins));
		decimal_format_double(edge(sorted, i, nbins), high);
		fprintf(f, "%s\t%s\t%zu\n", low, high, below - before);
		strcpy(low, high);
	}
}
