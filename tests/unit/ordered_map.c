/* Pieces that take times of their own come back in order, all of them and once; and a stage that
 * fails ends it for every lane. */
#include "threads/ordered_map.h"
#include "tap.h"
#include "threads/threads.h"

#include <time.h>

enum { LANES = 4, PIECES = 300 };

struct shop {
	size_t ntaken, npieces, nrefused;
	size_t held[LANES];      /* the number of a lane's piece */
	unsigned threads[LANES]; /* that it may use */
	size_t given[PIECES], ngiven;
	size_t work_fails_at, give_fails_at;
};

static bool take(void *context, size_t lane)
{
	struct shop *s = context;
	if (s->ntaken == s->npieces) {
		s->nrefused++;
		return false;
	}
	s->held[lane] = s->ntaken++;
	return true;
}

static bool work(void *context, size_t lane)
{
	struct shop *s = context;
	size_t piece = s->held[lane];
	s->threads[lane] = threads_count();
	nanosleep(&(struct timespec){.tv_nsec = (long)(piece * 7919 % 5) * 100000}, NULL);
	return piece != s->work_fails_at;
}

static bool give(void *context, size_t lane)
{
	struct shop *s = context;
	if (s->held[lane] == s->give_fails_at)
		return false;
	s->given[s->ngiven++] = s->held[lane];
	return true;
}

static struct shop run(size_t nlanes, size_t npieces, size_t work_fails_at, size_t give_fails_at)
{
	static const struct ordered_map stages = {take, work, give};
	struct shop s = {
	    .npieces = npieces, .work_fails_at = work_fails_at, .give_fails_at = give_fails_at};
	ordered_map_run(&stages, nlanes, &s);
	return s;
}

static bool in_order(const struct shop *s)
{
	for (size_t i = 0; i < s->ngiven; i++) {
		if (s->given[i] != i)
			return false;
	}
	return true;
}

int main(void)
{
	threads_set_count(LANES);
	for (size_t nlanes = 1; nlanes <= LANES; nlanes++) {
		struct shop s = run(nlanes, PIECES, PIECES, PIECES);
		ok(s.ngiven == PIECES && in_order(&s), "%zu lanes: all pieces, in order", nlanes);
		ok(s.nrefused == 1,
		   "%zu lanes: who has said that there are no more is not asked again", nlanes);
		ok(s.threads[0] == (nlanes == 1 ? LANES : 1), "%zu lanes: a lane has %u threads",
		   nlanes, s.threads[0]);
		s = run(nlanes, PIECES, 17, PIECES);
		ok(s.ngiven == 17 && in_order(&s) && s.ntaken <= 17 + LANES,
		   "%zu lanes: after a failure at work only what was before it is given", nlanes);
		s = run(nlanes, PIECES, PIECES, 23);
		ok(s.ngiven == 23 && in_order(&s) && s.ntaken <= 23 + 2 * LANES,
		   "%zu lanes: after a failure to give nothing is given", nlanes);
		s = run(nlanes, 0, PIECES, PIECES);
		ok(s.ngiven == 0, "%zu lanes: no pieces", nlanes);
	}
	ok(threads_count() == LANES, "afterwards the caller has its threads again");
	return tap_end();
}
