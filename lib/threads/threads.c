/*
 * A pool of threads that take ranges of one loop at a time. Each begins with a section of its own,
 * the same in all loops, as far as it gets: what one loop has left in the cache of a processor, the
 * next one finds there.
 *
 * Nobody waits for a thread that does not run: the thread that has a loop takes ranges until there
 * are none, and then waits only for those who are at work on one. Between two loops a thread spins
 * for some tens of microseconds, which bridges two products, and then sleeps. Signals from
 * elsewhere are blocked in the pool's threads: a handler never runs where oneDNN computes.
 */
#define _GNU_SOURCE
#include "threads/threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

enum {
	SPIN_NS = 25000, /* that a thread spins at most, by the clock */
	SPINS = 64,      /* between two looks at it */
	TRIES = 100,     /* to take the lock, before a sleep */
	RANGES_PER_THREAD = 4,
	MAX_SECTIONS = 64,
	STACK_BYTES = 2 << 20 /* several times what oneDNN needs to make kernels, whatever the
	                         limit for the process */
};

/* Ranges that follow each other. */
struct section {
	_Alignas(64) atomic_size_t next; /* not taken yet */
	size_t end;
};

struct loop {
	size_t n, range; /* range: what a thread takes at a time */
	void (*work)(void *context, size_t begin, size_t end);
	void *context;
	struct section *sections;
	unsigned nsections;
	unsigned nwanted;     /* helpers that may still join; under the pool's lock */
	atomic_uint nhelpers; /* at work; changed under the pool's lock */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t posted, left;
	struct loop *loop;   /* NULL: none that could be joined */
	atomic_uint nposted; /* loops so far; changed under the lock */
	unsigned nthreads;
	bool exhausted; /* the system has refused another thread */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .posted = PTHREAD_COND_INITIALIZER,
          .left = PTHREAD_COND_INITIALIZER};

static _Thread_local unsigned threads; /* that the calling one uses; 0: not said yet */

static unsigned count_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
#endif
	return n > 0 ? (unsigned)n : 1;
}

void threads_set_count(unsigned nthreads)
{
	threads = nthreads;
}

unsigned threads_count(void)
{
	if (threads == 0)
		threads = count_processors();
	return threads;
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Waits a little while *number is `value`, or while it is not. */
static void spin(atomic_uint *number, unsigned value, bool equal)
{
	int64_t end = nanoseconds() + SPIN_NS;
	do {
		for (int i = 0; i < SPINS; i++) {
			if ((*number == value) != equal)
				return;
			relax();
		}
	} while (nanoseconds() < end);
}

/* Whoever has spun comes as another is about to unlock, which is sooner over than a sleep. */
static void lock_pool(void)
{
	for (int i = 0; i < TRIES; i++) {
		if (pthread_mutex_trylock(&pool.lock) == 0)
			return;
		relax();
	}
	pthread_mutex_lock(&pool.lock);
}

/* Ranges, until there are none; first those of the thread's own section. */
static void take_part(struct loop *l, unsigned thread)
{
	for (unsigned i = 0; i < l->nsections; i++) {
		struct section *s = &l->sections[(thread + i) % l->nsections];
		for (size_t begin; (begin = atomic_fetch_add(&s->next, l->range)) < s->end;) {
			size_t end = s->end - begin < l->range ? s->end : begin + l->range;
			l->work(l->context, begin, end);
		}
	}
}

/* Waits for a loop that has not been seen, and joins it; NULL if it is over or has helpers enough.
 */
static struct loop *join(unsigned *seen)
{
	spin(&pool.nposted, *seen, true);
	lock_pool();
	while (pool.nposted == *seen)
		pthread_cond_wait(&pool.posted, &pool.lock);
	*seen = pool.nposted;
	struct loop *l = pool.loop;
	if (l && l->nwanted > 0) {
		l->nwanted--;
		l->nhelpers++;
	} else {
		l = NULL;
	}
	pthread_mutex_unlock(&pool.lock);
	return l;
}

/* After this the loop may be gone. */
static void leave(struct loop *l)
{
	lock_pool();
	if (--l->nhelpers == 0)
		pthread_cond_signal(&pool.left);
	pthread_mutex_unlock(&pool.lock);
}

static void *help(void *number)
{
	threads = 1;
	for (unsigned seen = 0;;) {
		struct loop *l = join(&seen);
		if (l) {
			take_part(l, (unsigned)(uintptr_t)number);
			leave(l);
		}
	}
	return NULL;
}

/* Signals that a thread brings about itself: a write that nobody reads, memory that is not there.
 * They end the process. All others are blocked: no handler runs in a thread that computes. */
static const int own_faults[] = {SIGPIPE, SIGBUS,  SIGSEGV, SIGFPE,
                                 SIGILL,  SIGTRAP, SIGSYS,  SIGABRT};

/* With the lock held. */
static void start_threads(unsigned nwanted)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	if (pool.nthreads >= nwanted || pool.exhausted || pthread_attr_init(&attr) != 0)
		return;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	for (size_t i = 0; i < sizeof(own_faults) / sizeof(*own_faults); i++)
		sigdelset(&all, own_faults[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool.nthreads < nwanted && !pool.exhausted) {
		void *number = (void *)(uintptr_t)(pool.nthreads + 1);
		pool.exhausted = pthread_create(&thread, &attr, help, number) != 0;
		pool.nthreads += !pool.exhausted;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
}

/* False if there is nobody to share the loop with: no thread, or all are busy with another's loop.
 */
static bool post(struct loop *l)
{
	lock_pool();
	start_threads(l->nwanted);
	bool free = !pool.loop && pool.nthreads > 0;
	if (free) {
		pool.loop = l;
		pool.nposted++;
		pthread_cond_broadcast(&pool.posted);
	}
	pthread_mutex_unlock(&pool.lock);
	return free;
}

/* Nobody joins the loop any more, and nobody is at work on it. */
static void withdraw(struct loop *l)
{
	lock_pool();
	pool.loop = NULL;
	pthread_mutex_unlock(&pool.lock);
	spin(&l->nhelpers, 0, false);
	lock_pool();
	while (l->nhelpers > 0)
		pthread_cond_wait(&pool.left, &pool.lock);
	pthread_mutex_unlock(&pool.lock);
}

/* As many as threads, but not more than ranges. */
static void divide(struct loop *l, struct section sections[MAX_SECTIONS], unsigned nthreads)
{
	size_t nranges = (l->n + l->range - 1) / l->range, n = nthreads;
	n = n < nranges ? n : nranges;
	n = n < MAX_SECTIONS ? n : MAX_SECTIONS;
	for (size_t i = 0; i < n; i++) {
		size_t end = nranges * (i + 1) / n * l->range;
		sections[i].next = nranges * i / n * l->range;
		sections[i].end = end < l->n ? end : l->n;
	}
	l->sections = sections;
	l->nsections = (unsigned)n;
}

static void share(struct loop *l, unsigned nthreads)
{
	struct section sections[MAX_SECTIONS];
	unsigned before = threads_count();
	l->nwanted = nthreads - 1;
	divide(l, sections, nthreads);
	if (post(l)) {
		threads = 1;
		take_part(l, 0);
		withdraw(l);
		threads = before;
	} else {
		l->work(l->context, 0, l->n);
	}
	l->sections = NULL;
}

static void run(struct loop *l, unsigned nthreads)
{
	if (nthreads > 1 && l->n > l->range)
		share(l, nthreads);
	else if (l->n > 0)
		l->work(l->context, 0, l->n);
}

void threads_for(size_t n, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                 void *context)
{
	size_t ngrains = (n + grain - 1) / grain,
	       nranges = (size_t)threads_count() * RANGES_PER_THREAD;
	size_t range = (ngrains + nranges - 1) / nranges * grain;
	if (n <= grain || threads_count() == 1)
		range = n;
	run(&(struct loop){.n = n, .range = range, .work = work, .context = context},
	    threads_count());
}

struct crew {
	void (*work)(void *context, size_t thread);
	void *context;
};

static void run_members(void *context, size_t begin, size_t end)
{
	const struct crew *c = context;
	for (size_t i = begin; i < end; i++)
		c->work(c->context, i);
}

void threads_run(unsigned nthreads, void (*work)(void *context, size_t thread), void *context)
{
	struct crew crew = {work, context};
	run(&(struct loop){.n = nthreads, .range = 1, .work = run_members, .context = &crew},
	    nthreads);
}
