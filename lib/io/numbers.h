/*
 * Streams of numbers: text, one per line, or raw little-endian doubles. A line ends with LF or
 * CRLF, including the last, which may otherwise be incomplete. Anything but one number on a line is
 * an error.
 */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "base/decimal.h"
#include "base/error.h"
#include "io/record_stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	NUMBERS_MAX_BATCH = 8192,             /* numbers handed out at once */
	NUMBERS_MAX_LINE = DECIMAL_MAX_BYTES, /* bytes without the line end */
	NUMBERS_PLACE = 64,
};

struct numbers {
	bool binary;
	uint64_t nnumbers;            /* handed out so far */
	double *values;               /* owned; room for a batch */
	struct record_stream records; /* of a binary stream */

	int fd; /* this and the following: of a text */
	FILE *tied;
	char *text;          /* owned */
	size_t begin, end;   /* the bytes of text that have not been parsed */
	uint64_t begin_byte; /* offset of text[begin] in the stream */
	bool ended;
};

/* Starts reading from fd, which stays owned by the caller. tied: see io/input.h. */
enum status numbers_init(struct numbers *s, int fd, FILE *tied, bool binary, struct error *e);
void numbers_release(struct numbers *s);

/* Waits for one number, then takes what has arrived: *values points to *n numbers, valid until the
 * next call; *n is 0 at the end. An error is reported after all numbers before it have been handed
 * out; its text names line and byte offset. */
enum status numbers_next(struct numbers *s, const double **values, size_t *n, struct error *e);

/* The position of the number with that index, from 0: "line 17", counted from 1 as editors do, or
 * "record 16 (byte 128)". */
void numbers_place(const struct numbers *s, uint64_t index, char place[NUMBERS_PLACE]);

/* Writes numbers as the shortest decimals, one per line, or raw. Write errors are left to
 * ferror(f). */
void numbers_write(FILE *f, const double *values, size_t n, bool binary);

#endif
