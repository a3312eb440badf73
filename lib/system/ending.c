/* A thread that waits for the signals that end the program. */
#include "system/ending.h"

#include <errno.h>
#include <time.h>

static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
enum { NENDS = sizeof(ends) / sizeof(*ends), PATIENCE = 2 /* seconds */ };

/* Not for ever, unless the owner ends: who holds it may be writing to somebody who does not read.
 */
static bool lock_soon(struct ending *e)
{
	struct timespec end;
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE;
	return pthread_mutex_timedlock(&e->lock, &end) == 0 ||
	       (e->over && pthread_mutex_lock(&e->lock) == 0);
}

static void *wait_for_one(void *arg)
{
	struct ending *e = arg;
	int number;
	if (sigwait(&e->signals.held, &number) != 0)
		return NULL;
	/* The lock is kept: nothing happens any more that is not saved. */
	if (lock_soon(e) && !e->over)
		e->save(e->arg);
	raise(number); /* to this thread, in which it is blocked */
	for (int i = 0; i < NENDS; i++)
		signals_release(&e->signals, ends[i]);
	return NULL;
}

enum status ending_start(struct ending *e, void (*save)(void *arg), void *arg, struct error *error)
{
	pthread_t thread;
	*e = (struct ending){.save = save, .arg = arg};
	pthread_mutex_init(&e->lock, NULL);
	sigemptyset(&e->signals.held);
	for (int i = 0; i < NENDS; i++)
		if (signals_hold(&e->signals, ends[i], error) != STATUS_OK)
			return error->status;
	errno = pthread_create(&thread, NULL, wait_for_one, e);
	if (errno != 0)
		return error_system(error, "cannot start a thread");
	pthread_detach(thread);
	return STATUS_OK;
}

void ending_lock(struct ending *e)
{
	pthread_mutex_lock(&e->lock);
}

void ending_unlock(struct ending *e)
{
	pthread_mutex_unlock(&e->lock);
}

void ending_finish(struct ending *e)
{
	e->over = true;
}
