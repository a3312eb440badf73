/* Where partial statistics come from: streams of numbers, and texts of states to be merged. */
#ifndef PARTIAL_SOURCE_H
#define PARTIAL_SOURCE_H

#include "base/error.h"
#include "state/partial.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds all numbers of fd (io/numbers.h). One that is not finite is STATUS_MALFORMED, and the error
 * names its place; but with nskipped, NaN is passed over and counted there. */
enum status partial_add_stream(struct partial *p, int fd, bool binary, uint64_t *nskipped,
                               struct error *e);

/* Merges all states of a text, of which there must be at least one. source: its name, which stays
 * the caller's, for messages on shards. */
enum status partial_merge_stream(struct partial *p, int fd, const char *source, struct error *e);

#endif
