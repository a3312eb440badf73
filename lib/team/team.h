/*
 * Processes that do one work together: which of them this one is, and what they tell each other.
 * All hold the same data and make the same calls in the same order. How bytes travel is for the
 * program to say, struct team_link; a call that cannot be done ends all processes.
 */
#ifndef TEAM_H
#define TEAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEAM_MAX 4096 /* processes */

/* n floats to another process, or from it. */
struct team_message {
	size_t process;
	float *data;
	size_t n;
};

struct team_link {
	/* Process r has the bytes bounds[r] .. bounds[r + 1] of data; afterwards all have all. */
	void (*gather)(void *data, const size_t *bounds);

	/* Sends and receives. What one process sends to another arrives in this order. */
	void (*exchange)(const struct team_message *sends, size_t nsends,
	                 const struct team_message *receives, size_t nreceives);

	/* Each of the n values becomes the greatest that a process has. */
	void (*greatest)(uint64_t *values, size_t n);
};

struct team {
	size_t rank, size; /* this process, from 0, of how many: at most TEAM_MAX */
	const struct team_link *link;
};

/* This process alone: nothing travels. */
extern const struct team team_alone;

/* The processes have n things, in near-equal shares: process r has bounds[r] .. bounds[r + 1],
 * multiples of grain but for n; bounds (size + 1). */
void team_share(const struct team *team, size_t n, size_t grain, size_t *bounds);

/* The shares of an array of n elements to all. bounds: of elements, as team_share made them. */
void team_gather(const struct team *team, void *data, size_t element_bytes, const size_t *bounds);

void team_exchange(const struct team *team, const struct team_message *sends, size_t nsends,
                   const struct team_message *receives, size_t nreceives);
void team_greatest(const struct team *team, uint64_t *values, size_t n);

/* Whether any process says so. */
bool team_any(const struct team *team, bool here);

/* Ends a stage: if a process has failed in it, all have. The first of these keeps its error, the
 * others get STATUS_ELSEWHERE. */
enum status team_agree(const struct team *team, struct error *e);

/* The text of process 0 to all; size: of text, the same everywhere. */
void team_tell(const struct team *team, char *text, size_t size);

#endif
