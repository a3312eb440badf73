/* NumPy's .npy files, gzip or not (numpy/npy.h). */
#include "archive/gzip.h"
#include "numpy.h"
#include "numpy/npy_writer.h"

#include <string.h>
#include <unistd.h>

struct outcome {
	struct error e;
	struct npy_header header;
	struct bytes records;
};

static void read_npy(const void *data, size_t size, enum arrival arrival, enum element type,
                     bool exact, struct outcome *o)
{
	struct gzip *source = NULL;
	int fd = fuzz_open(data, size, arrival);
	*o = (struct outcome){0};
	must(gzip_open(fd, NULL, &source, &o->e) == STATUS_OK);
	read_records(source, type, exact, &o->header, &o->records, &o->e);
	close(fd);
}

static void must_be_same(const struct outcome *o, const struct outcome *other)
{
	must(fuzz_same_error(&o->e, &other->e));
	must(memcmp(&o->header.shape, &other->header.shape, sizeof(o->header.shape)) == 0);
	must(bytes_same(&o->records, other->records.data, other->records.size));
}

/* Of the same type, or refused; as often as is exact. */
static void read_otherwise(const uint8_t *data, size_t size, const struct outcome *o)
{
	struct outcome other;
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_npy(data, size, a, ELEMENT_F64, false, &other);
		must_be_same(o, &other);
		bytes_release(&other.records);
	}
	for (enum element type = ELEMENT_U8; type <= ELEMENT_F64; type++) {
		if (type != ELEMENT_U8 && type != ELEMENT_F32 && type != ELEMENT_F64)
			continue;
		read_npy(data, size, AT_ONCE, type, true, &other);
		must(other.e.status != STATUS_OK || o->e.status == STATUS_OK);
		must(element_bytes(ELEMENT_F64) * other.records.size <=
		     element_bytes(type) * o->records.size);
		bytes_release(&other.records);
	}
}

/* The header that raw2npy would write reads as the same, and does not grow with the records. */
static void write_again(const struct outcome *o)
{
	unsigned char first[NPY_HEADER_MAX_BYTES], empty[NPY_HEADER_MAX_BYTES];
	struct npy_header h = o->header, again = {0};
	struct error e = {0};
	if (h.rank > NPY_WRITER_MAX_RANK + 1)
		return;
	size_t n = npy_header_write(h.type.descr, h.rank, h.shape, first);
	must(npy_header_parse((char *)first + 10, n - 10, &again, &e) == STATUS_OK);
	must(memcmp(again.shape, h.shape, sizeof(h.shape)) == 0 && again.rank == h.rank);
	must(memcmp(&again.type, &h.type, sizeof(h.type)) == 0 && !again.fortran_order);
	h.shape[0] = 0;
	must(npy_header_write(h.type.descr, h.rank, h.shape, empty) == n && n % 64 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome o;
	read_npy(data, size, AT_ONCE, ELEMENT_F64, false, &o);
	read_otherwise(data, size, &o);
	if (o.e.status == STATUS_OK)
		write_again(&o);
	bytes_release(&o.records);
	return 0;
}
