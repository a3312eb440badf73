/* What scored the numbers: a model, by its digest, and the precision of its products. Statistics
 * and calibrations carry it along, so that those of another model are not taken for ours. */
#ifndef SCORER_H
#define SCORER_H

#include <stdbool.h>
#include <stddef.h>

enum { SCORER_MODEL = 64, SCORER_PRECISION = 7, SCORER_TEXT = 112 };

/* {0}: not known. */
struct scorer {
	char model[SCORER_MODEL + 1]; /* lower-case hexadecimal digits, or "" */
	char precision[SCORER_PRECISION + 1];
};

bool scorer_known(const struct scorer *s);
bool scorer_same(const struct scorer *a, const struct scorer *b);

/* Set one of both; false, and nothing is set, if the text is not of its form: 64 lower-case
 * hexadecimal digits; 1 to 7 lower-case letters and digits. */
bool scorer_set_model(struct scorer *s, const char *text, size_t length);
bool scorer_set_precision(struct scorer *s, const char *text, size_t length);

/* For messages: "model 0123..., precision f32", or "no model". */
const char *scorer_describe(const struct scorer *s, char text[SCORER_TEXT]);

#endif
