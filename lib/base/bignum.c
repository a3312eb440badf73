/* The memory of GMP's numbers. */
#include "base/bignum.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

/* Every block is in a list, so that all can be freed. */
struct block {
	_Alignas(max_align_t) struct block *previous;
	struct block *next;
};

static struct block list = {&list, &list};
static jmp_buf out_of_memory;

static void unlink_block(struct block *b)
{
	b->previous->next = b->next;
	b->next->previous = b->previous;
}

/* Also ends work if b is NULL. */
static void *link_block(struct block *b)
{
	if (!b)
		longjmp(out_of_memory, 1);
	b->previous = list.previous;
	b->next = &list;
	b->previous->next = b;
	list.previous = b;
	return b + 1;
}

static void *take(size_t size)
{
	return link_block(size > PTRDIFF_MAX ? NULL : malloc(sizeof(struct block) + size));
}

static void give_back(void *data, size_t size)
{
	struct block *b = (struct block *)data - 1;
	(void)size;
	unlink_block(b);
	free(b);
}

static void *take_again(void *data, size_t old_size, size_t size)
{
	struct block *old = (struct block *)data - 1, *b;
	(void)old_size;
	unlink_block(old);
	b = size > PTRDIFF_MAX ? NULL : realloc(old, sizeof(struct block) + size);
	if (!b)
		free(old);
	return link_block(b);
}

void *bignum_array(size_t n, size_t size)
{
	uint64_t bytes = UINT64_MAX;
	checked_mul(n, size, &bytes);
	return take(bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes);
}

void *bignum_resize(void *array, size_t old, size_t n, size_t size)
{
	uint64_t bytes = UINT64_MAX;
	checked_mul(n, size, &bytes);
	return take_again(array, old * size, bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes);
}

enum status bignum_run(void (*work)(void *arg), void *arg, struct error *e)
{
	mp_set_memory_functions(take, take_again, give_back);
	if (setjmp(out_of_memory) == 0)
		work(arg);
	else
		error_memory(e);
	while (list.next != &list) {
		struct block *b = list.next;
		list.next = b->next;
		free(b);
	}
	list.previous = &list;
	mp_set_memory_functions(NULL, NULL, NULL);
	return e->status;
}
