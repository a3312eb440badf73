/* Descriptive statistics. Third and fourth powers are not summed exactly as the numbers arrive,
 * unlike the first and second: that would double the work per number for statistics that few ask
 * for. They are taken in a second pass over the numbers kept, each scaled and rounded, but summed
 * exactly, so that order does not matter. */
#include "stats/descriptives.h"

#include <math.h>

enum status descriptives_of_moments(struct descriptives *d, const struct moments *s,
                                    struct error *e)
{
	if (s->sums.n < 2)
		return error_set(e, STATUS_MALFORMED, "%s: at least two are needed for a stdev",
		                 s->sums.n == 0 ? "no numbers" : "only one number");
	double stdev = exact_sum_stdev(&s->sums);
	if (!isfinite(stdev))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the stdev is beyond the range of a double");
	*d = (struct descriptives){.n = s->sums.n,
	                           .mean = exact_sum_mean(&s->sums),
	                           .stdev = stdev,
	                           .min = s->min,
	                           .max = s->max};
	d->mean_stderr = stdev / sqrt((double)d->n);
	return STATUS_OK;
}

/* The mean of ((x - mean) / stdev)^power. */
static double scaled_moment(const struct descriptives *d, const struct sample *s, int power)
{
	enum { PIECE = 512 };
	double scaled[PIECE], half = d->stdev > 1 ? 0.5 : 1; /* a difference may overflow */
	struct exact_sum sums;
	exact_sum_init(&sums);
	for (size_t done = 0, n; done < s->n; done += n) {
		n = s->n - done < PIECE ? s->n - done : PIECE;
		for (size_t i = 0; i < n; i++) {
			double difference = half * s->values[done + i] - half * d->mean;
			double z = difference / (half * d->stdev);
			scaled[i] = power == 1   ? z
			            : power == 2 ? z * z
			            : power == 3 ? z * z * z
			                         : z * z * z * z;
		}
		exact_sum_add(&sums, scaled, n);
	}
	return exact_sum_mean(&sums);
}

/* About the mean itself, of which d->mean is a rounding. */
static void shape(struct descriptives *d, const struct sample *s)
{
	double a = scaled_moment(d, s, 1), b = scaled_moment(d, s, 2);
	double c = scaled_moment(d, s, 3), e = scaled_moment(d, s, 4);
	double m2 = b - a * a;
	double m3 = c - 3 * a * b + 2 * a * a * a;
	double m4 = e - 4 * a * c + 6 * a * a * b - 3 * a * a * a * a;
	d->skewness = m3 / (m2 * sqrt(m2));
	d->kurtosis = m4 / (m2 * m2) - 3;
}

void descriptives_of_sample(struct descriptives *d, const struct sample *sorted)
{
	d->skewness = d->kurtosis = NAN;
	if (d->stdev > 0)
		shape(d, sorted);
	d->median = sample_quantile(sorted, 0.5);
	d->mad = sample_mad(sorted, d->median);
}
