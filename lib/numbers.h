/*
 * Streams of numbers: text, one per line, or raw little-endian doubles. A line ends with LF or
 * CRLF, the last one may go without; anything but one number on a line is an error.
 */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "status.h"
#include "stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	NUMBERS_MAX_BATCH = 8192, /* numbers handed out at once */
	NUMBERS_MAX_LINE = 1199,  /* bytes without the line's end */
	NUMBERS_PLACE = 64,
};

struct numbers {
	bool binary;
	uint64_t nnumbers;      /* handed out so far */
	double *values;         /* owned; room for a batch */
	struct records records; /* of a binary stream */

	int fd; /* of a text, and what follows, too */
	FILE *tied;
	char *text;          /* owned */
	size_t begin, end;   /* the bytes of text that have not been parsed */
	uint64_t begin_byte; /* offset of text[begin] in the stream */
	bool ended;
};

/* Reads from fd from now on, tied as in stream.h. The caller keeps fd. */
enum status numbers_init(struct numbers *s, int fd, FILE *tied, bool binary, struct error *e);
void numbers_release(struct numbers *s);

/* Waits for one number, then takes what has arrived: *values points to *n numbers, valid until
 * the next call; *n is 0 at the end. An error comes after all numbers before it have been handed
 * out; its text names line and byte offset. */
enum status numbers_next(struct numbers *s, const double **values, size_t *n, struct error *e);

/* Where number `index` of the stream, from 0, stands: "line 17", counted from 1 as editors do, or
 * "record 16 (byte 128)". */
void numbers_place(const struct numbers *s, uint64_t index, char place[NUMBERS_PLACE]);

/* One decimal number of length bytes in the form num_parse_double takes, and bit for bit what that
 * gives; text[length] must be readable. False if it is not a number. */
bool numbers_parse(const char *text, size_t length, double *out);

/* Writes numbers as the shortest decimals, one per line, or raw. Losses show at ferror(f). */
void numbers_write(FILE *f, const double *values, size_t n, bool binary);

#endif
