/* CRC-32: a model has a hundred megabytes, and none of them is used before it is checked. Eight
 * bytes per step with a table for each ("slicing by 8"); 64 bytes where the processor multiplies
 * polynomials. */
#include "base/crc.h"

#include "base/bytes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define CARRYLESS 1
#endif

void crc_table_init(struct crc_table *table)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t crc = b;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
		table->of[0][b] = crc;
	}
	for (int k = 1; k < 8; k++) {
		for (int b = 0; b < 256; b++) {
			uint32_t crc = table->of[k - 1][b];
			table->of[k][b] = crc >> 8 ^ table->of[0][crc & 0xff];
		}
	}
}

/* The remainder's register, without the complements before and after. */
static uint32_t add_by_tables(const struct crc_table *table, uint32_t crc, const unsigned char *p,
                              size_t n)
{
	for (; n >= 8; n -= 8, p += 8) {
		uint32_t low = crc ^ bytes_le32(p), high = bytes_le32(p + 4);
		crc = 0;
		for (int k = 0; k < 4; k++) {
			crc ^= table->of[7 - k][low >> 8 * k & 0xff];
			crc ^= table->of[3 - k][high >> 8 * k & 0xff];
		}
	}
	for (; n > 0; n--, p++)
		crc = crc >> 8 ^ table->of[0][(crc ^ *p) & 0xff];
	return crc;
}

#ifdef CARRYLESS
enum { FOLD = 64, LANE = 16, NLANES = FOLD / LANE };

/* Folds whole blocks of 64 bytes, at least one, into 64 bytes that have the same remainder, which
 * are left in `folded`: 16 bytes that stand 512 bits before others count as the product of their
 * halves with x^544 and x^480 modulo the CRC's polynomial, bits reversed (Gopal et al., Fast CRC
 * Computation for Generic Polynomials Using PCLMULQDQ, Intel 2009). */
__attribute__((target("pclmul"))) static void fold(uint32_t crc, const unsigned char *p, size_t n,
                                                   unsigned char folded[FOLD])
{
	const __m128i powers = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
	__m128i lanes[NLANES];
	for (int k = 0; k < NLANES; k++)
		lanes[k] = _mm_loadu_si128((const __m128i *)(const void *)(p + LANE * k));
	lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)crc));
	for (p += FOLD, n -= FOLD; n >= FOLD; p += FOLD, n -= FOLD) {
		for (int k = 0; k < NLANES; k++) {
			__m128i next =
			    _mm_loadu_si128((const __m128i *)(const void *)(p + LANE * k));
			__m128i low = _mm_clmulepi64_si128(lanes[k], powers, 0x00);
			__m128i high = _mm_clmulepi64_si128(lanes[k], powers, 0x11);
			lanes[k] = _mm_xor_si128(_mm_xor_si128(low, high), next);
		}
	}
	for (int k = 0; k < NLANES; k++)
		_mm_storeu_si128((__m128i *)(void *)(folded + LANE * k), lanes[k]);
}
#endif

uint32_t crc_add(const struct crc_table *table, uint32_t crc, const void *data, size_t n)
{
	const unsigned char *p = data;
	crc = ~crc;
#ifdef CARRYLESS
	unsigned char folded[FOLD];
	size_t whole = n / FOLD * FOLD;
	if (whole > 0 && __builtin_cpu_supports("pclmul")) {
		fold(crc, p, whole, folded);
		crc = add_by_tables(table, 0, folded, FOLD);
		p += whole;
		n -= whole;
	}
#endif
	return ~add_by_tables(table, crc, p, n);
}
