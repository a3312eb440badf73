/* What the harnesses of NumPy's files share. */
#ifndef FUZZ_NUMPY_H
#define FUZZ_NUMPY_H

#include "fuzz.h"
#include "numpy/npy.h"
#include "record/reader.h"

/* Reads all records as a type, and what they are; the source is used up. */
static inline void read_records(struct gzip *source, enum element type, bool exact,
                                struct npy_header *header, struct bytes *records, struct error *e)
{
	struct npy x = {0};
	struct reader r = {0};
	const unsigned char *batch;
	size_t n = 1;
	bytes_begin(records);
	if (npy_open(&x, source, e) == STATUS_OK) {
		*header = x.header;
		must(x.nrecords == x.header.shape[0] && x.record_elements > 0);
		if (npy_reader_open(&r, &x, type, exact, e) == STATUS_OK) {
			while (n > 0 && reader_next(&r, &batch, &n, e) == STATUS_OK)
				if (n > 0)
					fwrite(batch, r.record_bytes, n, records->f);
			must(e->status != STATUS_OK || r.nrecords == x.nrecords);
		}
	}
	bytes_end(records);
	must(records->size == r.nrecords * r.record_bytes);
	reader_release(&r);
	npy_release(&x);
	fuzz_check_error(e);
}

#endif
