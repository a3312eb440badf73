/*
 * OpenMP's threads for `make check-tsan`: ThreadSanitizer does not know how GNU's runtime makes one
 * thread wait for another, and would see races everywhere. These are the functions of it that
 * lib/parallel.c and oneDNN call, on POSIX threads, which it does know; linked before the runtime,
 * they are found in its place. Each loop starts its threads and waits for them: slow, and simple.
 *
 * What oneDNN's own code reads and writes is not seen, since it was not compiled for that; what ours
 * hands it and takes back is.
 */
#include <pthread.h>
#include <stdlib.h>

void GOMP_parallel(void (*fn)(void *), void *data, unsigned nthreads, unsigned flags);
void GOMP_barrier(void);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
int omp_in_parallel(void);
void omp_set_num_threads(int n);

struct team {
	void (*fn)(void *);
	void *data;
	int size;
	pthread_barrier_t barrier;
};

struct member {
	struct team *team; /* NULL: alone */
	int number;
	int wanted; /* threads of its next team */
};

enum { MOST = 64 };

/* Four threads: more than there may be cores, as loops are to be cut. */
static _Thread_local struct member self = {.wanted = 4};

static void *run(void *member)
{
	self = *(struct member *)member;
	self.team->fn(self.team->data);
	return NULL;
}

void GOMP_parallel(void (*fn)(void *), void *data, unsigned nthreads, unsigned flags)
{
	struct member outer = self, members[MOST];
	pthread_t threads[MOST];
	struct team team = {fn, data, nthreads > 0 && nthreads < MOST ? (int)nthreads : self.wanted, {{0}}};
	(void)flags;
	if (outer.team) /* nested: by the one that is here */
		team.size = 1;
	pthread_barrier_init(&team.barrier, NULL, (unsigned)team.size);
	for (int i = 0; i < team.size; i++)
		members[i] = (struct member){&team, i, outer.wanted};
	for (int i = 1; i < team.size; i++)
		if (pthread_create(&threads[i], NULL, run, &members[i]) != 0)
			abort();
	run(&members[0]);
	for (int i = 1; i < team.size; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&team.barrier);
	self = outer;
}

void GOMP_barrier(void)
{
	if (self.team)
		pthread_barrier_wait(&self.team->barrier);
}

int omp_get_thread_num(void) { return self.number; }
int omp_get_num_threads(void) { return self.team ? self.team->size : 1; }
int omp_get_max_threads(void) { return self.wanted; }
int omp_in_parallel(void) { return self.team && self.team->size > 1; }
void omp_set_num_threads(int n) { self.wanted = n < MOST ? n : MOST; }
