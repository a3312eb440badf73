/*
 * Calibrations: what is known of the log-likelihoods of normal data, and the threshold derived
 * from it, as text (nicecalibration(5)): lines of name, TAB, value.
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H

#include "status.h"

enum { CALIBRATION_MAX_BYTES = 1 << 16, CALIBRATION_METHOD = 64 };

/* What is needed to decide, and to judge the decisions. */
struct calibration {
	double threshold; /* finite; strictly below is an anomaly */
	double upper;     /* strictly above is an anomaly, too; >= threshold, inf if there is none */
	double promised;  /* the rate of false positives that the method promises; NaN if none */
	char method[CALIBRATION_METHOD]; /* "sigma:3"; "" if it is not told */
};

/* Reads a calibration. Only its threshold must be there; a line of another name need only be
 * well-formed: later versions may know more. A text without its last newline has been cut and is
 * refused. */
enum status calibration_read(int fd, struct calibration *c, struct error *e);

#endif
