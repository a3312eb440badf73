/* Pieces of work on several threads, taken and given away in order. */
#include "threads/ordered_map.h"

#include "threads/threads.h"

#include <pthread.h>
#include <stdint.h>

struct state {
	const struct ordered_map *stages;
	void *context;
	pthread_mutex_t taking, giving;
	pthread_cond_t given;
	uint64_t ntaken, ngiven; /* under taking, under giving */
	bool ended;              /* under taking */
	bool failed;             /* under giving */
};

static bool take(struct state *s, size_t lane, uint64_t *ticket)
{
	pthread_mutex_lock(&s->taking);
	s->ended = s->ended || !s->stages->take(s->context, lane);
	bool taken = !s->ended;
	if (taken)
		*ticket = s->ntaken++;
	pthread_mutex_unlock(&s->taking);
	return taken;
}

/* False if this piece, or one before it, has failed. */
static bool give(struct state *s, size_t lane, uint64_t ticket, bool worked)
{
	pthread_mutex_lock(&s->giving);
	while (s->ngiven != ticket)
		pthread_cond_wait(&s->given, &s->giving);
	s->failed = s->failed || !worked || !s->stages->give(s->context, lane);
	bool failed = s->failed;
	s->ngiven++;
	pthread_cond_broadcast(&s->given);
	pthread_mutex_unlock(&s->giving);
	return !failed;
}

static void run_lane(void *context, size_t lane)
{
	struct state *s = context;
	uint64_t ticket;
	while (take(s, lane, &ticket) && give(s, lane, ticket, s->stages->work(s->context, lane)))
		;
}

void ordered_map_run(const struct ordered_map *p, size_t nlanes, void *context)
{
	struct state s = {.stages = p,
	                  .context = context,
	                  .taking = PTHREAD_MUTEX_INITIALIZER,
	                  .giving = PTHREAD_MUTEX_INITIALIZER,
	                  .given = PTHREAD_COND_INITIALIZER};
	if (nlanes > 1)
		threads_run((unsigned)nlanes, run_lane, &s);
	else
		run_lane(&s, 0);
	pthread_mutex_destroy(&s.taking);
	pthread_mutex_destroy(&s.giving);
	pthread_cond_destroy(&s.given);
}
