/* raw2png: raw records as one PNG picture, a contact sheet. */
#include "base/decimal.h"
#include "base/element.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/contact_sheet.h"
#include "record/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct program program = {
    "raw2png",
    "usage: raw2png -d HEIGHTxWIDTH[x3] [-t u8|f32|f64] [--range LOW:HIGH] [--signed] [-c "
    "COLUMNS]\n"
    "               [-n MAX] [-g PIXELS] [file]\n",
    "Draw raw records side by side in one PNG picture, grey or in colours."};

struct options {
	bool any_content;
	enum element type;
	struct dims dims; /* height, width, and perhaps 3 */
	double low, high; /* both 0: no range given */
	bool is_signed;
	uint64_t columns, max, gap;
	const char *file;
};

static void parse_range(const char *option, const char *arg, void *options)
{
	struct options *o = options;
	const char *colon = strchr(arg, ':');
	if (!colon || !decimal_parse_double(arg, (size_t)(colon - arg), &o->low) ||
	    !decimal_parse_double(colon + 1, strlen(colon + 1), &o->high) ||
	    !(o->low < o->high && isfinite(o->high - o->low)))
		cli_usage("%s: '%s' is not LOW:HIGH, two finite numbers in ascending order", option,
		          arg);
}

static const struct option_spec table[] = {
    {'d', "dims", "HEIGHTxWIDTH",
     "size of a record; HEIGHTxWIDTHx3: red, green, blue of each pixel",
     OPTION_DIMS(struct options, dims, 2, 3)},
    {'t', "type", "TYPE", "element type of the input: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {0, "range", "LOW:HIGH", "what is drawn black and white (default 0:1), or blue and red",
     OPTION_CUSTOM(parse_range)},
    {0, "signed", NULL, "in colours: negative values blue, 0 white, positive values red",
     OPTION_FLAG(struct options, is_signed)},
    {'c', "columns", "COLUMNS", "records side by side (default 10)",
     OPTION_COUNT(struct options, columns, 1, UINT32_MAX)},
    {'n', "max", "MAX", "draw at most MAX records (default 100)",
     OPTION_COUNT(struct options, max, 1, UINT32_MAX)},
    {'g', "gap", "PIXELS", "width of border and gaps (default 2)",
     OPTION_COUNT(struct options, gap, 0, 1000)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32, .columns = 10, .max = 100, .gap = 2};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	option_check_files(table, o, &o->file, 1);
	if (o->dims.nelements == 0)
		cli_usage("missing option -d HEIGHTxWIDTH");
	if (o->dims.rank == 3 && o->dims.sizes[2] != 3)
		cli_usage("-d: '%ux%ux%u' is not HEIGHTxWIDTH or HEIGHTxWIDTHx3", o->dims.sizes[0],
		          o->dims.sizes[1], o->dims.sizes[2]);
	if (o->is_signed && o->dims.rank == 3)
		cli_usage("--signed and -d HEIGHTxWIDTHx3 are mutually exclusive");
	if (o->is_signed && o->high != o->low && !(o->low < 0 && o->high > 0))
		cli_usage("--signed requires a --range on both sides of 0");
	if (!o->is_signed && o->low == o->high)
		o->high = 1;
}

/* Draws the first max records and reads the others, so that their producer can finish. After an
 * error, the records before it are on the sheet. */
static enum status read_cells(struct reader *r, const struct options *o, struct contact_sheet *s,
                              struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && reader_next(r, &batch, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n && s->ncells < o->max; i++) {
			if (contact_sheet_add(s, o->type, batch + i * r->record_bytes, e) !=
			    STATUS_OK)
				return e->status;
		}
	}
	return e->status;
}

static enum status convert(int fd, const struct options *o, struct error *e)
{
	struct reader records = {0};
	struct contact_sheet sheet = {.height = o->dims.sizes[0],
	                              .width = o->dims.sizes[1],
	                              .channels = o->dims.rank == 3 ? 3 : 1,
	                              .scale = o->is_signed ? CONTACT_SHEET_SIGNED
	                                                    : CONTACT_SHEET_LINEAR,
	                              .low = o->low,
	                              .high = o->high,
	                              .columns = o->columns,
	                              .gap = o->gap};
	struct error writing = {0};
	if (reader_open_raw(&records, fd, NULL, o->type, o->dims.nelements, 0, o->any_content, e) ==
	    STATUS_OK) {
		read_cells(&records, o, &sheet, e);
		if (contact_sheet_write(&sheet, stdout, &writing) != STATUS_OK)
			error_set(e, writing.status, "%s", writing.text);
	}
	contact_sheet_release(&sheet);
	reader_release(&records);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	enum status opened = input_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK)
		convert(fd, &o, &e);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
