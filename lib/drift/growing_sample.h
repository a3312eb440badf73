/* A sample that grows and is asked for ranks as it grows, and smoothed conformal p-values. */
#ifndef GROWING_SAMPLE_H
#define GROWING_SAMPLE_H

#include "base/error.h"
#include "stats/sample.h"

#include <stddef.h>

enum { GROWING_SAMPLE_RUNS = 64 };

/* Initialise with {0}. */
struct growing_sample {
	struct sample values; /* sorted runs, one after the other */
	struct sample merged; /* workspace */
	size_t begins[GROWING_SAMPLE_RUNS];
	size_t nruns;
};

/* Takes over the numbers of s as the first run; s is empty afterwards. */
void growing_sample_start(struct growing_sample *g, struct sample *s);
void growing_sample_release(struct growing_sample *g);

/* Adds a number, in about log n steps on average. */
enum status growing_sample_add(struct growing_sample *g, double x, struct error *e);

/* Its numbers, sorted, as one run; they stay its own. */
const struct sample *growing_sample_sorted(struct growing_sample *g);

/* (#{values < x} + u (#{values = x} + 1)) / (n + 1), in the order of stats/sample.h: with u uniform
 * in (0, 1), uniform if x and the values are exchangeable, and independent of earlier ones if each
 * x joins after it has been asked for. */
double growing_sample_p(const struct growing_sample *g, double x, double u);

#endif
