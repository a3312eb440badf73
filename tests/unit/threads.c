/* Loops on several threads: each index once, with any number of threads and any grain; signals stay
 * with the thread that has started the pool; and a system that has no threads left is done without
 * them. */
#define _GNU_SOURCE
#include "threads/threads.h"
#include "tap.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { N = 1000 };

struct tally {
	atomic_int counts[N];
	atomic_int unaligned, nested, unblocked;
	size_t grain;
	pthread_t caller;
};

/* Signals that the thread takes, of those that do not tell of its own faults. */
static int takes_signals(void)
{
	static const int some[] = {SIGHUP,  SIGINT,  SIGTERM, SIGUSR1,
	                           SIGUSR2, SIGALRM, SIGCHLD, SIGTSTP};
	sigset_t mask;
	int n = 0;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		n += !sigismember(&mask, some[i]);
	return n;
}

static void count(void *context, size_t begin, size_t end)
{
	struct tally *t = context;
	t->unaligned += begin % t->grain != 0;
	t->nested += threads_count() != 1;
	if (!pthread_equal(pthread_self(), t->caller))
		t->unblocked += takes_signals();
	nanosleep(&(struct timespec){.tv_nsec = 10000},
	          NULL); /* so that there is work for the others */
	for (size_t i = begin; i < end; i++)
		t->counts[i]++;
}

static void inner(void *context, size_t begin, size_t end)
{
	struct tally *t = context;
	for (size_t i = begin; i < end; i++)
		threads_for(N, 7, count, t);
}

static bool each(const struct tally *t, size_t n, int times)
{
	for (size_t i = 0; i < N; i++) {
		if (t->counts[i] != (i < n ? times : 0))
			return false;
	}
	return true;
}

static void loops(unsigned nthreads)
{
	static const size_t ns[] = {0, 1, 2, 7, 8, 999, N}, grains[] = {1, 2, 7, 100, N};
	size_t wrong = 0;
	threads_set_count(nthreads);
	for (size_t i = 0; i < sizeof(ns) / sizeof(*ns) * sizeof(grains) / sizeof(*grains); i++) {
		struct tally t = {.grain = grains[i % 5], .caller = pthread_self()};
		threads_for(ns[i / 5], t.grain, count, &t);
		wrong += !each(&t, ns[i / 5], 1) || t.unaligned || t.unblocked;
		wrong += nthreads > 1 && ns[i / 5] > t.grain && t.nested;
	}
	ok(wrong == 0,
	   "%u threads: each index once, at multiples of the grain, and no signals (%zu wrong)",
	   nthreads, wrong);
	struct tally t = {.grain = 7, .caller = pthread_self()};
	threads_for(5, 1, inner, &t);
	ok(each(&t, N, 5), "%u threads: loops in a loop", nthreads);
	ok(threads_count() == nthreads, "%u threads: afterwards the caller has them again",
	   nthreads);
}

struct crew {
	atomic_int ran[8];
};

static void member(void *context, size_t thread)
{
	struct crew *c = context;
	c->ran[thread]++;
}

static void crews(void)
{
	struct crew c = {0};
	int wrong = 0;
	for (int i = 0; i < 100; i++)
		threads_run(8, member, &c);
	for (int i = 0; i < 8; i++)
		wrong += c.ran[i] != 100;
	ok(wrong == 0, "each member of a crew runs once");
}

/* Root has no limit of threads. */
static void no_threads(void)
{
	struct rlimit limit = {0, 0};
	if (geteuid() == 0 && setuid(65534) != 0) {
		ok(true, "no more threads # SKIP cannot become another user");
		return;
	}
	getrlimit(RLIMIT_NPROC, &limit);
	setrlimit(RLIMIT_NPROC, &(struct rlimit){0, limit.rlim_max});
	loops(40);
	crews();
	/* The leak sanitizer looks at this process from a thread of its own. */
	setrlimit(RLIMIT_NPROC, &limit);
	prctl(PR_SET_DUMPABLE, 1);
}

int main(void)
{
	ok(threads_count() >= 1, "%u processors", threads_count());
	for (unsigned nthreads = 1; nthreads <= 8; nthreads += 1 + nthreads / 3)
		loops(nthreads);
	crews();
	ok(takes_signals() == 8, "the caller takes signals as before");
	no_threads();
	return tap_end();
}
