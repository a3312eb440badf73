/* The size of a record after lossless compression, which is a score that needs no model: the
 * simpler a record, the smaller. */
#ifndef LOSSLESS_H
#define LOSSLESS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum lossless_codec {
	LOSSLESS_PNG,    /* a PNG file of 8-bit samples, record/png_file.h */
	LOSSLESS_DEFLATE /* a zlib stream of the bytes, archive/gzip.h */
};

struct lossless {
	enum lossless_codec codec;
	size_t record_bytes;
	uint32_t height, width; /* of the picture; for a PNG */
	unsigned channels;      /* 1 or 3; for a PNG */
};

/* In nats: bytes times 8 log 2 (Serra et al., arXiv:1909.11480). */
enum status lossless_size(const struct lossless *l, const unsigned char *record, double *nats,
                          struct error *e);

#endif
