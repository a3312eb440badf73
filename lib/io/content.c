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
		return refuse("lines of text", e);
	return STATUS_OK;
}
