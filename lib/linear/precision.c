/* Conversion between float32 and bfloat16. */
#include "linear/precision.h"

#include "base/vectorised.h"

#include <stdint.h>
#include <string.h>

size_t precision_bytes(enum precision p)
{
	return p == PRECISION_F32 ? 4 : 2;
}

const char *precision_name(enum precision p)
{
	return p == PRECISION_F32 ? "f32" : "bf16";
}

VECTORISED static void to_bf16(size_t n, const float *restrict from, uint16_t *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;
		memcpy(&bits, &from[i], sizeof(bits));
		uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
		to[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : rounded);
	}
}

VECTORISED static void from_bf16(size_t n, const uint16_t *restrict from, float *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits = (uint32_t)from[i] << 16;
		memcpy(&to[i], &bits, sizeof(bits));
	}
}

void precision_from_float(enum precision p, size_t n, const float *from, void *to)
{
	if (p == PRECISION_F32)
		memcpy(to, from, n * sizeof(float));
	else
		to_bf16(n, from, to);
}

void precision_to_float(enum precision p, size_t n, const void *from, float *to)
{
	if (p == PRECISION_F32)
		memcpy(to, from, n * sizeof(float));
	else
		from_bf16(n, from, to);
}
