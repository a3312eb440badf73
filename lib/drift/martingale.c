/* Conformal test martingales, in constant memory. Scaling by powers of two is exact, so that the
 * capital neither overflows nor vanishes. */
#include "drift/martingale.h"

#include "base/decimal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	double usual;
} kinds[] = {
    [MARTINGALE_JUMPER] = {"jumper", 0.01},
    [MARTINGALE_POWER] = {"power", 0.5},
    [MARTINGALE_MIXTURE] = {"mixture", 0.01},
};
enum { NKINDS = sizeof(kinds) / sizeof(*kinds) };

static void start(struct martingale *m, enum martingale_kind kind, double rate)
{
	*m = (struct martingale){.kind = kind, .rate = rate};
	if (kind == MARTINGALE_POWER)
		m->capital[0] = 1;
	for (int i = 0; kind == MARTINGALE_JUMPER && i < 3; i++)
		m->capital[i] = 1.0 / 3;
}

bool martingale_parse(const char *text, struct martingale *m, char why[MARTINGALE_REASON])
{
	size_t length = strcspn(text, ":"), kind = 0;
	const char *rate = text + length;
	while (kind < NKINDS &&
	       (strlen(kinds[kind].name) != length || memcmp(kinds[kind].name, text, length) != 0))
		kind++;
	if (kind == NKINDS) {
		snprintf(why, MARTINGALE_REASON,
		         "is not one of jumper[:J], power[:E], mixture[:J]");
		return false;
	}
	double value = kinds[kind].usual;
	if (*rate && (!decimal_parse_double(rate + 1, strlen(rate + 1), &value) ||
	              !(value > 0 && value < 1))) {
		snprintf(why, MARTINGALE_REASON, "has a rate that is not between 0 and 1");
		return false;
	}
	start(m, (enum martingale_kind)kind, value);
	return true;
}

void martingale_format(const struct martingale *m, char text[MARTINGALE_TEXT])
{
	char rate[DECIMAL_TEXT];
	decimal_format_double(m->rate, rate);
	snprintf(text, MARTINGALE_TEXT, "%s:%s", kinds[m->kind].name, rate);
}

static void jump(struct martingale *m, double p)
{
	double *c = m->capital, sum = c[0] + c[1] + c[2];
	for (int i = 0; i < 3; i++)
		c[i] = ((1 - m->rate) * c[i] + m->rate / 3 * sum) * (1 + (i - 1) * (p - 0.5));
}

/* Keeps the greatest capital within 2^-64 .. 2^64. An infinity has no exponent. */
static void rescale(struct martingale *m)
{
	double greatest = fmax(m->capital[0], fmax(m->capital[1], m->capital[2]));
	int exponent;
	if (!isfinite(greatest) || (greatest > 0x1p-64 && greatest < 0x1p64))
		return;
	frexp(greatest, &exponent);
	for (int i = 0; i < 3; i++)
		m->capital[i] = ldexp(m->capital[i], -exponent);
	m->exponent += exponent;
}

/* Stakes 1/(n (n + 1)) on a jumper that starts with number n. */
static void stake(struct martingale *m)
{
	double n = (double)m->n, part = 1 / n / (n + 1) / 3;
	int shift = m->exponent > 4000 ? 4000 : m->exponent < -4000 ? -4000 : (int)m->exponent;
	for (int i = 0; i < 3; i++)
		m->capital[i] += ldexp(part, -shift);
}

void martingale_add(struct martingale *m, double p)
{
	assert(p >= 0 && p <= 1);
	m->n++;
	if (m->kind == MARTINGALE_POWER) {
		m->capital[0] *= m->rate * pow(p, m->rate - 1);
	} else {
		if (m->kind == MARTINGALE_MIXTURE)
			stake(m);
		jump(m, p);
	}
	rescale(m);
}

double martingale_log10(const struct martingale *m)
{
	double staked =
	    log10(m->capital[0] + m->capital[1] + m->capital[2]) + (double)m->exponent * log10(2);
	if (m->kind != MARTINGALE_MIXTURE)
		return staked;
	double kept = -log10((double)m->n + 1); /* 10^staked may overflow */
	double more = fmax(staked, kept), less = fmin(staked, kept);
	return more + log1p(pow(10, less - more)) / log(10);
}
