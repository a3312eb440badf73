/* Option tables: --help. */
#include "option_parts.h"

#include <stdio.h>
#include <string.h>

enum { HELP_WIDTH = 80 };

/* "  -q, --quantiles P,P" */
static int format_left(const struct option_spec *s, char *text, size_t size)
{
	char letter[8] = "    ";
	if (option_letter(s))
		snprintf(letter, sizeof(letter), "-%c, ", s->letter);
	return snprintf(text, size, "  %s--%s%s%s", letter, s->name, s->argument ? " " : "",
	                s->argument ? s->argument : "");
}

static int left_width(const struct option_spec *table)
{
	char left[NAME_WIDTH];
	int widest = 0;
	for (const struct option_spec *s = table; s->name; s++) {
		int width = format_left(s, left, sizeof(left));
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* Words of text from a column on, with lines of at most HELP_WIDTH columns. */
static void print_wrapped(const char *text, int column)
{
	int at = column;
	while (*text) {
		int n = (int)strcspn(text, " ");
		if (at > column && at + 1 + n > HELP_WIDTH) {
			printf("\n%*s", column, "");
			at = column;
		} else if (at > column) {
			putchar(' ');
			at++;
		}
		at += printf("%.*s", n, text);
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

static void print_rows(const struct option_spec *table, int column)
{
	char left[NAME_WIDTH];
	for (const struct option_spec *s = table; s->name; s++) {
		format_left(s, left, sizeof(left));
		printf("%-*s", column, left);
		print_wrapped(s->help, column);
	}
}

void option_print_help(const struct program *program, const struct option_spec *table,
                       const struct option_spec *common)
{
	int rows = left_width(table), others = left_width(common);
	int column = (rows > others ? rows : others) + 2;
	printf("%s%s\n\n", program->usage, program->purpose);
	print_rows(table, column);
	print_rows(common, column);
}
