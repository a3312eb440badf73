/* Option tables: a row of tab-separated fields for each option instead of --help, from which
 * .packaging/completions makes those of the shells. Linked in the place of option_help.c. */
#include "option_parts.h"

#include <stdio.h>
#include <string.h>

/* What completes an argument. */
static const char *completion(const struct option_spec *s)
{
	if (!s->argument)
		return "none";
	if (s->choices)
		return "choice";
	if (s->kind == OPTION_INPUT || s->kind == OPTION_OUTPUT)
		return strcmp(s->argument, "MODEL") == 0 ? "model" : "file";
	return "value";
}

/* letter, long name, name of the argument, what completes it, choices, help */
static void print_rows(const struct option_spec *table)
{
	for (const struct option_spec *s = table; s->name; s++) {
		printf("%.1s\t%s\t%s\t%s\t", option_letter(s) ? &s->letter : "", s->name,
		       s->argument ? s->argument : "", completion(s));
		for (const struct option_choice *c = s->choices; s->argument && c && c->name; c++)
			printf("%s%s", c == s->choices ? "" : " ", c->name);
		printf("\t%s\n", s->help);
	}
}

void option_print_help(const struct program *program, const struct option_spec *table,
                       const struct option_spec *common)
{
	(void)program;
	print_rows(table);
	print_rows(common);
}
