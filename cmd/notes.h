/* What a model is, on standard output: a line for each note. */
#ifndef NOTES_H
#define NOTES_H

#include "model/tensors.h"

/* Name, tab, value, for the notes of t but for the one named `except`, which may be NULL. Control
 * characters, which are a file's own words, are printed as '?'. */
void notes_print(const struct tensors *t, const char *except);

#endif
