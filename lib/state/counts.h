/* How often a detector was right and wrong about data of a known kind, and the text format of these
 * counts, nicestate(5), which merges. */
#ifndef COUNTS_H
#define COUNTS_H

#include "base/error.h"
#include "shard/shard_set.h"
#include "state/state_text.h"
#include "verdict/confusion.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { COUNTS_RULE = 400 };

/* Which data were expected: all normal, all anomalous, or as labels say. */
enum counts_kind { COUNTS_NORMAL, COUNTS_ANOMALOUS, COUNTS_LABELS };

/* Initialise with {0}, which is of no rule. */
struct counts {
	enum counts_kind kind;
	char rule[COUNTS_RULE]; /* what decided, printable ASCII */
	double promised;        /* the false positive rate that it promises; NaN: none */
	uint64_t nnan;          /* numbers that were nan, which are flagged */
	struct confusion confusion;
	struct shard_set shards; /* that the data are; no set: not told */
};

void counts_release(struct counts *c);
uint64_t counts_n(const struct counts *c); /* of all data */

/* Equal data give equal texts, however they were divided and merged; of all shards, that of one run
 * over all data. The set of shards must be joined. Write errors are left to ferror(f). */
void counts_write(const struct counts *c, FILE *f);

/* Reads the next state into the empty *c; *end is set if there is none. */
enum status counts_read(struct counts *c, struct state_text *in, bool *end, struct error *e);

/* Adds the other counts. STATUS_MISMATCH if both have a rule, and differ in it or in kind or
 * promise, or shards of one have a count that those of the other have not. */
enum status counts_merge(struct counts *c, const struct counts *other, struct error *e);

/* Merges all states of a text, of which there must be at least one; source as in state_text_init.
 */
enum status counts_merge_stream(struct counts *c, int fd, const char *source, struct error *e);

#endif
