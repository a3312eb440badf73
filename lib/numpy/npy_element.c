/* NumPy's elements to raw ones. */
#include "numpy/npy_element.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum element npy_element_nearest(const struct npy_type *type)
{
	if (type->kind == 'u' && type->bytes == 1)
		return ELEMENT_U8;
	if (type->kind == 'b' || (type->kind == 'f' && type->bytes <= 4))
		return ELEMENT_F32;
	return ELEMENT_F64;
}

static uint64_t bits(const struct npy_type *type, const unsigned char *p)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < type->bytes; i++)
		value = value << 8 | p[type->big_endian ? i : type->bytes - 1 - i];
	return value;
}

/* IEEE 754 binary16; every value is a double. */
static double of_half(unsigned half)
{
	unsigned exponent = half >> 10 & 31, fraction = half & 1023;
	double value = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
	               : exponent == 0 ? ldexp(fraction, -24)
	                               : ldexp(fraction + 1024, (int)exponent - 25);
	return half >> 15 ? -value : value;
}

static int64_t of_signed(const struct npy_type *type, uint64_t value)
{
	unsigned unused = 64 - 8 * type->bytes;
	int64_t wide;
	value <<= unused;
	memcpy(&wide, &value, sizeof(wide));
	return wide >= 0
	           ? (int64_t)(value >> unused)
	           : -(int64_t)(~value >> unused) - 1; /* >> of what is negative is no shift */
}

static double of_float(const struct npy_type *type, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;
	float f;
	double d;
	if (type->bytes == 2)
		return of_half((unsigned)value);
	if (type->bytes == 8) {
		memcpy(&d, &value, sizeof(d));
		return d;
	}
	memcpy(&f, &narrow, sizeof(f));
	return (double)f;
}

static void put_float(unsigned char *raw, float value)
{
	uint32_t b;
	memcpy(&b, &value, sizeof(b));
	bytes_put_le32(raw, b);
}

/* Rounded once: an integer of 64 bits does not pass through double on its way to float. */
static void convert(const struct npy_type *type, uint64_t value, enum element to,
                    unsigned char *raw)
{
	double d;
	if (type->kind == 'i') {
		int64_t i = of_signed(type, value);
		d = (double)i;
		if (to == ELEMENT_F32)
			put_float(raw, (float)i);
	} else if (type->kind == 'f') {
		d = of_float(type, value);
		if (to == ELEMENT_F32)
			put_float(raw, (float)d);
	} else {
		value = type->kind == 'b' ? value != 0 : value;
		d = (double)value;
		if (to == ELEMENT_F32)
			put_float(raw, (float)value);
	}
	if (to == ELEMENT_F64)
		element_from_double(ELEMENT_F64, &d, 1, raw);
}

static bool is_same(const struct npy_type *type, enum element to)
{
	return (type->kind == 'f' && to == ELEMENT_F32 && type->bytes == 4) ||
	       (type->kind == 'f' && to == ELEMENT_F64 && type->bytes == 8);
}

void npy_element_to_raw(const struct npy_type *type, const unsigned char *in, size_t n,
                        enum element to, unsigned char *raw)
{
	size_t bytes = element_bytes(to);
	if (type->kind == 'u' && type->bytes == 1) {
		element_big_endian_to_raw(ELEMENT_U8, in, n, to, raw);
	} else if (is_same(type, to) && type->big_endian) {
		element_big_endian_to_raw(to, in, n, to, raw);
	} else if (is_same(type, to)) {
		memcpy(raw, in, n * bytes);
	} else {
		for (size_t i = 0; i < n; i++)
			convert(type, bits(type, in + i * type->bytes), to, raw + i * bytes);
	}
}

/* Whether no more than 53 bits lie between the first and the last that is 1. */
static bool fits(uint64_t magnitude)
{
	while (magnitude >= UINT64_C(1) << 53 && magnitude % 2 == 0)
		magnitude /= 2;
	return magnitude <= UINT64_C(1) << 53;
}

size_t npy_element_inexact(const struct npy_type *type, const unsigned char *in, size_t n)
{
	if ((type->kind != 'i' && type->kind != 'u') || type->bytes < 8)
		return n;
	for (size_t i = 0; i < n; i++) {
		uint64_t value = bits(type, in + i * type->bytes);
		if (!fits(type->kind == 'i' && value >> 63 ? -value : value))
			return i;
	}
	return n;
}

void npy_element_print(const struct npy_type *type, const unsigned char *in, char text[24])
{
	uint64_t value = bits(type, in);
	if (type->kind == 'i')
		snprintf(text, 24, "%" PRId64, of_signed(type, value));
	else
		snprintf(text, 24, "%" PRIu64, value);
}
