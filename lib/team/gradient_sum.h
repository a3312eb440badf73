/*
 * The sum of the gradients of a batch's parts (micro-batches), whichever processes compute them:
 * the same bits for any number of processes. Parts 0 .. count-1 are the leaves of a fixed binary
 * tree; the left child of a node over k of them has the greatest power of two below k. Each node is
 * the sum, in float32, of its children. A process adds up the subtrees that lie within its own
 * parts; then each process gets the sums of these for a slice of the parameters, and adds them up
 * along the rest of the tree.
 */
#ifndef GRADIENT_SUM_H
#define GRADIENT_SUM_H

#include "base/error.h"
#include "team/team.h"

#include <stdbool.h>
#include <stddef.h>

/* A node of the tree: the sum over the parts begin .. end-1. */
struct gradient_node {
	size_t begin, end;
	float *sum;
};

struct gradient_stack {
	struct gradient_node nodes[128]; /* at most two of each size, of 2^64 parts */
	size_t depth;
};

struct gradient_sum {
	const struct team *team;
	size_t n, count; /* floats of a gradient; parts */
	size_t *parts;   /* which parts each process computes, as team_share: (size + 1) */
	size_t *slices;  /* which floats each process gets the sum of: (size + 1) */
	float **buffers; /* (nbuffers), each n floats */
	size_t nbuffers;
	struct gradient_stack own; /* what is summed up of this process's parts */

	/* Of several processes. */
	struct gradient_node *others; /* subtrees of the other processes, in their order */
	size_t *owners;               /* (nothers) */
	size_t nothers;
	float *received; /* (nothers, slice) */
	struct team_message *sends, *receives;
};

/* For gradients of n floats in `count` parts. Slices begin at multiples of grain. Zero may be
 * released. */
enum status gradient_sum_init(struct gradient_sum *s, const struct team *team, size_t n,
                              size_t grain, size_t count, struct error *e);
void gradient_sum_release(struct gradient_sum *s);

/* Begins a batch, whatever became of the one before. */
void gradient_sum_begin(struct gradient_sum *s);

/* Where the gradient of this process's next part is to be put, n floats, or, if *add, added to that
 * of the part before, its sibling; and that it is there. The parts come in order, s->parts[rank] ..
 * s->parts[rank + 1] - 1. */
float *gradient_sum_next(struct gradient_sum *s, bool *add);
void gradient_sum_done(struct gradient_sum *s);

/* After the last part: the sum of all, for this process's slice, until the next part is asked for.
 */
const float *gradient_sum_total(struct gradient_sum *s);

#endif
