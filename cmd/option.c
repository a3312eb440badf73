/* Option tables: parsing with getopt_long, and the files that options name. */
#include "option_parts.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_ONLY = 256 };

/* The rows that every program has; nothing is stored for them. */
static const struct option_spec common[] = {
    {.letter = 'h', .name = "help", .help = "print this help"},
    {.letter = 'V', .name = "version", .help = "print the version"},
    {0},
};

/* "-q", or "--json" of an option without a letter. */
static void format_name(const struct option_spec *s, char name[NAME_WIDTH])
{
	if (option_letter(s))
		snprintf(name, NAME_WIDTH, "-%c", s->letter);
	else
		snprintf(name, NAME_WIDTH, "--%s", s->name);
}

/* ---- files ---- */

static size_t list_files(const struct option_spec *table, const void *options,
                         struct named_file *files, char names[OPTION_MAX][NAME_WIDTH])
{
	size_t n = 0;
	for (const struct option_spec *s = table; s->name; s++) {
		if (s->kind != OPTION_INPUT && s->kind != OPTION_OUTPUT)
			continue;
		format_name(s, names[n]);
		files[n] = (struct named_file){
		    names[n], *(const char *const *)((const char *)options + s->offset),
		    s->kind == OPTION_OUTPUT};
		n++;
	}
	return n;
}

static bool is_standard(const struct named_file *file)
{
	return file->path && strcmp(file->path, "-") == 0;
}

/* Standard output is written by every program, as "-" or without being named. */
static size_t add_standard_output(struct named_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (files[i].written && is_standard(&files[i]))
			return n;
	}
	files[n] = (struct named_file){"standard output", "-", true};
	return n + 1;
}

void option_check_files(const struct option_spec *table, const void *options,
                        const char *const *operands, size_t noperands)
{
	struct named_file *files = calloc(OPTION_MAX + 1 + noperands, sizeof(*files));
	char names[OPTION_MAX][NAME_WIDTH];
	size_t nstandard = 0, a, b;
	if (!files)
		return;
	size_t n = add_standard_output(files, list_files(table, options, files, names));
	for (size_t i = 0; i < noperands; i++)
		files[n++] = (struct named_file){"the input", operands[i], false};
	for (size_t i = 0; i < n; i++)
		nstandard += is_standard(&files[i]) && !files[i].written;
	if (nstandard > 1)
		cli_usage("only one of the files can be standard input");
	if (output_shared(files, n, &a, &b))
		cli_usage("%s and %s are the same file", files[a].option, files[b].option);
	free(files);
}

/* ---- parsing ---- */

/* getopt's view of the rows; an option without a letter has the value LONG_ONLY + its row. */
struct parser {
	const struct option_spec *rows[OPTION_MAX];
	size_t nrows;
	struct option longs[OPTION_MAX + 1];
	char letters[2 * OPTION_MAX + 1];
};

static void add_rows(struct parser *p, const struct option_spec *table)
{
	for (const struct option_spec *s = table; s->name; s++) {
		assert(p->nrows < OPTION_MAX);
		size_t i = p->nrows++, used = strlen(p->letters);
		p->rows[i] = s;
		p->longs[i] =
		    (struct option){.name = s->name,
		                    .has_arg = s->argument ? required_argument : no_argument,
		                    .val = option_letter(s) ? s->letter : LONG_ONLY + (int)i};
		if (s->letter)
			snprintf(p->letters + used, sizeof(p->letters) - used, "%c%s", s->letter,
			         s->argument ? ":" : "");
	}
}

static const struct option_spec *find_row(const struct parser *p, int value)
{
	size_t i = 0;
	while (i < p->nrows && p->longs[i].val != value && p->rows[i]->letter != value)
		i++;
	return i < p->nrows ? p->rows[i] : NULL;
}

int option_parse(const struct program *program, const struct option_spec *table, int argc,
                 char **argv, void *options)
{
	struct parser p = {.nrows = 0};
	char name[NAME_WIDTH];
	add_rows(&p, table);
	add_rows(&p, common);
	for (int c; (c = getopt_long(argc, argv, p.letters, p.longs, NULL)) != -1;) {
		const struct option_spec *s = find_row(&p, c);
		if (!s)
			cli_try_help(); /* getopt has reported it */
		if (c == 'h') {
			option_print_help(program, table, common);
			exit(cli_finish(EXIT_OK));
		}
		if (c == 'V') {
			cli_print_version();
			exit(cli_finish(EXIT_OK));
		}
		format_name(s, name);
		if (s->old_letter && c == s->letter)
			fprintf(stderr, "%s: -%c is deprecated; use %s\n", program->name, c, name);
		option_store(s, name, optarg, options);
	}
	return optind;
}
