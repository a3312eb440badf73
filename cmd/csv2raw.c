/* csv2raw: tables to raw records, by a schema that it learns or is given. */
#include "csv2raw.h"

#include "option.h"
#include "table/csv.h"

#include <string.h>

static const struct program program = {
    "csv2raw",
    "usage: csv2raw (-w SCHEMA [-c NAMES | -x NAMES] | -s SCHEMA | -m MODEL) [-F SEP]\n"
    "               [--no-header] [-t f32|f64] [--missing fill|error|skip] [file.csv ...]\n",
    "Write each row of a table as one raw record."};

static void parse_separator(const char *option, const char *arg, void *options)
{
	if (!csv_parse_separator(arg, &((struct options *)options)->format.separator))
		cli_usage("%s: '%s' is not a separator, such as ';' or tab", option, arg);
}

static const struct option_choice types[] = {{"f32", TYPE_F32}, {"f64", TYPE_F64}, {0}};
static const struct option_choice policies[] = {
    {"fill", SCHEMA_FILL}, {"error", SCHEMA_REFUSE}, {"skip", SCHEMA_SKIP}, {0}};

static const struct option_spec table[] = {
    {'w', "write-schema", "SCHEMA",
     "learn the schema from the rows, and write it before the records",
     OPTION_OUTPUT(struct options, learn)},
    {'s', "schema", "SCHEMA", "file with the schema, as -w writes it",
     OPTION_INPUT(struct options, schema)},
    {'m', "model", "MODEL", "model that carries a schema (nicetrain --schema)",
     OPTION_INPUT(struct options, model)},
    OPTION_NO_MAP(struct options, way),
    {'c', "columns", "NAMES", "with -w: the columns to keep, separated by commas",
     OPTION_TEXT(struct options, keep)},
    {'x', "exclude", "NAMES", "with -w: the columns to leave out",
     OPTION_TEXT(struct options, drop)},
    {'F', "separator", "SEP", "the byte between cells, or tab (default: a comma)",
     OPTION_CUSTOM(parse_separator)},
    {0, "no-header", NULL, "the first row is not a header; columns are called 1, 2, ...",
     OPTION_FLAG(struct options, no_header)},
    {'t', "type", "TYPE", "element type of the output: f32 (default, unless -m notes f64), f64",
     OPTION_CHOICE(struct options, type, types)},
    {0, "missing", "fill|error|skip",
     "rows with gaps: fill them (default), refuse them, or leave the rows out",
     OPTION_CHOICE(struct options, missing, policies)},
    {0}};

static void check_options(const struct options *o)
{
	int nschemas = (o->learn != NULL) + (o->schema != NULL) + (o->model != NULL);
	size_t nfiles = 0;
	while (o->files[nfiles])
		nfiles++;
	option_check_files(table, o, (const char *const *)o->files, nfiles);
	if (nschemas != 1)
		cli_usage(nschemas == 0 ? "missing option -w, -s or -m"
		                        : "-w, -s and -m are mutually exclusive");
	if (o->keep && o->drop)
		cli_usage("-c and -x are mutually exclusive");
	if ((o->keep || o->drop) && !o->learn)
		cli_usage("%s requires -w: a schema says which columns it needs",
		          o->keep ? "-c" : "-x");
	if (o->learn && strcmp(o->learn, "-") == 0)
		cli_usage("-w: standard output is for the records");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static char *standard_input[] = {"-", NULL};
	*o = (struct options){.format = {.separator = ','}};
	int first = option_parse(&program, table, argc, argv, o);
	o->files = first < argc ? argv + first : standard_input;
	o->format.header = !o->no_header;
	check_options(o);
}

int main(int argc, char **argv)
{
	struct options o;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	cli_confine(o.learn ? SANDBOX_FILES : SANDBOX_READING);
	return cli_finish(o.learn ? learn(&o) : apply(&o));
}
