/* Pieces of work in three stages: taken one after the other, worked on by several threads at once,
 * given away in the order in which they were taken. */
#ifndef ORDERED_MAP_H
#define ORDERED_MAP_H

#include <stdbool.h>
#include <stddef.h>

/* Each thread has a number, its lane, and one piece at a time. */
struct ordered_map {
	bool (*take)(void *context,
	             size_t lane); /* one lane at a time; false: no piece, for no one */
	bool (*work)(void *context,
	             size_t lane); /* all lanes at once; false: give nothing from here on */
	bool (*give)(void *context,
	             size_t lane); /* one lane at a time, in turn; false as in work */
};

/* Until take has said that there are no more, or work or give have failed. With one lane the caller
 * does all of it, and work may use the other threads; with more they are busy with pieces of their
 * own. */
void ordered_map_run(const struct ordered_map *p, size_t nlanes, void *context);

#endif
