/* Pieces of work in three stages: taken one after the other, worked on by several threads at once,
 * given away in the order in which they were taken. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

/* Each thread has a number, its lane, and one piece at a time. */
struct pipeline {
	bool (*take)(void *context, size_t lane); /* one lane at a time; false: no piece, for no one */
	bool (*work)(void *context, size_t lane); /* all lanes at once; false: give nothing from here on */
	bool (*give)(void *context, size_t lane); /* one lane at a time, in turn; false as in work */
};

/* Until take has said that there are no more, or work or give have failed. With one lane the caller
 * does all of it, and work may use the other threads; with more they are busy with pieces of their own. */
void pipeline_run(const struct pipeline *p, size_t nlanes, void *context);

#endif
