/* Training records in windows. */
#include "train/window.h"

#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status window_init(struct window *w, const struct dataset *set, const uint32_t *numbers,
                        size_t n, size_t records, struct error *e)
{
	struct window made = {.set = set, .numbers = numbers, .n = n};
	assert(n > 0 && (records == 0 || records >= WINDOW_BLOCKS));
	made.block = records > 0 ? records / WINDOW_BLOCKS : n;
	made.nblocks = n / made.block + (n % made.block > 0);
	made.blocks = calloc(made.nblocks, sizeof(uint32_t));
	if (!made.blocks)
		return error_memory(e);
	if (made.nblocks > 1)
		dataset_leave(set, numbers[0], numbers[n - 1]);
	*w = made;
	return STATUS_OK;
}

void window_release(struct window *w)
{
	free(w->blocks);
	*w = (struct window){0};
}

static size_t block_size(const struct window *w, uint32_t block)
{
	size_t rest = w->n - block * w->block;
	return rest < w->block ? rest : w->block;
}

static size_t window_end(const struct window *w, size_t first)
{
	return w->nblocks - first < WINDOW_BLOCKS ? w->nblocks : first + WINDOW_BLOCKS;
}

/* Records of the window that begins with that block of the order. */
static size_t window_size(const struct window *w, size_t first)
{
	size_t n = 0;
	for (size_t i = first; i < window_end(w, first); i++)
		n += block_size(w, w->blocks[i]);
	return n;
}

/* ---- pages ---- */

/* What dataset_expect or dataset_leave does, for blocks begin .. end-1 of the order. */
static void advise(const struct window *w, size_t begin, size_t end, dataset_advice *advice)
{
	for (size_t i = begin; i < end; i++) {
		const uint32_t *records = w->numbers + w->blocks[i] * w->block;
		size_t n = block_size(w, w->blocks[i]);
		advice(w->set, records[0], records[n - 1]);
	}
}

static void expect(struct window *w, size_t end)
{
	if (end > w->nblocks)
		end = w->nblocks;
	if (w->nexpected < w->first)
		w->nexpected = w->first;
	if (end > w->nexpected) {
		advise(w, w->nexpected, end, dataset_expect);
		w->nexpected = end;
	}
}

static void leave(struct window *w, size_t end)
{
	if (w->nexpected > w->first)
		advise(w, w->first, w->nexpected < end ? w->nexpected : end, dataset_leave);
}

static void open_next(struct window *w)
{
	size_t next = window_end(w, w->first);
	leave(w, next);
	w->first = next;
	w->begin = w->end;
	w->end += window_size(w, next);
}

/* All of this window, and as much of the next as has been worked on of this. */
void window_advance(struct window *w, size_t begin, size_t end)
{
	if (w->nblocks == 1)
		return;
	while (begin >= w->end && w->end < w->n)
		open_next(w);
	size_t done = (end < w->end ? end : w->end) - w->begin, all = w->end - w->begin;
	expect(w, w->first + WINDOW_BLOCKS + done * WINDOW_BLOCKS / all);
}

/* ---- order ---- */

/* Fisher and Yates. */
static void shuffle(struct rng *rng, uint32_t *values, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)rng_below(rng, i);
		uint32_t swap = values[i - 1];
		values[i - 1] = values[j];
		values[j] = swap;
	}
}

static void shuffle_window(const struct window *w, struct rng *rng, size_t first, uint32_t *order)
{
	size_t n = 0;
	for (size_t i = first; i < window_end(w, first); i++) {
		size_t size = block_size(w, w->blocks[i]);
		memcpy(order + n, w->numbers + w->blocks[i] * w->block, size * sizeof(uint32_t));
		n += size;
	}
	shuffle(rng, order, n);
}

void window_shuffle(struct window *w, uint64_t seed, uint64_t epoch, uint32_t *order)
{
	struct rng rng;
	size_t place = 0;
	leave(w, w->nexpected);
	rng_init(&rng, seed, RNG_SHUFFLE, epoch);
	for (size_t i = 0; i < w->nblocks; i++)
		w->blocks[i] = (uint32_t)i;
	shuffle(&rng, w->blocks, w->nblocks);
	for (size_t i = 0; i < w->nblocks; i = window_end(w, i)) {
		shuffle_window(w, &rng, i, order + place);
		place += window_size(w, i);
	}
	w->first = w->nexpected = w->begin = 0;
	w->end = window_size(w, 0);
}
