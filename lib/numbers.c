/* Knows lines of numbers and how to parse them fast. The rules of what is a number, and the
 * rounding of hard ones, are num_parse_double's. */
#include "numbers.h"

#include "element.h"
#include "num.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CAPACITY = 1 << 18 };

__extension__ typedef unsigned __int128 uint128;

enum status numbers_init(struct numbers *s, int fd, FILE *tied, bool binary, struct error *e)
{
	struct numbers made = {.binary = binary, .fd = fd, .tied = tied};
	made.values = malloc(NUMBERS_MAX_BATCH * sizeof(*made.values));
	if (!binary)
		made.text = malloc(TEXT_CAPACITY + 1); /* the end that a last line may lack */
	if (!made.values || (!binary && !made.text))
		error_memory(e);
	else if (binary)
		records_init(&made.records, fd, tied, sizeof(double), NUMBERS_MAX_BATCH, e);
	else
		stream_widen(fd, TEXT_CAPACITY);
	if (e->status != STATUS_OK) {
		numbers_release(&made);
		return e->status;
	}
	*s = made;
	return STATUS_OK;
}

void numbers_release(struct numbers *s)
{
	records_release(&s->records);
	free(s->values);
	free(s->text);
	*s = (struct numbers){0};
}

void numbers_place(const struct numbers *s, uint64_t index, char place[NUMBERS_PLACE])
{
	if (s->binary)
		snprintf(place, NUMBERS_PLACE, "record %llu (byte %llu)", (unsigned long long)index,
			 (unsigned long long)(index * sizeof(double)));
	else
		snprintf(place, NUMBERS_PLACE, "line %llu", (unsigned long long)index + 1);
}

/* The powers of five that fit 64 bits. */
enum { MAX_POWER = 27 };
static const uint64_t fives[MAX_POWER + 1] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

/* m 2^exponent for a normal result; the conversion of m is the one rounding. */
static double scaled(uint64_t m, int exponent)
{
	uint64_t bits = (uint64_t)(1023 + exponent) << 52;
	double power;
	memcpy(&power, &bits, sizeof(power));
	return (double)m * power;
}

/* m 10^power for 0 < m and |power| <= MAX_POWER, correctly rounded: the product with, or the
 * quotient by, a power of five in integers, cut to the upper 62 to 64 bits; what was cut off is
 * remembered in the last bit, far below the 53 that the conversion rounds to. */
static double decimal(uint64_t m, int power)
{
	if (power >= 0) {
		uint128 product = (uint128)m * fives[power];
		uint64_t high = (uint64_t)(product >> 64);
		if (high == 0)
			return scaled((uint64_t)product, power);
		int cut = 64 - __builtin_clzll(high);
		uint64_t rest = (uint64_t)product << (64 - cut);
		return scaled((uint64_t)(product >> cut) | (rest != 0), power + cut);
	}
	uint64_t divisor = fives[-power];
	int up = __builtin_clzll(m), divisor_up = __builtin_clzll(divisor);
	uint128 dividend = (uint128)(m << up) << 63;
	divisor <<= divisor_up;
	uint64_t quotient = (uint64_t)(dividend / divisor); /* at least 2^62 */
	uint64_t product_low = quotient * divisor;
	return scaled(quotient | (product_low != (uint64_t)dividend), divisor_up - up - 63 + power);
}

/* Digits behind p, added to *m; *m is right if there were no more than 19 of them in all. */
static const char *digits(const char *p, uint64_t *m)
{
	uint64_t value = *m;
	for (unsigned d; (d = (unsigned)(*p - '0')) < 10; p++)
		value = value * 10 + d;
	*m = value;
	return p;
}

static const char *exponent(const char *p, int *power)
{
	uint64_t value = 0;
	bool negative = p[1] == '-';
	const char *first = p + 1 + (p[1] == '-' || p[1] == '+');
	const char *end = digits(first, &value);
	if (end == first || end - first > 4)
		return NULL;
	*power += negative ? -(int)value : (int)value;
	return end;
}

/* A decimal of at most 19 digits and a moderate exponent: the end of it and its value. NULL for
 * all others, numbers or not. */
static const char *parse_short(const char *p, double *out)
{
	uint64_t m = 0;
	int power = 0;
	bool negative = *p == '-';
	p += negative || *p == '+';
	const char *first = p, *point = NULL;
	while (*p == '0')
		p++;
	const char *significant = p;
	p = digits(p, &m);
	bool any = p > first;
	if (*p == '.') {
		point = p++;
		if (p - 1 == significant)
			while (*p == '0')
				p++;
		const char *fraction = p;
		significant = point == significant ? fraction : significant + 1;
		p = digits(p, &m);
		any |= p > point + 1;
		power = -(int)(p - point - 1);
	}
	if (!any || p - significant > 19 || p - first > NUMBERS_MAX_LINE / 2)
		return NULL;
	if ((*p == 'e' || *p == 'E') && !(p = exponent(p, &power)))
		return NULL;
	if (m != 0 && (power < -MAX_POWER || power > MAX_POWER))
		return NULL;
	double magnitude = m == 0 ? 0.0 : decimal(m, power);
	*out = negative ? -magnitude : magnitude;
	return p;
}

bool numbers_parse(const char *text, size_t length, double *out)
{
	double value;
	if (parse_short(text, &value) == text + length) {
		*out = value;
		return true;
	}
	return num_parse_double(text, length, out);
}

/* Parses whole lines in [p, end) into values, until one is not a number or the batch is full; the
 * byte at end[-1] is LF. Returns where it stopped. */
static const char *parse_lines(const char *p, const char *end, double *values, size_t *n)
{
	size_t done = 0;
	while (p < end && done < NUMBERS_MAX_BATCH) {
		const char *stop = parse_short(p, &values[done]);
		if (stop && stop[0] == '\r' && stop[1] == '\n')
			stop++;
		if (!stop || *stop != '\n') {
			const char *line_end = memchr(p, '\n', (size_t)(end - p));
			size_t length = (size_t)(line_end - p);
			if (length > 0 && line_end[-1] == '\r')
				length--;
			if (length > NUMBERS_MAX_LINE || !numbers_parse(p, length, &values[done]))
				break;
			stop = line_end;
		}
		p = stop + 1;
		done++;
	}
	*n = done;
	return p;
}

/* Why the line of that length is not a number; unprintable bytes are shown as \xHH. */
static enum status bad_line(const struct numbers *s, size_t length, struct error *e)
{
	const unsigned char *line = (const unsigned char *)s->text + s->begin;
	unsigned long long byte = s->begin_byte, number = s->nnumbers + 1;
	char quoted[4 * 60 + 1] = "";
	size_t shown = length < 60 ? length : 60, used = 0;
	if (length == 0)
		return error_set(e, STATUS_MALFORMED,
				 "line %llu (byte %llu): an empty line is not a number", number,
				 byte);
	if (length > NUMBERS_MAX_LINE)
		return error_set(e, STATUS_MALFORMED,
				 "line %llu (byte %llu): more than %d bytes in a line", number,
				 byte, NUMBERS_MAX_LINE);
	for (size_t i = 0; i < shown; i++)
		used +=
		    (size_t)snprintf(quoted + used, sizeof(quoted) - used,
				     line[i] < 128 && isprint(line[i]) ? "%c" : "\\x%02x", line[i]);
	return error_set(e, STATUS_MALFORMED, "line %llu (byte %llu): '%s%s' is not a number",
			 number, byte, quoted, shown < length ? "..." : "");
}

/* Parses what is there; *n is 0 without an error if that is no whole line. */
static enum status parse_text(struct numbers *s, size_t *n, struct error *e)
{
	const char *begin = s->text + s->begin, *end = s->text + s->end, *stop = begin;
	size_t done = 0;
	while (end > begin && end[-1] != '\n')
		end--;
	if (end > begin)
		stop = parse_lines(begin, end, s->values, &done);
	size_t rest = s->end - s->begin;
	if (done == 0 && stop < end) {
		size_t length = (size_t)((const char *)memchr(stop, '\n', rest) - stop);
		return bad_line(s, length - (length > 0 && stop[length - 1] == '\r'), e);
	}
	if (done == 0 && rest > NUMBERS_MAX_LINE + 1) /* a CR may be among them */
		return bad_line(s, rest, e);
	s->begin += (size_t)(stop - begin);
	s->begin_byte += (uint64_t)(stop - begin);
	*n = done;
	return STATUS_OK;
}

static enum status fill_text(struct numbers *s, struct error *e)
{
	size_t got;
	memmove(s->text, s->text + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	if (stream_read(s->fd, s->tied, s->text + s->end, TEXT_CAPACITY - s->end, &got, e) !=
	    STATUS_OK)
		return e->status;
	s->end += got;
	s->ended = got == 0;
	if (s->ended && s->end > 0)
		s->text[s->end++] = '\n';
	return STATUS_OK;
}

static enum status next_text(struct numbers *s, size_t *n, struct error *e)
{
	size_t got = 0;
	while (parse_text(s, &got, e) == STATUS_OK && got == 0 && !s->ended)
		if (fill_text(s, e) != STATUS_OK)
			break;
	*n = got;
	return e->status;
}

static enum status next_binary(struct numbers *s, size_t *n, struct error *e)
{
	const unsigned char *raw;
	if (records_next(&s->records, &raw, n, e) != STATUS_OK)
		return e->status;
	element_to_double(ELEMENT_F64, raw, *n, s->values);
	return STATUS_OK;
}

enum status numbers_next(struct numbers *s, const double **values, size_t *n, struct error *e)
{
	size_t got;
	enum status status = s->binary ? next_binary(s, &got, e) : next_text(s, &got, e);
	if (status != STATUS_OK)
		return status;
	s->nnumbers += got;
	*values = s->values;
	*n = got;
	return STATUS_OK;
}

static void write_raw(FILE *f, const double *values, size_t n)
{
	unsigned char raw[512 * sizeof(double)];
	for (size_t done = 0, piece; done < n; done += piece) {
		piece = n - done < 512 ? n - done : 512;
		element_from_double(ELEMENT_F64, values + done, piece, raw);
		fwrite(raw, sizeof(double), piece, f);
	}
}

void numbers_write(FILE *f, const double *values, size_t n, bool binary)
{
	char text[NUM_TEXT];
	if (binary) {
		write_raw(f, values, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t length = num_format_double(values[i], text);
		text[length] = '\n';
		fwrite(text, 1, length + 1, f);
	}
}
