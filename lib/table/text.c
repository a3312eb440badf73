/* Texts of a table. */
#include "table/text.h"

#include <stdlib.h>
#include <string.h>

enum status text_copy(struct text *t, const char *text, size_t length, struct error *e)
{
	t->length = 0;
	t->text = malloc(length + 1);
	if (!t->text)
		return error_memory(e);
	memcpy(t->text, text, length);
	t->text[length] = '\0';
	t->length = length;
	return STATUS_OK;
}

int text_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}
