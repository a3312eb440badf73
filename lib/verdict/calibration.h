/*
 * Calibrations, nicecalibration(5): statistics of the log-likelihoods of normal data, and the
 * threshold derived from them, as lines of name, TAB, value.
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H

#include "base/error.h"
#include "stats/scorer.h"

enum { CALIBRATION_MAX_BYTES = 1 << 16 };

/* The values needed to classify, and to evaluate the verdicts. */
struct calibration {
	double threshold; /* finite; strictly below is an anomaly */
	double upper;    /* strictly above is an anomaly, too; >= threshold, inf if there is none */
	double promised; /* the false positive rate that the method guarantees; NaN if none */
	/* A mixture decides by mixed_high with probability mixed_share, and otherwise by mixed_low;
	 * NaN if there is none. Both are finite, and mixed_low <= mixed_high <= upper. */
	double mixed_low, mixed_high, mixed_share;
	struct scorer scorer; /* of the log-likelihoods, if it is noted */
};

/* Reads a calibration. Only the threshold is required; lines with other names must be well-formed
 * but are otherwise ignored, since later versions may write more. A text without its last newline
 * was truncated and is refused. */
enum status calibration_read(int fd, struct calibration *c, struct error *e);

#endif
