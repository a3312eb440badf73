/* One redrawn line on standard error that tells how far long work has come. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	uint64_t total; /* records; 0: not known */
	double start, drawn; /* seconds */
};

/* Seconds on a clock that only goes forward. */
double progress_now(void);

enum progress_wish { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* PROGRESS_AUTO: only if standard error is a terminal. */
void progress_start(struct progress *p, enum progress_wish wish, uint64_t total);

/* Redraws, a few times a second at the most. */
void progress_update(struct progress *p, uint64_t records);

/* Removes the line; to be called before any message. */
void progress_end(struct progress *p);

#endif
