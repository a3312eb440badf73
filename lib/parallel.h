/* Work on the threads that the products use: oneDNN's OpenMP pool, so that no second set of threads
 * competes with it for the cores. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include <stddef.h>

/* How many threads the calling one uses from now on, in products, too; the default is one per core. */
void parallel_set_threads(unsigned nthreads);
unsigned parallel_threads(void);

/* Calls work(context, begin, end) for ranges that together are 0 .. n-1, one per thread, each
 * beginning at a multiple of grain. Results must not depend on where the ranges are cut. */
void parallel_for(size_t n, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                  void *context);

/* Calls work(context, thread) on nthreads threads at once, numbered from 0, or on fewer if the system
 * has no more of them; and returns when all have. In there parallel_threads() is 1. */
void parallel_run(unsigned nthreads, void (*work)(void *context, size_t thread), void *context);

#endif
