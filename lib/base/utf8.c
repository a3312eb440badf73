/* Printable UTF-8: what of a text may go to a terminal. */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

/* Invisible characters that end a line, change the direction of the text after them (UAX #9) or
 * make two texts look the same. */
static bool is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e},
	              {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

size_t utf8_printable_bytes(const char *text)
{
	static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
	size_t n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = *p & (0x7fu >> n);
	if (*p < 0x80)
		return *p >= ' ' && *p != 0x7f;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || c >> 11 == 0x1b ||
	    is_invisible(c)) /* 0x1b: surrogates */
		return 0;
	return n;
}

void utf8_make_printable(char *text)
{
	for (size_t n; *text; text += n) {
		n = utf8_printable_bytes(text);
		if (n == 0) {
			*text = '?';
			n = 1;
		}
	}
}
