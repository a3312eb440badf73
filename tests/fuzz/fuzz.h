/*
 * What the harnesses share. Each is one reader: LLVMFuzzerTestOneInput gives it an input and aborts
 * where what must hold does not. replay.c runs it over files, libfuzzer.c lets libFuzzer find
 * inputs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes right, in place, what a mutation is bound to break (checksums), so that it gets past it;
 * for most readers it does nothing. */
void fuzz_repair(uint8_t *data, size_t size);

/* A property. Not an assert: NDEBUG must not take it away. */
#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* How the bytes of a file arrive: all that are asked for; one at a time, as from a slow producer;
 * or in pieces of odd sizes, with interrupted reads in between. */
enum arrival { AT_ONCE, BYTE_BY_BYTE, IN_PIECES, ARRIVALS };
enum { SLOW_BYTES = 1 << 11 };

/* Whether an input of that size is to be read so: byte by byte takes too long for large ones. */
bool fuzz_worthwhile(enum arrival arrival, size_t size);

/* What every file that is opened for reading from now on holds, whatever its name. */
void fuzz_serve(const void *data, size_t size, enum arrival arrival);

/* The same, opened: a descriptor to be closed. */
int fuzz_open(const void *data, size_t size, enum arrival arrival);

/* An error has a text, one line of UTF-8 without control characters; success has none. */
void fuzz_check_error(const struct error *e);
bool fuzz_same_error(const struct error *e, const struct error *other);

/* Bytes that grow: what a reader handed out, or a writer wrote. */
struct bytes {
	FILE *f; /* to be written to, until bytes_end */
	char *data;
	size_t size;
};

void bytes_begin(struct bytes *b);
void bytes_end(struct bytes *b);
void bytes_release(struct bytes *b);
bool bytes_same(const struct bytes *b, const void *data, size_t size);

/* Of RFC 1952, 8: that of gzip, zip and PNG. */
uint32_t fuzz_crc32(const uint8_t *data, size_t size);

#endif
