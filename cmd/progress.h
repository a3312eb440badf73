/* A progress line on standard error for long work. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	uint64_t total;      /* records; 0: unknown */
	double start, drawn; /* seconds */
};

/* Seconds on a monotonic clock. */
double progress_now(void);

enum progress_wish { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* PROGRESS_AUTO: only if standard error is a terminal. */
void progress_start(struct progress *p, enum progress_wish wish, uint64_t total);

/* Redraws the line, at most five times a second. */
void progress_update(struct progress *p, uint64_t records);

/* Removes the line until the next update; call before any message. */
void progress_clear(struct progress *p);

/* Removes the line for good. */
void progress_end(struct progress *p);

#endif
