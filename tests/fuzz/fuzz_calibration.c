/* Calibrations (verdict/calibration.h). */
#include "base/bytes.h"
#include "base/decimal.h"
#include "fuzz.h"
#include "verdict/calibration.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static void read_calibration(const void *data, size_t size, enum arrival arrival,
                             struct calibration *c, struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*c = (struct calibration){0};
	*e = (struct error){0};
	calibration_read(fd, c, e);
	fuzz_check_error(e);
	close(fd);
}

static bool same_or_nan(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same(const struct calibration *c, const struct calibration *d)
{
	return c->threshold == d->threshold && c->upper == d->upper &&
	       scorer_same(&c->scorer, &d->scorer) && same_or_nan(c->promised, d->promised) &&
	       same_or_nan(c->mixed_low, d->mixed_low) &&
	       same_or_nan(c->mixed_high, d->mixed_high) &&
	       same_or_nan(c->mixed_share, d->mixed_share);
}

static void put(FILE *f, const char *name, double value)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(value, text);
	fprintf(f, "%s\t%s\n", name, text);
}

/* A text of what was taken from it gives the same. */
static void write_again(const struct calibration *c)
{
	struct bytes text;
	struct calibration again;
	struct error e;
	bytes_begin(&text);
	put(text.f, "threshold", c->threshold);
	if (isfinite(c->upper))
		put(text.f, "upper", c->upper);
	if (!isnan(c->promised))
		put(text.f, "promised", c->promised);
	if (!isnan(c->mixed_low)) {
		put(text.f, "mixed_low", c->mixed_low);
		put(text.f, "mixed_high", c->mixed_high);
		put(text.f, "mixed_share", c->mixed_share);
	}
	if (scorer_known(&c->scorer))
		fprintf(text.f, "model\t%s\nprecision\t%s\n", c->scorer.model, c->scorer.precision);
	bytes_end(&text);
	read_calibration(text.data, text.size, AT_ONCE, &again, &e);
	must(e.status == STATUS_OK && same(c, &again));
	bytes_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calibration c, other;
	struct error e, other_e;
	read_calibration(data, size, AT_ONCE, &c, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_calibration(data, size, a, &other, &other_e);
		must(fuzz_same_error(&e, &other_e) && same(&c, &other));
	}
	if (e.status != STATUS_OK)
		return 0;
	must(isfinite(c.threshold) && c.upper >= c.threshold);
	must(isnan(c.promised) || (c.promised >= 0 && c.promised <= 1));
	must(isnan(c.mixed_low) ? isnan(c.mixed_high) && isnan(c.mixed_share)
	                        : c.mixed_low <= c.mixed_high && c.mixed_high <= c.upper &&
	                              c.mixed_share >= 0 && c.mixed_share <= 1);
	must(size > 0 && data[size - 1] == '\n');
	write_again(&c);
	return 0;
}
