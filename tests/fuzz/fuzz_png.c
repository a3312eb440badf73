/* PNG files (record/png_file.h). */
#include "base/bytes.h"
#include "base/checked.h"
#include "fuzz.h"
#include "record/png_file.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { SIGNATURE_BYTES = 8, MAX_PIXELS = 1 << 16 };

/* The checksum of every chunk that lies within the file. */
void fuzz_repair(uint8_t *data, size_t size)
{
	for (size_t at = SIGNATURE_BYTES; at < size && size - at >= 12;) {
		size_t n = bytes_be32(data + at);
		if (n > size - at - 12)
			return;
		bytes_put_be32(data + at + 8 + n, fuzz_crc32(data + at + 4, n + 4));
		at += 12 + n;
	}
}

static void read_png(const void *data, size_t size, enum arrival arrival, enum element type,
                     struct png_file *p, struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*p = (struct png_file){0};
	*e = (struct error){0};
	must((png_file_read(fd, NULL, type, p, e) == STATUS_OK) == (p->raw != NULL));
	fuzz_check_error(e);
	close(fd);
}

static size_t pixels(const struct png_file *p)
{
	must(p->height > 0 && p->width > 0 && p->height <= PNG_FILE_MAX_SIDE &&
	     p->width <= PNG_FILE_MAX_SIDE &&
	     (uint64_t)p->height * p->width <= PNG_FILE_MAX_PIXELS);
	return (size_t)p->height * p->width;
}

static void must_be_same(const struct png_file *p, const struct error *e, const struct png_file *q,
                         const struct error *other, size_t bytes)
{
	must(fuzz_same_error(e, other) && p->height == q->height && p->width == q->width);
	must(!p->raw || memcmp(p->raw, q->raw, pixels(p) * bytes) == 0);
}

/* The same picture in every type: f64 is f32, in [0, 1], and u8 the nearest to 255 times that. */
static void must_agree(const struct png_file *u8, const struct png_file *f32,
                       const struct png_file *f64)
{
	for (size_t i = 0; i < pixels(u8); i++) {
		double exact, rounded;
		element_to_double(ELEMENT_F64, f64->raw + 8 * i, 1, &exact);
		element_to_double(ELEMENT_F32, f32->raw + 4 * i, 1, &rounded);
		must(exact == rounded && exact >= 0 && exact <= 1);
		must(fabs(255 * exact - u8->raw[i]) <= 0.5 + 1e-4); /* float32 rounds by 2^-25 */
	}
}

static void draw(const void *picture, uint32_t y, unsigned char *row)
{
	const struct png_file *p = picture;
	memcpy(row, p->raw + (size_t)y * p->width, p->width);
}

/* Written as an 8-bit grey picture and read again: the same. */
static void write_again(const struct png_file *p)
{
	struct bytes file;
	struct error e = {0}, read_e;
	struct png_file again;
	bytes_begin(&file);
	must(png_file_write(file.f, p->height, p->width, 1, draw, p, &e) == STATUS_OK);
	bytes_end(&file);
	read_png(file.data, file.size, AT_ONCE, ELEMENT_U8, &again, &read_e);
	must_be_same(p, &e, &again, &read_e, 1);
	png_file_release(&again);
	bytes_release(&file);
}

static void must_be_refused(const void *data, size_t size, enum status status)
{
	struct png_file p;
	struct error e;
	read_png(data, size, AT_ONCE, ELEMENT_U8, &p, &e);
	must(e.status == status);
}

/* A picture that was read is neither one byte longer nor shorter. */
static void change_end(const uint8_t *data, size_t size)
{
	struct bytes longer;
	bytes_begin(&longer);
	fwrite(data, 1, size, longer.f);
	putc('x', longer.f);
	bytes_end(&longer);
	must_be_refused(longer.data, size + 1, STATUS_MALFORMED);
	must_be_refused(longer.data, size - 1, STATUS_TRUNCATED);
	bytes_release(&longer);
}

/* Pictures that are large and allowed take their time, and memory, and show nothing new. */
static bool too_large(const uint8_t *data, size_t size)
{
	uint64_t n;
	return size >= 24 && checked_mul(bytes_be32(data + 16), bytes_be32(data + 20), &n) &&
	       n > MAX_PIXELS && n <= PNG_FILE_MAX_PIXELS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum element types[] = {ELEMENT_U8, ELEMENT_F32, ELEMENT_F64};
	struct png_file of[3], other;
	struct error e[3], other_e;
	if (too_large(data, size))
		return 0;
	for (int i = 0; i < 3; i++) {
		read_png(data, size, AT_ONCE, types[i], &of[i], &e[i]);
		must(fuzz_same_error(&e[i], &e[0]));
	}
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_png(data, size, a, ELEMENT_U8, &other, &other_e);
		must_be_same(&of[0], &e[0], &other, &other_e, 1);
		png_file_release(&other);
	}
	if (of[0].raw) {
		must_agree(&of[0], &of[1], &of[2]);
		write_again(&of[0]);
		change_end(data, size);
	}
	for (int i = 0; i < 3; i++)
		png_file_release(&of[i]);
	return 0;
}
