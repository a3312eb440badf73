/* Headers of .npy files: a parser of one literal. */
#include "numpy/npy_header.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is left of the text. */
struct cursor {
	const char *at, *end;
};

static void skip_space(struct cursor *c)
{
	while (c->at < c->end &&
	       (*c->at == ' ' || *c->at == '\n' || *c->at == '\t' || *c->at == '\r'))
		c->at++;
}

/* Takes a character, after white space. */
static bool take(struct cursor *c, char wanted)
{
	skip_space(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool take_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);
	skip_space(c);
	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* A string in either kind of quotes, without escapes: *text points to *n characters. */
static bool take_string(struct cursor *c, const char **text, size_t *n)
{
	char quote = take(c, '\'') ? '\'' : '"';
	if (quote == '"' && !take(c, '"'))
		return false;
	const char *begin = c->at, *end = memchr(begin, quote, (size_t)(c->end - begin));
	if (!end || memchr(begin, '\\', (size_t)(end - begin)))
		return false;
	*text = begin;
	*n = (size_t)(end - begin);
	c->at = end + 1;
	return true;
}

static enum status malformed(const struct cursor *c, struct error *e)
{
	if (c->at == c->end)
		return error_set(e, STATUS_MALFORMED, "the NumPy header ends too soon");
	int n = c->end - c->at < 20 ? (int)(c->end - c->at) : 20;
	return error_set(e, STATUS_MALFORMED, "the NumPy header is malformed at '%.*s'", n, c->at);
}

/* --- descr --- */

static bool size_fits(char kind, unsigned bytes)
{
	switch (kind) {
	case 'b':
		return bytes == 1;
	case 'i':
	case 'u':
		return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
	case 'f':
		return bytes == 2 || bytes == 4 || bytes == 8;
	default:
		return false;
	}
}

/* What to do about a type that has no numbers of ours. */
static enum status refuse_type(const char *text, size_t n, struct error *e)
{
	int shown = n < 40 ? (int)n : 40;
	static const char refused[] = {'O', 'S', 'U', 'V', 'M', 'm', 'a'};
	if (n > 1 && memchr(refused, text[1], sizeof(refused)))
		return error_set(
		    e, STATUS_UNSUPPORTED,
		    "elements of type '%.*s' are no numbers: convert them in Python by "
		    "array.astype('f4') first",
		    shown, text);
	return error_set(e, STATUS_UNSUPPORTED,
	                 "elements of type '%.*s' are not supported: convert them in Python by "
	                 "array.astype('f8') first",
	                 shown, text);
}

static enum status parse_descr(struct cursor *c, struct npy_type *type, struct error *e)
{
	const char *text;
	size_t n;
	skip_space(c);
	if (c->at < c->end && (*c->at == '[' || *c->at == '('))
		return error_set(
		    e, STATUS_UNSUPPORTED,
		    "an array of structures: save its columns as one array of numbers, "
		    "numpy.lib.recfunctions.structured_to_unstructured(array)");
	if (!take_string(c, &text, &n))
		return malformed(c, e);
	static const char orders[] = {'<', '>', '|', '='};
	if (n != 3 || !memchr(orders, text[0], sizeof(orders)) || text[2] < '0' || text[2] > '9' ||
	    !size_fits(text[1], (unsigned)(text[2] - '0')))
		return refuse_type(text, n, e);
	*type = (struct npy_type){.kind = text[1], .bytes = (unsigned)(text[2] - '0')};
	type->big_endian = text[0] == '>' && type->bytes > 1;
	if (type->bytes > 1 && text[0] != '<' && text[0] != '>')
		return refuse_type(text, n, e);
	memcpy(type->descr, text, 3);
	return STATUS_OK;
}

/* --- shape --- */

/* A size, with the L that Python 2 put after it. */
static bool take_size(struct cursor *c, uint64_t *size)
{
	uint64_t value = 0;
	skip_space(c);
	const char *begin = c->at;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		unsigned digit = (unsigned)(*c->at - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	if (c->at == begin)
		return false;
	if (c->at < c->end && *c->at == 'L')
		c->at++;
	*size = value;
	return true;
}

static enum status parse_shape(struct cursor *c, struct npy_header *h, struct error *e)
{
	if (!take(c, '('))
		return malformed(c, e);
	bool comma = true; /* before the next size */
	while (!take(c, ')')) {
		if (h->rank == NPY_HEADER_MAX_RANK)
			return error_set(e, STATUS_UNSUPPORTED,
			                 "an array of more than %d dimensions",
			                 NPY_HEADER_MAX_RANK);
		if (!comma || !take_size(c, &h->shape[h->rank]))
			return malformed(c, e);
		h->rank++;
		comma = take(c, ',');
	}
	if (h->rank == 1 && !comma)
		return error_set(e, STATUS_MALFORMED,
		                 "the NumPy header has a number for a shape, not a tuple");
	return STATUS_OK;
}

/* --- the dictionary --- */

static enum status parse_order(struct cursor *c, struct npy_header *h, struct error *e)
{
	h->fortran_order = take_word(c, "True");
	if (!h->fortran_order && !take_word(c, "False"))
		return malformed(c, e);
	return STATUS_OK;
}

static const char *const keys[] = {"descr", "fortran_order", "shape"};
enum { DESCR, FORTRAN_ORDER, SHAPE, NKEYS };

static enum status parse_entry(struct cursor *c, bool seen[NKEYS], struct npy_header *h,
                               struct error *e)
{
	const struct cursor before = *c;
	const char *key;
	size_t n, which = 0;
	if (!take_string(c, &key, &n) || !take(c, ':'))
		return malformed(&before, e);
	while (which < NKEYS && (strlen(keys[which]) != n || memcmp(keys[which], key, n) != 0))
		which++;
	if (which == NKEYS || seen[which])
		return malformed(&before, e);
	seen[which] = true;
	switch (which) {
	case DESCR:
		return parse_descr(c, &h->type, e);
	case FORTRAN_ORDER:
		return parse_order(c, h, e);
	default:
		return parse_shape(c, h, e);
	}
}

enum status npy_header_parse(const char *text, size_t n, struct npy_header *out, struct error *e)
{
	struct cursor c = {text, text + n};
	struct npy_header h = {0};
	bool seen[NKEYS] = {false}, comma = true;
	if (!take(&c, '{'))
		return malformed(&c, e);
	while (!take(&c, '}')) {
		if (!comma)
			return malformed(&c, e);
		if (parse_entry(&c, seen, &h, e) != STATUS_OK)
			return e->status;
		comma = take(&c, ',');
	}
	skip_space(&c);
	if (c.at < c.end)
		return malformed(&c, e);
	for (size_t i = 0; i < NKEYS; i++) {
		if (!seen[i])
			return error_set(e, STATUS_MALFORMED, "the NumPy header has no '%s'",
			                 keys[i]);
	}
	*out = h;
	return STATUS_OK;
}

/* --- writing --- */

enum {
	PREFIX_BYTES = 10, /* magic, version, length */
	ALIGNMENT = 64,
	COUNT_DIGITS =
	    21, /* for which numpy.save leaves room, so that rows can be added in place */
};

size_t npy_header_write(const char *descr, unsigned rank, const uint64_t *shape,
                        unsigned char out[NPY_HEADER_MAX_BYTES])
{
	char text[NPY_HEADER_MAX_BYTES];
	char count[24];
	assert(rank >= 1 && rank <= 32);
	int digits = snprintf(count, sizeof(count), "%" PRIu64, shape[0]);
	int n = snprintf(text, sizeof(text),
	                 "{'descr': '%s', 'fortran_order': False, 'shape': (%s,", descr, count);
	for (unsigned i = 1; i < rank; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%" PRIu64, i > 1 ? ", " : " ",
		              shape[i]);
	n += snprintf(text + n, sizeof(text) - (size_t)n, "), }%*s", COUNT_DIGITS - digits, "");
	size_t total = (PREFIX_BYTES + (size_t)n + 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
	size_t length = total - PREFIX_BYTES;
	memset(out, ' ', total);
	static const unsigned char magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
	memcpy(out, magic, sizeof(magic));
	out[8] = (unsigned char)length;
	out[9] = (unsigned char)(length >> 8);
	memcpy(out + PREFIX_BYTES, text, (size_t)n);
	out[total - 1] = '\n';
	return total;
}
