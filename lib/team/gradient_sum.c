/* Sums of gradients along a fixed tree. */
#include "team/gradient_sum.h"

#include "nn/mlp_training.h"
#include "system/hugepage.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

/* ---- the tree ---- */

/* The parts in the left child of a node over k > 1. */
static size_t left_parts(size_t k)
{
	size_t power = 1;
	while (power < k - power)
		power *= 2;
	return power;
}

/* Whether left and right are the children of one node of the tree over `count` parts. */
static bool siblings(size_t count, const struct gradient_node *left,
                     const struct gradient_node *right)
{
	size_t begin = 0, end = count;
	while (begin < left->begin || end > right->end) {
		size_t middle = begin + left_parts(end - begin);
		if (right->end <= middle)
			end = middle;
		else if (left->begin >= middle)
			begin = middle;
		else
			return false;
	}
	return left->end == right->begin && left->end == begin + left_parts(end - begin);
}

/* Sums up what has become complete at the top of the stack. The sums: n floats each; NULL, to see
 * what would become of them. */
static void complete(struct gradient_stack *stack, size_t count, size_t n)
{
	while (stack->depth >= 2) {
		struct gradient_node *left = &stack->nodes[stack->depth - 2], *right = left + 1;
		if (!siblings(count, left, right))
			break;
		if (left->sum)
			mlp_training_add(PRECISION_F32, n, right->sum, left->sum);
		left->end = right->end;
		stack->depth--;
	}
}

static void push(struct gradient_stack *stack, size_t count, struct gradient_node node, size_t n)
{
	stack->nodes[stack->depth++] = node;
	complete(stack, count, n);
}

/* Whether the part is the right child of a node whose left one, a part as well, is on the stack. */
static bool joins(const struct gradient_stack *stack, size_t count, size_t part)
{
	const struct gradient_node node = {part, part + 1, NULL};
	if (stack->depth == 0)
		return false;
	const struct gradient_node *top = &stack->nodes[stack->depth - 1];
	return top->end - top->begin == 1 && siblings(count, top, &node);
}

/* The part is there: at the top of the stack, if it joins what is there, or in that buffer. */
static void take_part(struct gradient_stack *stack, size_t count, size_t part, float *buffer,
                      size_t n)
{
	if (joins(stack, count, part))
		stack->nodes[stack->depth - 1].end++;
	else
		stack->nodes[stack->depth++] = (struct gradient_node){part, part + 1, buffer};
	complete(stack, count, n);
}

/* The subtrees that parts begin .. end-1 are made of. Returns how many nodes are there at once. */
static size_t plan(struct gradient_stack *stack, size_t count, size_t begin, size_t end)
{
	size_t most = 0;
	*stack = (struct gradient_stack){0};
	for (size_t k = begin; k < end; k++) {
		size_t there = stack->depth + !joins(stack, count, k);
		most = there > most ? there : most;
		take_part(stack, count, k, NULL, 0);
	}
	return most;
}

/* ---- set-up ---- */

static size_t slice_size(const struct gradient_sum *s)
{
	return s->slices[s->team->rank + 1] - s->slices[s->team->rank];
}

static enum status allocate_buffers(struct gradient_sum *s, size_t nbuffers, struct error *e)
{
	s->buffers = calloc(nbuffers + 1, sizeof(*s->buffers));
	if (!s->buffers)
		return error_memory(e);
	for (; s->nbuffers < nbuffers; s->nbuffers++) {
		s->buffers[s->nbuffers] = hugepage_zeroed(s->n, sizeof(float));
		if (!s->buffers[s->nbuffers])
			return error_memory(e);
	}
	return STATUS_OK;
}

static size_t count_subtrees(const struct gradient_sum *s, size_t process)
{
	struct gradient_stack stack;
	plan(&stack, s->count, s->parts[process], s->parts[process + 1]);
	return stack.depth;
}

static enum status allocate_exchange(struct gradient_sum *s, struct error *e)
{
	size_t size = s->team->size, nown = count_subtrees(s, s->team->rank);
	for (size_t r = 0; r < size; r++) {
		if (r != s->team->rank)
			s->nothers += count_subtrees(s, r);
	}
	s->others = calloc(s->nothers + 1, sizeof(*s->others));
	s->owners = calloc(s->nothers + 1, sizeof(*s->owners));
	s->receives = calloc(s->nothers + 1, sizeof(*s->receives));
	s->sends = calloc(nown * (size - 1) + 1, sizeof(*s->sends));
	s->received = hugepage_alloc(s->nothers * slice_size(s) + 1, sizeof(float));
	if (!s->others || !s->owners || !s->receives || !s->sends || !s->received)
		return error_memory(e);
	return STATUS_OK;
}

/* What the others will send, in the order of the parts. */
static void expect_others(struct gradient_sum *s)
{
	size_t slice = slice_size(s), at = 0;
	for (size_t r = 0; r < s->team->size; r++) {
		struct gradient_stack stack = {0};
		if (r != s->team->rank)
			plan(&stack, s->count, s->parts[r], s->parts[r + 1]);
		for (size_t i = 0; i < stack.depth; i++, at++) {
			s->others[at] = stack.nodes[i];
			s->others[at].sum = s->received + at * slice;
			s->owners[at] = r;
			s->receives[at] = (struct team_message){r, s->others[at].sum, slice};
		}
	}
}

static enum status set_up(struct gradient_sum *s, size_t grain, struct error *e)
{
	struct gradient_stack stack;
	const struct team *team = s->team;
	s->parts = calloc(team->size + 1, sizeof(*s->parts));
	s->slices = calloc(team->size + 1, sizeof(*s->slices));
	if (!s->parts || !s->slices)
		return error_memory(e);
	team_share(team, s->count, 1, s->parts);
	team_share(team, s->n, grain, s->slices);
	size_t needed = plan(&stack, s->count, s->parts[team->rank], s->parts[team->rank + 1]);
	if (allocate_buffers(s, needed, e) == STATUS_OK && team->size > 1 &&
	    allocate_exchange(s, e) == STATUS_OK)
		expect_others(s);
	return e->status;
}

enum status gradient_sum_init(struct gradient_sum *s, const struct team *team, size_t n,
                              size_t grain, size_t count, struct error *e)
{
	struct gradient_sum made = {.team = team, .n = n, .count = count};
	if (team->size > 1 && n > INT_MAX)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "%zu parameters are too many for several processes", n);
	if (set_up(&made, grain, e) == STATUS_OK)
		*s = made;
	else
		gradient_sum_release(&made);
	return e->status;
}

void gradient_sum_release(struct gradient_sum *s)
{
	for (size_t i = 0; i < s->nbuffers; i++)
		free(s->buffers[i]);
	free(s->buffers);
	free(s->parts);
	free(s->slices);
	free(s->others);
	free(s->owners);
	free(s->received);
	free(s->sends);
	free(s->receives);
	*s = (struct gradient_sum){0};
}

/* ---- a batch ---- */

static size_t next_part(const struct gradient_sum *s)
{
	size_t depth = s->own.depth;
	return depth > 0 ? s->own.nodes[depth - 1].end : s->parts[s->team->rank];
}

void gradient_sum_begin(struct gradient_sum *s)
{
	s->own.depth = 0;
}

/* A buffer is free when no node on the stack has it: nodes are as deep as their buffers. */
float *gradient_sum_next(struct gradient_sum *s, bool *add)
{
	*add = joins(&s->own, s->count, next_part(s));
	return s->buffers[s->own.depth - *add];
}

void gradient_sum_done(struct gradient_sum *s)
{
	take_part(&s->own, s->count, next_part(s), s->buffers[s->own.depth], s->n);
}

static void send_slices(struct gradient_sum *s)
{
	const struct team *team = s->team;
	size_t nsends = 0;
	for (size_t r = 0; r < team->size; r++) {
		for (size_t i = 0; i < s->own.depth && r != team->rank; i++)
			s->sends[nsends++] = (struct team_message){
			    r, s->own.nodes[i].sum + s->slices[r], s->slices[r + 1] - s->slices[r]};
	}
	team_exchange(team, s->sends, nsends, s->receives, s->nothers);
}

/* All subtrees of all processes, in order, this process's slice of each. */
static const float *add_up(struct gradient_sum *s)
{
	struct gradient_stack stack = {0};
	size_t slice = slice_size(s), i = 0, rank = s->team->rank;
	for (; i < s->nothers && s->owners[i] < rank; i++)
		push(&stack, s->count, s->others[i], slice);
	for (size_t k = 0; k < s->own.depth; k++) {
		struct gradient_node node = s->own.nodes[k];
		node.sum += s->slices[rank];
		push(&stack, s->count, node, slice);
	}
	for (; i < s->nothers; i++)
		push(&stack, s->count, s->others[i], slice);
	return stack.nodes[0].sum;
}

const float *gradient_sum_total(struct gradient_sum *s)
{
	const float *total = s->own.depth > 0 ? s->own.nodes[0].sum : NULL;
	if (s->team->size > 1) {
		send_slices(s);
		total = add_up(s);
	}
	return total;
}
