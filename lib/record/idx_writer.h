/*
 * Writes IDX files (record/idx.h) of which the number of records is not known before the last one.
 * The header is completed at the end (io/late_header.h).
 */
#ifndef IDX_WRITER_H
#define IDX_WRITER_H

#include "base/element.h"
#include "base/error.h"
#include "io/late_header.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { IDX_WRITER_MAX_RANK = 254 }; /* of a record */

struct idx_writer {
	enum element type;
	size_t nelements;  /* of a record */
	uint32_t nrecords; /* so far */
	struct late_header file;
};

/* Finds where to put the file together; writes nothing. out writes to the descriptor fd; both stay
 * the caller's. */
enum status idx_writer_open(struct idx_writer *w, FILE *out, int fd, struct error *e);

/* Writes the header; the records have rank sizes, 0 of them for single numbers. */
void idx_writer_begin(struct idx_writer *w, enum element type, unsigned rank,
                      const uint32_t *sizes);

/* Adds n raw records. STATUS_UNSUPPORTED if they are more than the format can count: those that it
 * can are added. A failed write shows in idx_writer_finish; ferror(w->file.body) shows it early. */
enum status idx_writer_add(struct idx_writer *w, const unsigned char *raw, size_t n,
                           struct error *e);

/* Completes the file with the records added so far. Losses of out show when it is closed. */
enum status idx_writer_finish(struct idx_writer *w, struct error *e);
void idx_writer_release(struct idx_writer *w); /* also of one that is all zero */

#endif
