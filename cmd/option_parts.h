/* What option.c shares with option_value.c and option_help.c. */
#ifndef OPTION_PARTS_H
#define OPTION_PARTS_H

#include "option.h"

enum { NAME_WIDTH = 80 };

/* The letter that is shown, or 0. */
static inline char option_letter(const struct option_spec *s)
{
	return s->old_letter ? 0 : s->letter;
}

/* Converts the argument of a row and puts the value into the program's struct. */
void option_store(const struct option_spec *s, const char *option, const char *arg, void *options);

/* common: the rows that every program has. */
void option_print_help(const struct program *program, const struct option_spec *table,
                       const struct option_spec *common);

#endif
