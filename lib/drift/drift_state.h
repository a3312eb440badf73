/*
 * What a watch over a stream has come to, and its text format, described in nicedrift(1): with it
 * another run goes on as if there had been one.
 */
#ifndef DRIFT_STATE_H
#define DRIFT_STATE_H

#include "base/error.h"
#include "drift/martingale.h"
#include "stats/sample.h"

#include <stdint.h>
#include <stdio.h>

/* What the stream's numbers are: p-values; scores, which join the calibration's; or scores that are
 * compared with the calibration alone. */
enum drift_input { DRIFT_P_VALUES, DRIFT_SCORES, DRIFT_FIXED };

/* Initialise with {0}. */
struct drift_state {
	struct martingale martingale;
	enum drift_input input;
	uint64_t seed;
	uint64_t ncalibration; /* 0 for p-values, else > 0 */
	uint32_t calibration;  /* CRC-32 of the calibration's numbers; 0 for p-values */
	struct sample
	    values; /* of DRIFT_SCORES, sorted: the calibration's and the stream's so far */
};

void drift_state_release(struct drift_state *s);

/* Notes of which calibration the p-values are. */
void drift_state_note(struct drift_state *s, const struct sample *sorted);

/* Equal states give equal texts. Write errors are left to ferror(f). */
void drift_state_write(const struct drift_state *s, const struct sample *values, FILE *f);

/* Reads all of fd into the empty *s; on failure *s may be released, and nothing else. Any damage to
 * a text that was written is found by its checksum. */
enum status drift_state_read(struct drift_state *s, int fd, struct error *e);

/* STATUS_MISMATCH, which says what differs, if *read is not of a watch such as *given. */
enum status drift_state_check(const struct drift_state *read, const struct drift_state *given,
                              struct error *e);

#endif
