/* CRC-32, eight bytes per step with a table for each ("slicing by 8"): a model has a hundred
 * megabytes. */
#include "base/crc.h"

#include "base/bytes.h"

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

uint32_t crc_add(const struct crc_table *table, uint32_t crc, const void *data, size_t n)
{
	const unsigned char *p = data;
	crc = ~crc;
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
	return ~crc;
}
