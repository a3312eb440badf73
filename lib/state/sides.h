/* The two sides of a ROC curve, and their text format, nicestate(5), which merges. */
#ifndef SIDES_H
#define SIDES_H

#include "base/error.h"
#include "shard/shard_set.h"
#include "state/state_text.h"
#include "stats/sample.h"

#include <stdbool.h>
#include <stdio.h>

/* Initialise with {0}. */
struct sides {
	struct sample normal, anomalous;
	struct shard_set shards; /* that they are; no set: not told */
};

void sides_release(struct sides *s);
void sides_sort(struct sides *s);

/* Of sorted sides. Equal numbers give equal texts, however they were divided and merged; of all
 * shards, that of one run over all numbers. The set of shards must be joined. Write errors are left
 * to ferror(f). */
void sides_write(const struct sides *s, FILE *f);

/* Reads the next state into the empty *s; *end is set if there is none. Memory is a small multiple
 * of the text. */
enum status sides_read(struct sides *s, struct state_text *in, bool *end, struct error *e);

/* Adds the numbers of the other. STATUS_MISMATCH as for partial_merge (state/partial.h). */
enum status sides_merge(struct sides *s, const struct sides *other, struct error *e);

/* Merges all states of a text, of which there must be at least one; source as in state_text_init.
 */
enum status sides_merge_stream(struct sides *s, int fd, const char *source, struct error *e);

#endif
