/*
 * Integers and fractions of any size: the one place that includes GMP's header, and the memory for
 * those that have no bound. GMP itself would end the process when memory runs out.
 */
#ifndef BIGNUM_H
#define BIGNUM_H

#include "base/error.h"

#include <gmp.h>
#include <stddef.h>

/* Calls work(arg), in which GMP's numbers may be of any size, and frees all memory that was taken
 * in it and not given back, so that a number need not be cleared. If memory runs out, work does not
 * return from where it is, and the status is STATUS_MEMORY. Not for two threads at once, and not
 * within itself. work may use stats/exact_sum.h before its first number, and not later. */
enum status bignum_run(void (*work)(void *arg), void *arg, struct error *e);

/* Memory for n things of that size, for use within work; never NULL. */
void *bignum_array(size_t n, size_t size);

/* An array that bignum_array gave, now for n things instead of old. Numbers may be moved. */
void *bignum_resize(void *array, size_t old, size_t n, size_t size);

#endif
