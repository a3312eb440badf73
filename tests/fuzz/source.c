/* Inputs that arrive in pieces: lib/io/input.c is compiled into this file, with its open, read and
 * poll replaced. Everything else is as in the programs. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { MAX_FD = 64 };

struct source {
	const unsigned char *data;
	size_t size, at;
	enum arrival arrival;
	uint32_t random;
};

static struct source served, sources[MAX_FD];

static uint32_t next_random(struct source *s)
{
	s->random = s->random * 1664525 + 1013904223;
	return s->random >> 16;
}

static int source_open(const char *path, int flags)
{
	(void)path;
	int fd = open("/dev/null", flags);
	must(fd > 0 && fd < MAX_FD);
	sources[fd] = served;
	return fd;
}

static ssize_t source_read(int fd, void *data, size_t n)
{
	struct source *s = &sources[fd];
	size_t left = s->size - s->at, most = left;
	if (s->arrival == BYTE_BY_BYTE && most > 1)
		most = 1;
	if (s->arrival == IN_PIECES) {
		uint32_t r = next_random(s);
		if (r % 16 < 2) {
			errno = r % 16 ? EINTR : EAGAIN;
			return -1;
		}
		most = 1 + (r >> 4) % (r % 16 < 8 ? 7 : 700);
		most = most < left ? most : left;
	}
	if (n > most)
		n = most;
	if (n > 0)
		memcpy(data, s->data + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static int source_poll(struct pollfd *p, nfds_t n, int timeout)
{
	must(n == 1);
	struct source *s = &sources[p->fd];
	return timeout < 0 || s->arrival == AT_ONCE ||
	       (s->arrival == IN_PIECES && next_random(s) % 2);
}

#define open source_open
#define read source_read
#define poll source_poll
#include "io/input.c"
#undef open
#undef read
#undef poll

bool fuzz_worthwhile(enum arrival arrival, size_t size)
{
	return arrival != BYTE_BY_BYTE || size <= SLOW_BYTES;
}

void fuzz_serve(const void *data, size_t size, enum arrival arrival)
{
	served = (struct source){data, size, 0, arrival, (uint32_t)size};
}

int fuzz_open(const void *data, size_t size, enum arrival arrival)
{
	struct error e = {0};
	int fd = -1;
	fuzz_serve(data, size, arrival);
	must(input_open("input", &fd, &e) == STATUS_OK);
	return fd;
}

__attribute__((weak)) void fuzz_repair(uint8_t *data, size_t size)
{
	(void)data, (void)size;
}

/* The code point that begins at *p, which moves behind it; UINT32_MAX if that is no UTF-8. */
static uint32_t code_point(const unsigned char **p)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint32_t c = *(*p)++;
	unsigned more = c < 0x80   ? 0
	                : c < 0xc0 ? 9
	                : c < 0xe0 ? 1
	                : c < 0xf0 ? 2
	                : c < 0xf8 ? 3
	                           : 9;
	if (more == 9)
		return UINT32_MAX;
	if (more > 0)
		c &= 0x3fu >> more;
	for (unsigned i = 0; i < more; i++) {
		if (**p >> 6 != 2)
			return UINT32_MAX;
		c = c << 6 | (*(*p)++ & 0x3f);
	}
	return c < least[more] || c > 0x10ffff || c >> 11 == 0x1b ? UINT32_MAX : c;
}

void fuzz_check_error(const struct error *e)
{
	must((e->status == STATUS_OK) == (e->text[0] == '\0'));
	must(memchr(e->text, '\0', sizeof(e->text)));
	for (const unsigned char *p = (const unsigned char *)e->text; *p;) {
		uint32_t c = code_point(&p);
		must(c != UINT32_MAX);
		must(c >= 0x20 && (c < 0x7f || c > 0x9f));
	}
}

bool fuzz_same_error(const struct error *e, const struct error *other)
{
	return e->status == other->status && strcmp(e->text, other->text) == 0;
}

void bytes_begin(struct bytes *b)
{
	*b = (struct bytes){0};
	b->f = open_memstream(&b->data, &b->size);
	must(b->f);
}

void bytes_end(struct bytes *b)
{
	must(fclose(b->f) == 0);
	b->f = NULL;
}

void bytes_release(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){0};
}

bool bytes_same(const struct bytes *b, const void *data, size_t size)
{
	return b->size == size && (size == 0 || memcmp(b->data, data, size) == 0);
}

uint32_t fuzz_crc32(const uint8_t *data, size_t size)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}
