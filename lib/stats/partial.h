/* Mergeable partial statistics: the moments of one part of the numbers, which can be merged with
 * those of other parts, and their text format, nicestate(5). */
#ifndef PARTIAL_H
#define PARTIAL_H

#include "base/error.h"
#include "io/lines.h"
#include "stats/moments.h"
#include "stats/sample.h"
#include "stats/scorer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct partial {
	struct scorer scorer; /* of all numbers */
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
 * or of a known and an unknown one, are STATUS_MISMATCH; no numbers of none are neutral. */
enum status partial_merge(struct partial *s, const struct partial *other, struct error *e);

/* The numbers kept, sorted. */
const struct sample *partial_sorted(struct partial *s);

/* Equal numbers give equal texts, however they were divided and merged. Write errors are left to
 * ferror(f). */
void partial_write(struct partial *s, FILE *f);

/* Reads the next of several concatenated states into the empty *s; it must contain its numbers if
 * *s keeps them. *end is set if there is none. Errors name the line. Memory is a small multiple of
 * the text. */
enum status partial_read(struct partial *s, struct lines *in, bool *end, struct error *e);

#endif
