/* Writes .npy files of which the number of records is not known before the last one
 * (io/late_header.h). */
#ifndef NPY_WRITER_H
#define NPY_WRITER_H

#include "base/element.h"
#include "base/error.h"
#include "io/late_header.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { NPY_WRITER_MAX_RANK = 31 }; /* of a record: older versions of NumPy have 32 dimensions */

struct npy_writer {
	enum element type;                       /* u8, f32, f64 */
	unsigned rank;                           /* of the array */
	uint64_t shape[NPY_WRITER_MAX_RANK + 1]; /* shape[0]: the records so far */
	size_t record_bytes;
	struct late_header file;
};

/* Finds where to put the file together; writes nothing. out writes to the descriptor fd; both stay
 * the caller's. */
enum status npy_writer_open(struct npy_writer *w, FILE *out, int fd, struct error *e);

/* Writes the header; the records have rank sizes, at least 1 each, 0 of them for single numbers. */
void npy_writer_begin(struct npy_writer *w, enum element type, unsigned rank,
                      const uint32_t *sizes);

/* Adds n raw records. A failed write shows in npy_writer_finish; ferror(w->file.body) shows it
 * early. */
void npy_writer_add(struct npy_writer *w, const unsigned char *raw, size_t n);

/* Completes the file with the records added so far. Losses of out show when it is closed. */
enum status npy_writer_finish(struct npy_writer *w, struct error *e);
void npy_writer_release(struct npy_writer *w); /* also of one that is all zero */

#endif
