/* Kinds of files, by their first bytes. */
#include "io/content.h"

#include "base/bytes.h"

#include <string.h>

struct kind {
	const char *name; /* with what reads it */
	const char *magic;
	size_t n;
	bool (*holds)(const unsigned char *head,
	              size_t n); /* what the magic alone does not say; or NULL */
};

/* Flags that RFC 1952 reserves are 0. */
static bool is_gzip(const unsigned char *head, size_t n)
{
	return n > 3 && (head[3] & 0xe0) == 0;
}

/* A known type, a rank of 1 to 4, and no dimension of 0 or above 2^24. */
static bool is_idx(const unsigned char *head, size_t n)
{
	unsigned rank = n > 3 ? head[3] : 0;
	if (rank < 1 || rank > 4 || n < 4 + 4 * (size_t)rank || !head[2] ||
	    !strchr("\x08\x09\x0b\x0c\x0d\x0e", head[2]))
		return false;
	for (unsigned i = 0; i < rank; i++) {
		uint32_t size = bytes_be32(head + 4 + 4 * i);
		if (size == 0 || size > 1 << 24)
			return false;
	}
	return true;
}

static const struct kind kinds[] = {
    {"a NumPy array, which npy2raw reads", "\x93NUMPY", 6, NULL},
    {"a PNG picture, which png2raw reads", "\x89PNG\r\n\x1a\n", 8, NULL},
    {"gzip-compressed: idx2raw reads IDX files so, gzip -dc unpacks others", "\x1f\x8b\x08", 3,
     is_gzip},
    {"a zip archive: pt2nice reads PyTorch's models, npy2raw the arrays of .npz files",
     "PK\x03\x04", 4, NULL},
    {"an IDX file, which idx2raw reads", "\0\0", 2, is_idx},
};
enum { NKINDS = sizeof(kinds) / sizeof(*kinds), SHORT_MAGIC = 2 };

/* The length of a header of JSON, and its beginning. */
static bool is_safetensors(const unsigned char *head, size_t n)
{
	return n >= 10 && bytes_le64(head) > 2 && bytes_le64(head) <= 100000000 &&
	       memcmp(head + 8, "{\"", 2) == 0;
}

/* Printable ASCII and white space only, with a line of at least one digit among them; few bytes
 * must be those of numbers. */
static bool is_text(const unsigned char *head, size_t n)
{
	size_t digits = 0, lines = 0;
	for (size_t i = 0; i < n; i++) {
		bool space = head[i] == '\n' || head[i] == '\r' || head[i] == '\t';
		if (!space && (head[i] < ' ' || head[i] > '~'))
			return false;
		if (n < 16 && !space && !strchr("0123456789+-.,;eE ", head[i]))
			return false;
		digits += head[i] >= '0' && head[i] <= '9';
		lines += head[i] == '\n';
	}
	return n >= 4 && digits > 0 && lines > 0;
}

static enum status refuse(const char *what, struct error *e)
{
	return error_set(e, STATUS_CONTENT, "not raw records, but %s", what);
}

static enum status refuse_elements(const char *type, size_t element_bytes, struct error *e)
{
	const char *taken = element_bytes == 1 ? "u8" : element_bytes == 4 ? "f32" : "f64";
	return error_set(e, STATUS_CONTENT, "not %s records, but %s, for which -t is %s", taken,
	                 type, type);
}

enum status content_check(const unsigned char *head, size_t n, bool all, bool *partial,
                          struct error *e)
{
	*partial = false;
	if (n > CONTENT_HEAD_BYTES)
		n = CONTENT_HEAD_BYTES;
	for (size_t i = 0; i < NKINDS; i++) {
		const struct kind *k = &kinds[i];
		size_t common = n < k->n ? n : k->n;
		if (memcmp(head, k->magic, common) != 0)
			continue;
		if (n >= k->n && (!k->holds || k->holds(head, n)))
			return refuse(k->name, e);
		*partial =
		    *partial || (!all && n < k->n + (k->holds != NULL) && k->n > SHORT_MAGIC);
	}
	if (is_safetensors(head, n))
		return refuse("a safetensors model", e);
	if (is_text(head, n))
		return refuse("lines of text, which csv2raw reads if they are a table", e);
	return STATUS_OK;
}

/* ---- numbers of another type ---- */

/* Bits of the first numbers of an input, read as floats or as doubles. */
struct view {
	size_t n;        /* that are not 0 */
	size_t nlikely;  /* of them, from 2^-30 to 2^30; of doubles, from 2^-60 to 2^60 */
	size_t nchanged; /* of them, that differ from the one before */
	size_t nuneven;  /* of them, whose lowest byte could not be the highest of a likely float */
};

enum {
	FEWEST_NUMBERS = 16,  /* less says nothing */
	FEWEST_CHANGES = 4,   /* records of one gray are no numbers */
	MOST_BYTES = 1 << 16, /* that are looked at */
	SOME = 32             /* one in so many is no exception */
};

static bool is_likely_float(uint32_t bits)
{
	uint32_t exponent = bits >> 23 & 0xff;
	return exponent >= 127 - 30 && exponent <= 127 + 30;
}

static bool is_likely_double(uint64_t bits)
{
	uint64_t exponent = bits >> 52 & 0x7ff;
	return exponent >= 1023 - 60 && exponent <= 1023 + 60;
}

/* bytes: 4 for floats, 8 for doubles. */
static struct view view_numbers(const unsigned char *data, size_t n, size_t bytes)
{
	struct view v = {0};
	uint64_t before = 0, magnitude = UINT64_MAX >> (64 - 8 * bytes) >> 1;
	for (size_t i = 0; i + bytes <= n; i += bytes) {
		uint64_t bits = bytes == 4 ? bytes_le32(data + i) : bytes_le64(data + i);
		if ((bits & magnitude) == 0)
			continue;
		v.n++;
		v.nlikely += bytes == 4 ? is_likely_float((uint32_t)bits) : is_likely_double(bits);
		v.nuneven += !is_likely_float((uint32_t)bits << 24);
		v.nchanged += bits != before;
		before = bits;
	}
	return v;
}

static bool all_likely(const struct view *v)
{
	return v->n >= FEWEST_NUMBERS && v->nlikely == v->n && v->nchanged >= FEWEST_CHANGES;
}

/* Lower halves of doubles are any bits: taken for floats, some are smaller and some greater than
 * floats are in data; or, if the doubles were floats or whole numbers, all end in 28 bits of 0.
 * Neither is so for each second float. */
static bool has_lower_halves(const unsigned char *data, size_t n)
{
	size_t nhalves = 0, nsmall = 0, ngreat = 0, nended = 0;
	for (size_t i = 0; i + 8 <= n; i += 8) {
		uint32_t bits = bytes_le32(data + i);
		if (bits << 1 == 0)
			continue;
		nhalves++;
		nsmall += !is_likely_float(bits) && (bits >> 23 & 0xff) < 127;
		ngreat += !is_likely_float(bits) && (bits >> 23 & 0xff) > 127;
		nended += bits << 4 == 0;
	}
	return nended == nhalves || (nsmall > nhalves / SOME + 1 && ngreat > nhalves / SOME + 1);
}

enum status content_check_elements(const unsigned char *data, size_t n, size_t element_bytes,
                                   struct error *e)
{
	if (n > MOST_BYTES)
		n = MOST_BYTES;
	struct view floats = view_numbers(data, n, 4), doubles = view_numbers(data, n, 8);
	bool f64 = all_likely(&doubles), f32 = all_likely(&floats);
	const char *type = NULL;
	if (element_bytes < 8 && f64 && has_lower_halves(data, n))
		type = "f64";
	else if (f32 &&
	         (element_bytes == 8 ? !f64 : element_bytes == 1 && floats.nuneven > floats.n / 2))
		type = "f32";
	return type ? refuse_elements(type, element_bytes, e) : e->status;
}
