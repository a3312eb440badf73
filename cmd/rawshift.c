/* rawshift: raw pictures, each followed by copies of it that are shifted. */
#include "base/element.h"
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct program program = {
    "rawshift",
    "usage: rawshift -d HEIGHTxWIDTH[xCHANNELS] [-t u8|f32|f64] [-n PIXELS]\n"
    "                [--axis both|horizontal|vertical] [file]\n",
    "Write each raw picture and copies of it shifted in four directions, or along one axis."};

struct options {
	bool any_content;
	struct dims dims; /* height, width, and perhaps channels */
	enum element type;
	uint64_t pixels;
	enum { BOTH, HORIZONTAL, VERTICAL } axis;
	const char *file;
};

static const struct option_choice axes[] = {
    {"both", BOTH}, {"horizontal", HORIZONTAL}, {"vertical", VERTICAL}, {0}};

static const struct option_spec table[] = {
    {'d', "dims", "HEIGHTxWIDTH",
     "size of a record; HEIGHTxWIDTHxCHANNELS: the channels of a pixel side by side",
     OPTION_DIMS(struct options, dims, 2, 3)},
    {'t', "type", "TYPE", "element type: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {'n', "pixels", "PIXELS", "how far to shift (default 1)",
     OPTION_COUNT(struct options, pixels, 1, UINT32_MAX)},
    {0, "axis", "AXIS", "both (default); horizontal: right and left; vertical: down and up",
     OPTION_CHOICE(struct options, axis, axes)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32, .pixels = 1};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	if (o->dims.nelements == 0)
		cli_usage("missing option -d HEIGHTxWIDTH");
	option_check_files(table, o, &o->file, 1);
}

/* Rows of pixels from the top; a pixel has all its channels side by side. */
struct picture {
	int64_t height, width;
	size_t pixel_bytes;
};

/* Of a line of n places that moves by `by`, those from *begin to *end - 1 stay on it. */
static void stay(int64_t n, int64_t by, int64_t *begin, int64_t *end)
{
	*begin = by < -n ? n : by < 0 ? -by : 0;
	*end = by > n ? 0 : by > 0 ? n - by : n;
}

/* Makes `to` the picture `from` moved by so many pixels, up or to the left where they are negative.
 * Pixels that leave are lost, those that enter are 0. */
static void shift(const struct picture *p, int64_t down, int64_t right, const unsigned char *from,
                  unsigned char *to)
{
	size_t row_bytes = (size_t)p->width * p->pixel_bytes;
	int64_t top, bottom, left, end;
	stay(p->height, down, &top, &bottom);
	stay(p->width, right, &left, &end);
	memset(to, 0, (size_t)p->height * row_bytes);
	if (left >= end)
		return;
	for (int64_t y = top; y < bottom; y++)
		memcpy(to + (size_t)(y + down) * row_bytes +
		           (size_t)(left + right) * p->pixel_bytes,
		       from + (size_t)y * row_bytes + (size_t)left * p->pixel_bytes,
		       (size_t)(end - left) * p->pixel_bytes);
}

/* Writes a picture and its copies; `copy` has room for one. */
static void write_shifted(const struct picture *p, const struct options *o,
                          const unsigned char *record, size_t bytes, unsigned char *copy)
{
	const int64_t by = (int64_t)o->pixels, shifts[][2] = {{0, by}, {0, -by}, {by, 0}, {-by, 0}};
	fwrite(record, 1, bytes, stdout);
	/* The first two are horizontal, the others vertical. */
	for (size_t i = o->axis == VERTICAL ? 2 : 0; i < (o->axis == HORIZONTAL ? 2 : 4); i++) {
		shift(p, shifts[i][0], shifts[i][1], record, copy);
		fwrite(copy, 1, bytes, stdout);
	}
}

static enum status write_all(struct reader *in, const struct options *o, unsigned char *copy,
                             struct error *e)
{
	const struct dims *d = &o->dims;
	size_t channels = d->rank == 3 ? d->sizes[2] : 1;
	struct picture p = {d->sizes[0], d->sizes[1], channels * element_bytes(o->type)};
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && !ferror(stdout) && reader_next(in, &batch, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n; i++)
			write_shifted(&p, o, batch + i * in->record_bytes, in->record_bytes, copy);
	}
	return e->status;
}

static enum status convert(const struct options *o, int fd, struct error *e)
{
	struct reader in = {0};
	unsigned char *copy = NULL;
	if (reader_open_raw(&in, fd, stdout, o->type, o->dims.nelements, 0, o->any_content, e) ==
	    STATUS_OK) {
		copy = malloc(in.record_bytes);
		if (copy)
			write_all(&in, o, copy, e);
		else
			error_memory(e);
	}
	free(copy);
	reader_release(&in);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	if (input_open(o.file, &fd, &e) != STATUS_OK)
		return cli_finish(cli_fail(o.file, &e));
	cli_confine(SANDBOX_CLOSED);
	convert(&o, fd, &e);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
