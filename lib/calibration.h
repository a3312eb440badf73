/*
 * Calibrations: what is known of the log-likelihoods of normal data, and the threshold derived
 * from it, as text (nicecalibration(5)): lines of name, TAB, value.
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H

#include "status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CALIBRATION_MAX_BYTES = 1 << 16 };

struct quantile {
	double p, value;
};

struct calibration {
	uint64_t n;
	double mean, stdev, min, max;
	const struct quantile *quantiles; /* nquantiles, as many as were asked for */
	size_t nquantiles;
	double k, threshold; /* threshold = mean - k stdev */
};

/* Writes the lines; the threshold comes last. Losses show at ferror(f). */
void calibration_write(FILE *f, const struct calibration *c);

/* Reads a calibration for its threshold, which must be there and finite; the other lines need
 * only be well-formed, whatever their names: later versions may know more. A text without its
 * last newline has been cut and is refused. */
enum status calibration_read_threshold(int fd, double *threshold, struct error *e);

#endif
