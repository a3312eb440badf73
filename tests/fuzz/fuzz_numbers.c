/* Streams of numbers, as text and as raw doubles (io/numbers.h, base/decimal.h). */
#include "base/bytes.h"
#include "base/decimal.h"
#include "fuzz.h"
#include "io/numbers.h"

#include <string.h>
#include <unistd.h>

struct outcome {
	struct error e;
	struct bytes values; /* doubles */
};

static void read_numbers(const void *data, size_t size, enum arrival arrival, bool binary,
                         struct outcome *o)
{
	struct numbers s = {0};
	const double *values;
	size_t n = 1;
	int fd = fuzz_open(data, size, arrival);
	*o = (struct outcome){0};
	bytes_begin(&o->values);
	must(numbers_init(&s, fd, NULL, binary, &o->e) == STATUS_OK);
	while (n > 0 && numbers_next(&s, &values, &n, &o->e) == STATUS_OK)
		fwrite(values, sizeof(double), n, o->values.f);
	bytes_end(&o->values);
	must(s.nnumbers * sizeof(double) == o->values.size);
	fuzz_check_error(&o->e);
	numbers_release(&s);
	close(fd);
}

static bool same_double(double x, double y)
{
	return memcmp(&x, &y, sizeof(x)) == 0 || (x != x && y != y);
}

static bool same_values(const struct bytes *b, const struct bytes *other)
{
	const double *x = (const double *)b->data, *y = (const double *)other->data;
	size_t n = b->size / sizeof(double);
	if (b->size != other->size)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!same_double(x[i], y[i]))
			return false;
	}
	return true;
}

/* What was read, written and read again is the same: bit for bit, but for the bits of a NaN. */
static void write_again(const struct outcome *o, bool binary)
{
	struct bytes text;
	struct outcome back;
	bytes_begin(&text);
	numbers_write(text.f, (const double *)o->values.data, o->values.size / sizeof(double),
	              binary);
	bytes_end(&text);
	read_numbers(text.data, text.size, AT_ONCE, binary, &back);
	must(back.e.status == STATUS_OK && same_values(&o->values, &back.values));
	bytes_release(&back.values);
	bytes_release(&text);
}

static void check_stream(const uint8_t *data, size_t size, bool binary, struct outcome *o)
{
	struct outcome other;
	read_numbers(data, size, AT_ONCE, binary, o);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_numbers(data, size, a, binary, &other);
		must(fuzz_same_error(&o->e, &other.e) && same_values(&o->values, &other.values));
		bytes_release(&other.values);
	}
	write_again(o, binary);
}

/* Each line by the slow way: the numbers before the first line that is none, or has no newline, are
 * those of the stream, which ends well if there is no such line. */
static void line_by_line(const uint8_t *data, size_t size, const struct outcome *o)
{
	const char *p = (const char *)data, *end = p + size;
	const double *values = (const double *)o->values.data;
	size_t i = 0, n = o->values.size / sizeof(double);
	for (double value = 0; p < end; i++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t length = (size_t)((stop ? stop : end) - p);
		if (length > 0 && p[length - 1] == '\r')
			length--;
		if (!stop || length > NUMBERS_MAX_LINE || !decimal_parse_double(p, length, &value))
			break;
		must(i < n && same_double(values[i], value));
		p = stop + 1;
	}
	must(i == n && (p == end) == (o->e.status == STATUS_OK));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome text, raw;
	check_stream(data, size, false, &text);
	line_by_line(data, size, &text);
	check_stream(data, size, true, &raw);
	must(bytes_same(&raw.values, data, size / sizeof(double) * sizeof(double)));
	must((size % sizeof(double) == 0) == (raw.e.status == STATUS_OK));
	bytes_release(&text.values);
	bytes_release(&raw.values);
	return 0;
}
