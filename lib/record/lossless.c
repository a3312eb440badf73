/* The size of a record after lossless compression. */
#include "record/lossless.h"

#include "archive/gzip.h"
#include "record/png_file.h"

#include <string.h>

struct picture {
	const unsigned char *pixels;
	size_t row_bytes;
};

static void draw(const void *picture, uint32_t y, unsigned char *pixels)
{
	const struct picture *p = picture;
	memcpy(pixels, p->pixels + y * p->row_bytes, p->row_bytes);
}

enum status lossless_size(const struct lossless *l, const unsigned char *record, double *nats,
                          struct error *e)
{
	const double nats_of_byte = 5.545177444479562; /* 8 log 2 */
	struct picture picture = {record, (size_t)l->width * l->channels};
	uint64_t bytes = 0;
	if (l->codec == LOSSLESS_PNG)
		png_file_size(l->height, l->width, l->channels, draw, &picture, &bytes, e);
	else
		gzip_deflated_size(record, l->record_bytes, &bytes, e);
	*nats = (double)bytes * nats_of_byte;
	return e->status;
}
