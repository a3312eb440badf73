/* Loops on several threads: a pool of POSIX threads that the process starts when it first needs
 * them. */
#ifndef THREADS_H
#define THREADS_H

#include <stddef.h>

/* How many threads the calling one uses from now on; the default is one for each processor that the
 * process may run on. */
void threads_set_count(unsigned nthreads);
unsigned threads_count(void);

/* Calls work(context, begin, end) for ranges that together are 0 .. n-1, each beginning at a
 * multiple of grain; a loop of no more than grain runs on the calling thread alone. Which thread
 * gets which range is left to chance, and so is where they are cut: results must not depend on it.
 * On the threads that share a loop threads_count() is 1, so that loops inside it are not shared
 * again. Threads that the system refuses to start are done without. */
void threads_for(size_t n, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                 void *context);

/* Calls work(context, thread) for the numbers 0 .. nthreads-1, on as many threads; with fewer, one
 * after the other. */
void threads_run(unsigned nthreads, void (*work)(void *context, size_t thread), void *context);

#endif
