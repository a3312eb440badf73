/* Numbers as text, and sizes that cannot wrap. */
#ifndef NUM_H
#define NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole string is a decimal integer in [min, max]; false, and *out untouched, otherwise.
 * No sign, no leading or trailing space. */
bool num_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The whole string is a decimal floating-point number, "nan", "inf" or "infinity" with an
 * optional sign; correctly rounded, whatever the locale. No hexadecimal, no space. Values
 * beyond the range of a double become infinite or zero, as IEEE 754 rounds them. */
bool num_parse_double(const char *text, size_t length, double *out);

/* Enough for any double in shortest form and its NUL. */
#define NUM_TEXT 32

/* The shortest decimal that reads back to the same double; "nan", "inf", "-inf". Returns
 * the length. */
size_t num_format_double(double value, char text[NUM_TEXT]);

/* a * b, a + b; false, and *out untouched, if that does not fit. */
bool num_mul(uint64_t a, uint64_t b, uint64_t *out);
bool num_add(uint64_t a, uint64_t b, uint64_t *out);

/* Big- and little-endian loads and stores that do not care for alignment or host order. */
static inline uint32_t num_be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t num_le32(const unsigned char *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t num_be64(const unsigned char *p)
{
	return (uint64_t)num_be32(p) << 32 | num_be32(p + 4);
}

static inline uint64_t num_le64(const unsigned char *p)
{
	return (uint64_t)num_le32(p + 4) << 32 | num_le32(p);
}

static inline void num_put_be32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

static inline void num_put_le32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
	p[2] = (unsigned char)(v >> 16);
	p[3] = (unsigned char)(v >> 24);
}

static inline void num_put_le64(unsigned char *p, uint64_t v)
{
	num_put_le32(p, (uint32_t)v);
	num_put_le32(p + 4, (uint32_t)(v >> 32));
}

#endif
