/* Streams of numbers: lines of text or raw doubles, a batch at a time. */
#include "io/numbers.h"

#include "base/decimal.h"
#include "base/element.h"
#include "io/input.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CAPACITY = 1 << 18 };

enum status numbers_init(struct numbers *s, int fd, FILE *tied, bool binary, struct error *e)
{
	struct numbers made = {.binary = binary, .fd = fd, .tied = tied};
	made.values = malloc(NUMBERS_MAX_BATCH * sizeof(*made.values));
	if (!binary)
		made.text = malloc(TEXT_CAPACITY + 1); /* one byte more stops the parser */
	if (!made.values || (!binary && !made.text))
		error_memory(e);
	else if (binary)
		record_stream_init(&made.records, fd, tied, sizeof(double), NUMBERS_MAX_BATCH, e);
	else
		input_widen(fd, TEXT_CAPACITY);
	made.records.any_content = true; /* doubles hardly look like another file */
	if (e->status != STATUS_OK) {
		numbers_release(&made);
		return e->status;
	}
	*s = made;
	return STATUS_OK;
}

void numbers_release(struct numbers *s)
{
	record_stream_release(&s->records);
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

/* Parses whole lines in [p, end) into values, until one is not a number or the batch is full; the
 * byte at end[-1] is LF. Returns where it stopped. */
static const char *parse_lines(const char *p, const char *end, double *values, size_t *n)
{
	size_t done = 0;
	while (p < end && done < NUMBERS_MAX_BATCH) {
		const char *stop = decimal_parse_prefix(p, &values[done]);
		if (stop && stop[0] == '\r' && stop[1] == '\n')
			stop++;
		if (!stop || *stop != '\n') {
			const char *line_end = memchr(p, '\n', (size_t)(end - p));
			size_t length = (size_t)(line_end - p);
			if (length > 0 && line_end[-1] == '\r')
				length--;
			if (length > NUMBERS_MAX_LINE ||
			    !decimal_parse_delimited(p, length, &values[done]))
				break;
			stop = line_end;
		}
		p = stop + 1;
		done++;
	}
	*n = done;
	return p;
}

enum { SHOWN = 60 };

/* The beginning of a line; unprintable bytes are shown as \xHH. */
static void quote(const char *text, size_t length, char quoted[4 * SHOWN + 4])
{
	const unsigned char *line = (const unsigned char *)text;
	size_t shown = length < SHOWN ? length : SHOWN, used = 0;
	for (size_t i = 0; i < shown; i++)
		used += (size_t)sprintf(
		    quoted + used, line[i] < 128 && isprint(line[i]) ? "%c" : "\\x%02x", line[i]);
	strcpy(quoted + used, shown < length ? "..." : "");
}

/* Reports why the line of that length is not a number. */
static enum status bad_line(const struct numbers *s, size_t length, struct error *e)
{
	unsigned long long byte = s->begin_byte, number = s->nnumbers + 1;
	char quoted[4 * SHOWN + 4];
	if (length == 0)
		return error_set(e, STATUS_MALFORMED,
		                 "line %llu (byte %llu): an empty line is not a number", number,
		                 byte);
	if (length > NUMBERS_MAX_LINE)
		return error_set(e, STATUS_MALFORMED,
		                 "line %llu (byte %llu): more than %d bytes in a line", number,
		                 byte, NUMBERS_MAX_LINE);
	quote(s->text + s->begin, length, quoted);
	return error_set(e, STATUS_MALFORMED, "line %llu (byte %llu): '%s' is not a number", number,
	                 byte, quoted);
}

/* Reports a last line without a newline: a producer that was killed may leave an incomplete number.
 */
static enum status cut_line(const struct numbers *s, struct error *e)
{
	char quoted[4 * SHOWN + 4];
	size_t length = s->end - s->begin;
	double value;
	length -= s->text[s->end - 1] == '\r';
	s->text[s->end] = '\n';
	if (length > NUMBERS_MAX_LINE ||
	    !decimal_parse_delimited(s->text + s->begin, length, &value))
		return bad_line(s, length, e);
	quote(s->text + s->begin, length, quoted);
	return error_set(e, STATUS_TRUNCATED,
	                 "line %llu (byte %llu): unexpected end of input after '%s': without a "
	                 "newline the number may be incomplete",
	                 (unsigned long long)s->nnumbers + 1, (unsigned long long)s->begin_byte,
	                 quoted);
}

/* Parses the text that has arrived; *n is 0 without an error if it is less than one line. */
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
	if (input_read(s->fd, s->tied, s->text + s->end, TEXT_CAPACITY - s->end, &got, e) !=
	    STATUS_OK)
		return e->status;
	s->end += got;
	s->ended = got == 0;
	return s->ended && s->end > 0 ? cut_line(s, e) : STATUS_OK;
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
	if (record_stream_next(&s->records, &raw, n, e) != STATUS_OK)
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
	char text[DECIMAL_TEXT];
	if (binary) {
		write_raw(f, values, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t length = decimal_format_double(values[i], text);
		text[length] = '\n';
		fwrite(text, 1, length + 1, f);
	}
}
