/* NumPy's arrays in .npy files as records: the first dimension counts them. */
#ifndef NPY_H
#define NPY_H

#include "base/element.h"
#include "base/error.h"
#include "numpy/npy_header.h"
#include "record/counted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gzip;
struct reader;

struct npy {
	struct npy_header header; /* of rank 1 or more */
	uint64_t nrecords;        /* shape[0] */
	size_t record_elements;   /* product of the others, > 0 */
	size_t record_bytes;      /* as in the file */
	struct counted body;
};

/* Reads the header, of version 1, 2 or 3, and takes over the source, in any case. An array of one
 * number (rank 0), of records without elements, or of no numbers is STATUS_UNSUPPORTED. */
enum status npy_open(struct npy *x, struct gzip *source, struct error *e);
void npy_release(struct npy *x); /* also after a failed npy_open of a zeroed struct */

/* A reader (record/reader.h) of the records as raw elements of a type, as npy_element_to_raw
 * converts them; x stays the caller's. exact: an integer that the type f64 cannot represent is
 * STATUS_UNSUPPORTED. STATUS_UNSUPPORTED also if there is no such conversion. Memory use does not
 * depend on the number of records, unless several dimensions are in Fortran order:
 * numpy/npy_fortran.h. */
enum status npy_reader_open(struct reader *r, struct npy *x, enum element type, bool exact,
                            struct error *e);

#endif
