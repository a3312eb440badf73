/* CRC-32 as in gzip, zip and PNG (RFC 1952, section 8). */
#ifndef CRC_H
#define CRC_H

#include <stddef.h>
#include <stdint.h>

struct crc_table {
	uint32_t of[8][256]; /* [k][b]: of the byte b with k zeros after it */
};

void crc_table_init(struct crc_table *table);

/* Continues a CRC with n more bytes; crc is that of the bytes before them, 0 if there are none. */
uint32_t crc_add(const struct crc_table *table, uint32_t crc, const void *data, size_t n);

#endif
