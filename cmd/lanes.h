/* What niceflow and nicevae share: items of work, taken by several threads, whose results are
 * written in order. */
#ifndef LANES_H
#define LANES_H

#include "base/element.h"
#include "base/error.h"
#include "io/input.h"
#include "io/record_stream.h"
#include "progress.h"
#include "shard/shard_part.h"
#include "threads/ordered_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a program's items are computed by, and where they come from. */
struct lanes_setup {
	const void *model, *options; /* the program's own, for its stages */
	enum status (*workspace_init)(void **workspace, const void *model, struct error *e);
	void (*workspace_release)(void *workspace); /* NULL is fine */
	size_t rows;  /* items that a workspace takes at a time, at most LINEAR_MAX_ROWS */
	size_t room;  /* numbers that an item needs in lane.x */
	size_t batch; /* records at the most; 0: as many as keep the threads busy */
	enum progress_wish progress;

	/* The input, if there is one. */
	struct input_list *files;
	enum element type;
	size_t d; /* elements of a record */
	bool any_content;
	struct shard shard; /* of the files; count 0: all of them */
};

/* What one thread works on: a piece of the items. */
struct lane {
	void *workspace;
	double *x;      /* (rows, room); results take the place of what they are of */
	uint64_t first; /* item */
	size_t n;
	struct error error;
};

/* Items are the records of a batch, the dequantisations of all of them, or samples. A verb has this
 * as the first member of its own context. */
struct lanes {
	struct lanes_setup setup;
	struct progress progress;
	struct lane *all;
	size_t max, n, nready; /* one per thread; at work; with memory */
	uint64_t next, end;    /* items that no lane has taken */
	size_t piece;          /* items that a lane takes */
	struct record_stream in;
	const unsigned char *raw; /* the batch */
	struct shard_part part;   /* of the files; unless there are shards, zeros */
	uint64_t nbefore;         /* records before it, of this part */
	uint64_t nodd;            /* log-likelihoods that are nan or infinite */
	struct error error;       /* of reading on */
};

enum status lanes_init(struct lanes *l, const struct lanes_setup *setup, struct error *e);
void lanes_release(struct lanes *l);

/* All items, by as many lanes as they are worth. The context of the stages is l. */
enum status lanes_run(struct lanes *l, const struct ordered_map *stages, uint64_t nitems,
                      struct error *e);

/* The stage that takes a piece of the items, and more items for it. */
bool lanes_take(void *lanes, size_t lane);
void lanes_offer(struct lanes *l, uint64_t nitems);

/* Calls run for each batch of n records in the files: l->raw. */
enum status lanes_read(struct lanes *l,
                       enum status (*run)(struct lanes *l, size_t n, struct error *e),
                       struct error *e);

/* To standard output: a number as text that ends so, or as raw f64; n of them, one a line; raw f32.
 */
void lanes_write_number(double value, bool binary, char end);
void lanes_write_numbers(const double *values, size_t n, bool binary);
void lanes_write_f32(const double *values, size_t n);

#endif
