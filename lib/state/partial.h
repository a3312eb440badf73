/* Mergeable partial statistics: the moments of one part of the numbers, which can be merged with
 * those of other parts, and their text format, nicestate(5). */
#ifndef PARTIAL_H
#define PARTIAL_H

#include "base/error.h"
#include "shard/shard_set.h"
#include "state/state_text.h"
#include "stats/moments.h"
#include "stats/sample.h"
#include "stats/scorer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct partial {
	struct scorer scorer;    /* of all numbers */
	struct shard_set shards; /* that they are; no set: not told */
	struct moments moments;
	bool keeps;           /* the numbers themselves are kept, too */
	struct sample sample; /* the numbers kept, in any order */
};

void partial_init(struct partial *s, bool keeps);
void partial_release(struct partial *s);

/* Adds the values up to the first one that is NaN or infinite; *added is their count. */
enum status partial_add(struct partial *s, const double *values, size_t n, size_t *added,
                        struct error *e);

/* Adds the numbers of another state, which must keep them if *s does. Numbers of different scorers,
 * or of a known and an unknown one, or of shards of different counts, or of shards and of none, are
 * STATUS_MISMATCH; no numbers of none are neutral. Doubled shards are found by shard_set_join. */
enum status partial_merge(struct partial *s, const struct partial *other, struct error *e);

/* The numbers kept, sorted. */
const struct sample *partial_sorted(struct partial *s);

/* Equal numbers give equal texts, however they were divided and merged; of all shards, that of one
 * run over all numbers. The set of shards must be joined. Write errors are left to ferror(f). */
void partial_write(struct partial *s, FILE *f);

/* Reads the next of several concatenated states into the empty *s; it must contain its numbers if
 * *s keeps them. *end is set if there is none. Errors name the line. Memory is a small multiple of
 * the text. */
enum status partial_read(struct partial *s, struct state_text *in, bool *end, struct error *e);

#endif
