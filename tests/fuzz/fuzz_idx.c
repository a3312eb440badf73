/* IDX files, gzip or not (record/idx.h). */
#include "archive/gzip.h"
#include "fuzz.h"
#include "record/idx.h"

#include <string.h>
#include <unistd.h>

struct outcome {
	struct error e;
	struct idx header; /* what it says; its pointers are gone */
	struct bytes records;
};

static void read_idx(const void *data, size_t size, enum arrival arrival, struct outcome *o)
{
	const unsigned char *batch;
	size_t n = 1;
	struct idx x = {0};
	int fd = fuzz_open(data, size, arrival);
	*o = (struct outcome){0};
	bytes_begin(&o->records);
	if (idx_open(&x, fd, NULL, &o->e) == STATUS_OK) {
		o->header = x;
		while (n > 0 && idx_next(&x, &batch, &n, &o->e) == STATUS_OK)
			if (n > 0)
				fwrite(batch, x.record_bytes, n, o->records.f);
		must(x.body.nread <= x.nrecords);
	}
	bytes_end(&o->records);
	fuzz_check_error(&o->e);
	if (x.body.gzip) {
		must(o->records.size == x.body.nread * x.record_bytes);
		must(o->e.status != STATUS_OK || x.body.nread == x.nrecords);
	}
	idx_release(&x);
	close(fd);
}

static bool same_header(const struct idx *x, const struct idx *y)
{
	return x->type == y->type && x->rank == y->rank && x->nrecords == y->nrecords &&
	       x->record_bytes == y->record_bytes &&
	       memcmp(x->dims, y->dims, x->rank * sizeof(*x->dims)) == 0;
}

static void must_be_same(const struct outcome *o, const struct outcome *other)
{
	must(fuzz_same_error(&o->e, &other->e) && same_header(&o->header, &other->header));
	must(bytes_same(&o->records, other->records.data, other->records.size));
}

/* Every element becomes a raw one, and, of the same type, itself again. */
static void convert(const struct outcome *o)
{
	size_t n = o->records.size / element_bytes(o->header.type);
	const unsigned char *in = (const unsigned char *)o->records.data;
	unsigned char *raw = malloc(8 * n + 1), *back = malloc(o->records.size + 1);
	must(raw && back);
	for (enum element to = ELEMENT_U8; to <= ELEMENT_F64; to++) {
		if (to != ELEMENT_U8 && to != ELEMENT_F32 && to != ELEMENT_F64)
			continue;
		must(element_big_endian_to_raw(o->header.type, in, n, to, raw) ==
		     (to != ELEMENT_U8 || o->header.type == ELEMENT_U8));
		if (to != o->header.type)
			continue;
		element_raw_to_big_endian(to, raw, n, back);
		must(memcmp(back, in, o->records.size) == 0);
	}
	free(raw);
	free(back);
}

/* What raw2idx would write: it reads as the same, and is the input, if that was not compressed. */
static void encode_again(const struct outcome *o, const uint8_t *data, size_t size)
{
	unsigned char header[4 + 4 * 255];
	struct bytes again;
	struct outcome of_again;
	size_t n = idx_header(o->header.type, o->header.rank, o->header.dims, header);
	bytes_begin(&again);
	fwrite(header, 1, n, again.f);
	fwrite(o->records.data, 1, o->records.size, again.f);
	bytes_end(&again);
	must(data[0] == 0x1f || bytes_same(&again, data, size));
	read_idx(again.data, again.size, AT_ONCE, &of_again);
	must_be_same(o, &of_again);
	bytes_release(&of_again.records);
	bytes_release(&again);
}

/* Any bytes are the elements of some file. */
static void as_elements(const uint8_t *data, size_t size)
{
	unsigned char header[4 + 4 * 255];
	const uint32_t dims[] = {(uint32_t)size};
	struct bytes file;
	struct outcome o;
	bytes_begin(&file);
	fwrite(header, 1, idx_header(ELEMENT_U8, 1, dims, header), file.f);
	fwrite(data, 1, size, file.f);
	bytes_end(&file);
	read_idx(file.data, file.size, IN_PIECES, &o);
	must(o.e.status == STATUS_OK && bytes_same(&o.records, data, size));
	bytes_release(&o.records);
	bytes_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome o, other;
	read_idx(data, size, AT_ONCE, &o);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_idx(data, size, a, &other);
		must_be_same(&o, &other);
		bytes_release(&other.records);
	}
	if (o.e.status == STATUS_OK) {
		convert(&o);
		encode_again(&o, data, size);
	}
	as_elements(data, size);
	bytes_release(&o.records);
	return 0;
}
