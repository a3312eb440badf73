/*
 * Work that is saved when SIGHUP, SIGINT or SIGTERM ends the program, wherever it waits. The
 * signals are blocked, and a thread waits for them: no handler runs (system/signals.h).
 */
#ifndef ENDING_H
#define ENDING_H

#include "base/error.h"
#include "system/signals.h"

#include <pthread.h>
#include <stdatomic.h>

/* Must outlive the process's other threads. */
struct ending {
	struct signals signals;
	pthread_mutex_t lock;
	void (*save)(void *arg);
	void *arg;
	atomic_bool over;
};

/* From now on such a signal calls save(arg), in a thread of its own, and then ends the process. One
 * that the parent left ignored stays ignored. */
enum status ending_start(struct ending *e, void (*save)(void *arg), void *arg, struct error *error);

/* Between these two, what save reads may be changed: a signal waits, but if it takes more than two
 * seconds, it ends the process without a save. */
void ending_lock(struct ending *e);
void ending_unlock(struct ending *e);

/* The owner ends, and saves by itself: from now on a signal saves nothing, but waits until the lock
 * is free, however long it takes. Call it locked. */
void ending_finish(struct ending *e);

#endif
