/* Preloaded by tests/cli/pages.bats before a program: its first call of getopt_long prints the
 * table of options that it is given, one a line as "-t --type value" or "--progress", and ends the
 * program. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *value(bool taken)
{
	return taken ? " value" : "";
}

/* A long option, with the letter that means the same; what they take must be the same, too. */
static void print_long(const struct option *o, const char *letters)
{
	const char *at = o->val > ' ' && o->val <= '~' ? strchr(letters, o->val) : NULL;
	if (at && (at[1] == ':') != (o->has_arg == required_argument))
		printf("-%c and --%s differ: ", *at, o->name);
	if (at)
		printf("-%c ", *at);
	printf("--%s%s\n", o->name, value(o->has_arg != no_argument));
}

static bool has_long(int letter, const struct option *longs)
{
	for (; longs->name; longs++)
		if (longs->val == letter)
			return true;
	return false;
}

int getopt_long(int argc, char *const *argv, const char *letters, const struct option *longs,
                int *index)
{
	(void)argc, (void)argv, (void)index;
	for (const struct option *o = longs; o->name; o++)
		print_long(o, letters);
	for (const char *l = letters; *l; l++)
		if (*l != ':' && !has_long(*l, longs))
			printf("-%c%s\n", *l, value(l[1] == ':'));
	exit(0);
}
