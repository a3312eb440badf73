/*
 * What is to be known of a part of the numbers so that it can be put together with what is known of
 * others, and its text, nicestate(5).
 */
#ifndef STATE_H
#define STATE_H

#include "sample.h"
#include "status.h"
#include "summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct state {
	struct summary summary;
	bool keeps;           /* the numbers themselves, too */
	struct sample sample; /* those, in any order */
};

void state_init(struct state *s, bool keeps);
void state_release(struct state *s);

/* Adds the values up to the first one that is NaN or infinite; *added tells how many that are. */
enum status state_add(struct state *s, const double *values, size_t n, size_t *added,
		      struct error *e);

/* Adds the numbers of another state, which must keep them if *s does. */
enum status state_merge(struct state *s, const struct state *other, struct error *e);

/* The numbers kept, sorted. */
const struct sample *state_sorted(struct state *s);

/* Equal numbers, equal texts, however they came about. Losses show at ferror(f). */
void state_write(struct state *s, FILE *f);

/* Reads the next state of a text that may hold several, one behind the other, into an empty *s; it
 * must have the numbers if *s keeps them. *end tells that there was none. *line counts the lines
 * read; the error names it. A state takes no more memory than a small multiple of its text. */
enum status state_read(struct state *s, FILE *f, uint64_t *line, bool *end, struct error *e);

#endif
