/* A thread that waits for the signals that end the program. */
#include "system/ending.h"

#include <errno.h>

static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
enum { NENDS = sizeof(ends) / sizeof(*ends) };

static void *wait_for_one(void *arg)
{
	struct ending *e = arg;
	int number;
	if (sigwait(&e->signals.held, &number) != 0)
		return NULL;
	pthread_mutex_lock(&e->lock);
	if (!e->over)
		e->save(e->arg);
	e->over = true;
	pthread_mutex_unlock(&e->lock);
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
