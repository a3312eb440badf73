/* What the text formats of states share, nicestate(5): lines of a name, a tab and a value, the set
 * of shards that a state is of, and numbers in ascending order. */
#ifndef STATE_TEXT_H
#define STATE_TEXT_H

#include "base/error.h"
#include "io/lines.h"
#include "shard/shard.h"
#include "shard/shard_set.h"
#include "stats/sample.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Places in messages are line numbers. */
struct state_text {
	struct lines lines;
	const char *source; /* the name of the file, for messages on shards; may be NULL */
	char *ahead;        /* a line that has been looked at; NULL: none */
};

/* Reads from fd from now on; the caller keeps it, and source. */
enum status state_text_init(struct state_text *t, int fd, const char *source, struct error *e);
void state_text_release(struct state_text *t);

/* The version, 1 to nversions, of the next state, whose first line has that name; 0 with an error,
 * and at the end of the text. */
int state_text_begin(struct state_text *t, const char *magic, int nversions, struct error *e);

/* The value of the next line, valid until the next call; NULL with an error, which it is if the
 * line has another name, or there is none. */
const char *state_text_value(struct state_text *t, const char *name, struct error *e);

/* The same for a line whose value is an integer from 0 to max. */
enum status state_text_count(struct state_text *t, const char *name, uint64_t max, uint64_t *out,
                             struct error *e);

/* Whether the next line has that name. */
bool state_text_at(struct state_text *t, const char *name, struct error *e);

/* Reads the lines "shards" and "shard" into the empty *s. */
enum status state_text_shards(struct state_text *t, struct shard_set *s, struct error *e);

/* Writes them for a joined set, of which some but not all shards are there; else there are none. */
bool state_text_has_shards(const struct shard_set *s);
void state_text_write_shards(const struct shard_set *s, FILE *f);

/* Puts before an error "the state that ends in line ...", the last one read. */
void state_text_blame(const struct state_text *t, struct error *e);

/* Calls merge_next, which is to merge the next state into *total or to set *end if there is none,
 * until it does: for all states of a text, of which there must be at least one. */
typedef void state_merger(void *total, struct state_text *t, bool *end, struct error *e);
enum status state_text_merge(int fd, const char *source, state_merger *merge_next, void *total,
                             struct error *e);

/* Which numbers a state may have. */
enum state_numbers { STATE_FINITE, STATE_ANY };

/* Reads the next number, which must not be less than *value (stats/sample.h), and replaces it. */
enum status state_text_number(struct state_text *t, enum state_numbers which, double *value,
                              struct error *e);

#endif
