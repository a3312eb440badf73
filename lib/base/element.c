/* Sizes, names and conversions of the element types. */
#include "base/element.h"

#include "base/bytes.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	size_t bytes;
} elements[] = {
    [ELEMENT_U8] = {"u8", 1},   [ELEMENT_I8] = {"i8", 1},   [ELEMENT_I16] = {"i16", 2},
    [ELEMENT_I32] = {"i32", 4}, [ELEMENT_F32] = {"f32", 4}, [ELEMENT_F64] = {"f64", 8},
};

size_t element_bytes(enum element type)
{
	return elements[type].bytes;
}

const char *element_name(enum element type)
{
	return elements[type].name;
}

bool element_parse_raw(const char *text, enum element *out)
{
	static const enum element raw[] = {ELEMENT_U8, ELEMENT_F32, ELEMENT_F64};
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++) {
		if (strcmp(text, elements[raw[i]].name) == 0) {
			*out = raw[i];
			return true;
		}
	}
	return false;
}

static float float_of_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double double_of_bits(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void put_float(unsigned char *p, float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	bytes_put_le32(p, bits);
}

static void put_double(unsigned char *p, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	bytes_put_le64(p, bits);
}

static float unit_of_u8(unsigned char b)
{
	return (float)b / 255.0f;
}

void element_to_double(enum element type, const unsigned char *raw, size_t n, double *out)
{
	assert(type == ELEMENT_U8 || type == ELEMENT_F32 || type == ELEMENT_F64);
	if (type == ELEMENT_U8) {
		for (size_t i = 0; i < n; i++)
			out[i] = (double)unit_of_u8(raw[i]);
	} else if (type == ELEMENT_F32) {
		for (size_t i = 0; i < n; i++)
			out[i] = (double)float_of_bits(bytes_le32(raw + 4 * i));
	} else {
		for (size_t i = 0; i < n; i++)
			out[i] = double_of_bits(bytes_le64(raw + 8 * i));
	}
}

void element_from_double(enum element type, const double *values, size_t n, unsigned char *raw)
{
	assert(type == ELEMENT_F32 || type == ELEMENT_F64);
	if (type == ELEMENT_F32) {
		for (size_t i = 0; i < n; i++)
			put_float(raw + 4 * i, (float)values[i]);
	} else {
		for (size_t i = 0; i < n; i++)
			put_double(raw + 8 * i, values[i]);
	}
}

static int64_t sign_extend(int64_t value, int bits)
{
	return value < INT64_C(1) << (bits - 1) ? value : value - (INT64_C(1) << bits);
}

bool element_big_endian_integer(enum element type, const unsigned char *p, int64_t *out)
{
	switch (type) {
	case ELEMENT_U8:
		*out = *p;
		return true;
	case ELEMENT_I8:
		*out = sign_extend(*p, 8);
		return true;
	case ELEMENT_I16:
		*out = sign_extend(p[0] << 8 | p[1], 16);
		return true;
	case ELEMENT_I32:
		*out = sign_extend(bytes_be32(p), 32);
		return true;
	default:
		return false;
	}
}

/* Reads one big-endian element; a double represents every type exactly. */
static double big_endian(enum element type, const unsigned char *p)
{
	int64_t integer = 0;
	if (type == ELEMENT_F64)
		return double_of_bits(bytes_be64(p));
	if (type == ELEMENT_F32)
		return (double)float_of_bits(bytes_be32(p));
	element_big_endian_integer(type, p, &integer);
	return type == ELEMENT_U8 ? (double)unit_of_u8(*p) : (double)integer;
}

/* The hot path of image files: one table look-up per byte. */
static void u8_to_f32(const unsigned char *in, size_t n, unsigned char *raw)
{
	unsigned char table[256][4];
	for (unsigned b = 0; b < 256; b++)
		put_float(table[b], unit_of_u8((unsigned char)b));
	for (size_t i = 0; i < n; i++)
		memcpy(raw + 4 * i, table[in[i]], 4);
}

static void reverse_bytes(const unsigned char *in, size_t n, size_t bytes, unsigned char *out)
{
	if (n == 0) /* none may come without a place, which memcpy() demands */
		return;
	if (bytes == 1) {
		memcpy(out, in, n);
		return;
	}
	for (size_t i = 0; i < n; i++, in += bytes, out += bytes) {
		for (size_t k = 0; k < bytes; k++)
			out[k] = in[bytes - 1 - k];
	}
}

void element_raw_to_big_endian(enum element type, const unsigned char *raw, size_t n,
                               unsigned char *out)
{
	reverse_bytes(raw, n, elements[type].bytes, out);
}

bool element_big_endian_to_raw(enum element from, const unsigned char *in, size_t n,
                               enum element to, unsigned char *raw)
{
	if (to == ELEMENT_U8 && from != ELEMENT_U8)
		return false;
	if (from == to) {
		reverse_bytes(in, n, elements[to].bytes, raw);
	} else if (from == ELEMENT_U8 && to == ELEMENT_F32) {
		u8_to_f32(in, n, raw);
	} else {
		for (size_t i = 0; i < n; i++) {
			double value = big_endian(from, in + i * elements[from].bytes);
			element_from_double(to, &value, 1, raw + i * elements[to].bytes);
		}
	}
	return true;
}
