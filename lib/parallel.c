/*
 * Knows how work gets onto OpenMP's threads, without being compiled by an OpenMP compiler: calls
 * what GCC makes of "#pragma omp parallel", which GNU's runtime defines and LLVM's offers, too.
 * Where oneDNN was built for other threads nothing of it is there, and loops run on one thread.
 */
#include "parallel.h"

#include <stdbool.h>

extern void GOMP_parallel(void (*fn)(void *), void *data, unsigned nthreads, unsigned flags)
    __attribute__((weak));
extern int omp_get_thread_num(void) __attribute__((weak));
extern int omp_get_num_threads(void) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));
extern void omp_set_num_threads(int nthreads) __attribute__((weak));

struct loop {
	size_t n, grain;
	void (*work)(void *context, size_t begin, size_t end);
	void *context;
};

void parallel_set_threads(unsigned nthreads)
{
	if (omp_set_num_threads)
		omp_set_num_threads((int)nthreads);
}

unsigned parallel_threads(void)
{
	return omp_get_max_threads ? (unsigned)omp_get_max_threads() : 1;
}

static bool has_threads(void)
{
	return GOMP_parallel && omp_get_thread_num && omp_get_num_threads;
}

static size_t cut(const struct loop *l, size_t thread, size_t nthreads)
{
	size_t ngrains = (l->n + l->grain - 1) / l->grain;
	size_t at = (ngrains * thread / nthreads) * l->grain;
	return at < l->n ? at : l->n;
}

static void run(void *data)
{
	const struct loop *l = data;
	size_t thread = (size_t)omp_get_thread_num(), nthreads = (size_t)omp_get_num_threads();
	size_t begin = cut(l, thread, nthreads), end = cut(l, thread + 1, nthreads);
	if (begin < end)
		l->work(l->context, begin, end);
}

void parallel_for(size_t n, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                  void *context)
{
	struct loop loop = {n, grain, work, context};
	if (n > grain && parallel_threads() > 1 && has_threads())
		GOMP_parallel(run, &loop, 0, 0);
	else if (n > 0)
		work(context, 0, n);
}

struct crew {
	void (*work)(void *context, size_t thread);
	void *context;
};

static void run_member(void *data)
{
	const struct crew *c = data;
	parallel_set_threads(1); /* for this thread, until the crew parts */
	c->work(c->context, (size_t)omp_get_thread_num());
}

void parallel_run(unsigned nthreads, void (*work)(void *context, size_t thread), void *context)
{
	struct crew crew = {work, context};
	if (has_threads())
		GOMP_parallel(run_member, &crew, nthreads, 0);
	else
		work(context, 0);
}
