/* What scored the numbers, compared and as text. */
#include "stats/scorer.h"

#include <stdio.h>
#include <string.h>

bool scorer_known(const struct scorer *s)
{
	return s->model[0] != '\0';
}

bool scorer_same(const struct scorer *a, const struct scorer *b)
{
	return strcmp(a->model, b->model) == 0 && strcmp(a->precision, b->precision) == 0;
}

/* Copies 1 to `most` bytes, all of them among the letters. */
static bool copy(char *to, size_t most, const char *text, size_t length, const char *letters)
{
	if (length == 0 || length > most)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\0' || !strchr(letters, text[i]))
			return false;
	memcpy(to, text, length);
	to[length] = '\0';
	return true;
}

bool scorer_set_model(struct scorer *s, const char *text, size_t length)
{
	return length == SCORER_MODEL &&
	       copy(s->model, SCORER_MODEL, text, length, "0123456789abcdef");
}

bool scorer_set_precision(struct scorer *s, const char *text, size_t length)
{
	return copy(s->precision, SCORER_PRECISION, text, length,
	            "abcdefghijklmnopqrstuvwxyz0123456789");
}

const char *scorer_describe(const struct scorer *s, char text[SCORER_TEXT])
{
	if (!scorer_known(s))
		return "no model";
	snprintf(text, SCORER_TEXT, "model %s, precision %s", s->model, s->precision);
	return text;
}
