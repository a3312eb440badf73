/* Texts of a table: names of columns, and levels. */
#ifndef TEXT_H
#define TEXT_H

#include "base/error.h"

#include <stddef.h>

struct text {
	char *text; /* owned; any bytes but NUL, and one at the end */
	size_t length;
};

enum status text_copy(struct text *t, const char *text, size_t length, struct error *e);

/* Negative, 0, positive as in memcmp; a text comes after its beginnings. */
int text_compare(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
