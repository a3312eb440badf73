/* Gzip members (io/gzip.h): the input as it comes, and as the content of members that are made
 * here. */
#include "archive/gzip.h"
#include "base/bytes.h"
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

static enum status read_gzip(const void *data, size_t size, enum arrival arrival, struct error *e,
                             struct bytes *out)
{
	struct gzip *g = NULL;
	unsigned char piece[300];
	size_t got = 1;
	int fd = fuzz_open(data, size, arrival);
	*e = (struct error){0};
	bytes_begin(out);
	must(gzip_open(fd, NULL, &g, e) == STATUS_OK);
	while (got > 0 &&
	       gzip_read(g, piece, arrival == IN_PIECES ? 7 : sizeof(piece), &got, e) == STATUS_OK)
		fwrite(piece, 1, got, out->f);
	gzip_close(g);
	close(fd);
	bytes_end(out);
	fuzz_check_error(e);
	return e->status;
}

/* A member of one stored block, fewer than 2^16 bytes (RFC 1951, 3.2.4; RFC 1952). */
static void write_member(const uint8_t *data, size_t n, FILE *f)
{
	static const unsigned char header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1};
	const unsigned char lengths[] = {(unsigned char)n, (unsigned char)(n >> 8),
	                                 (unsigned char)~n, (unsigned char)(~n >> 8)};
	unsigned char trailer[8];
	bytes_put_le32(trailer, fuzz_crc32(data, n));
	bytes_put_le32(trailer + 4, (uint32_t)n);
	fwrite(header, 1, sizeof(header), f);
	fwrite(lengths, 1, sizeof(lengths), f);
	fwrite(data, 1, n, f);
	fwrite(trailer, 1, sizeof(trailer), f);
}

static void must_end_in(const void *data, size_t size, enum status status)
{
	struct error e;
	struct bytes out;
	must(read_gzip(data, size, AT_ONCE, &e, &out) == status);
	bytes_release(&out);
}

/* Two members hold the input; cut anywhere, with a false checksum or something behind, they do not.
 */
static void in_members(const uint8_t *data, size_t size)
{
	struct bytes packed, out;
	struct error e;
	size_t first = size > 0 ? data[0] * size / 256 : 0;
	bytes_begin(&packed);
	write_member(data, first, packed.f);
	write_member(data + first, size - first, packed.f);
	putc('x', packed.f);
	bytes_end(&packed);
	size_t good = packed.size - 1, first_member = first + 23;
	size_t cut = 2 + (size > 0 ? data[size - 1] : 0) * (good - 2) / 256;
	for (enum arrival a = AT_ONCE; a < ARRIVALS; a++) {
		must(read_gzip(packed.data, good, a, &e, &out) == STATUS_OK);
		must(bytes_same(&out, data, size));
		bytes_release(&out);
	}
	must_end_in(packed.data, packed.size, STATUS_MALFORMED);
	must_end_in(packed.data, cut,
	            cut == first_member       ? STATUS_OK
	            : cut == first_member + 1 ? STATUS_MALFORMED
	                                      : STATUS_TRUNCATED);
	packed.data[good - 8 + size % 8] ^= 1;
	must_end_in(packed.data, good, STATUS_MALFORMED);
	bytes_release(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e, other_e;
	struct bytes out, other;
	bool magic = size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
	read_gzip(data, size, AT_ONCE, &e, &out);
	must(magic || (e.status == STATUS_OK && bytes_same(&out, data, size)));
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_gzip(data, size, a, &other_e, &other);
		must(fuzz_same_error(&e, &other_e) && bytes_same(&out, other.data, other.size));
		bytes_release(&other);
	}
	bytes_release(&out);
	if (size <= SLOW_BYTES)
		in_members(data, size);
	return 0;
}
