/*
 * Training records in windows, for data sets that are larger than the memory: an order of them
 * that is read from a disk in long pieces, and which pieces are needed next.
 *
 * Blocks of consecutive training records are put in random order. Every WINDOW_BLOCKS of them, in
 * that order, are a window, whose records are shuffled. The pages of a window are asked for while
 * the one before it is worked on, and let go behind it.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "base/error.h"
#include "train/dataset.h"

#include <stddef.h>
#include <stdint.h>

enum { WINDOW_BLOCKS = 64 };

struct window {
	const struct dataset *set; /* the caller's */
	const uint32_t *numbers;   /* of its training records, ascending, (n); the caller's */
	size_t n;
	size_t block;     /* records; the last block may have fewer */
	uint32_t *blocks; /* in the order of the epoch, (nblocks) */
	size_t nblocks;
	size_t first;      /* block, in that order, of the window that is worked on */
	size_t begin, end; /* places, in the order of the epoch, of its records */
	size_t nexpected;  /* blocks, in that order, whose pages have been asked for */
};

/* Windows of at most `records` records, WINDOW_BLOCKS or more; or 0: all n > 0 are one block, which
 * is shuffled as a whole, and nothing is said about pages. Pages that are in memory are let go. */
enum status window_init(struct window *w, const struct dataset *set, const uint32_t *numbers,
                        size_t n, size_t records, struct error *e);
void window_release(struct window *w);

/* Begins an epoch, whose order depends on it and the seed alone: order (n). */
void window_shuffle(struct window *w, uint64_t seed, uint64_t epoch, uint32_t *order);

/* Records begin .. end-1 of that order are going to be read; what is before begin, no more. */
void window_advance(struct window *w, size_t begin, size_t end);

#endif
