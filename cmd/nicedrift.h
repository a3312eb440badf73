/* The parts of nicedrift: the watch over a stream, and the state that outlives a run. */
#ifndef NICEDRIFT_H
#define NICEDRIFT_H

#include "base/error.h"
#include "drift/drift_state.h"
#include "drift/growing_sample.h"
#include "io/numbers.h"
#include "io/output.h"
#include "system/ending.h"

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *scores, *file, *state;
	bool fixed, binary;
	double alarm; /* 0: none */
	uint64_t seed;
	struct martingale martingale;
};

struct run {
	const struct options *o;
	struct drift_state state; /* its values are those of sample */
	struct growing_sample sample;
	bool alarmed;
	uint64_t first; /* index of the first number of this run */
	struct numbers in;
	struct error e;
	struct output output; /* the file of --state */
	struct ending ending;
};

/* ---- nicedrift_state.c: all do nothing without --state; statuses to end with ---- */

/* Before the sandbox: whether the state can be written. */
int state_prepare(struct run *r);

/* Goes on from the state, if the file is there: it must be of this watch. */
int state_resume(struct run *r);

/* From now on a signal saves the state before it ends the program. */
int state_guard(struct run *r);

/* Around what changes the run. */
void state_lock(struct run *r);
void state_unlock(struct run *r);

/* The end of a run: replaces the file if the run was right. */
int state_end(struct run *r, bool right);
void state_release(struct run *r);

#endif
