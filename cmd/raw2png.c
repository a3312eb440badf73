/* raw2png: raw records as one PNG picture, a contact sheet. */
#include "cli.h"
#include "num.h"
#include "pngfile.h"
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKGROUND = 128, BATCH_BYTES = 1 << 16 };

static const struct cli cli = {
    "raw2png",
    "usage: raw2png -d HEIGHTxWIDTH [-t u8|f32|f64] [-c COLUMNS] [-n MAX] [-g PIXELS] [file]\n"
    "Draw raw records as one grey PNG picture, side by side.\n"
    "\n"
    "  -d, --dims HEIGHTxWIDTH  size of a record\n"
    "  -t, --type TYPE          element type of the input: u8, f32 (default), f64\n"
    "  -c, --columns COLUMNS    records side by side (default 10)\n"
    "  -n, --max MAX            stop reading after MAX records (default 100)\n"
    "  -g, --gap PIXELS         width of border and gaps (default 2)\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	enum element type;
	uint32_t dims[2]; /* height, width */
	size_t elements;
	uint64_t columns, max, gap;
	const char *file;
};

/* Cells of equal size on a background, filled row by row. */
struct sheet {
	uint32_t height, width; /* of a cell */
	uint64_t columns, gap;
	uint64_t ncells, capacity;
	unsigned char *cells; /* (ncells, height, width); owned */
};

static void parse_dims(const char *arg, struct options *o)
{
	unsigned rank;
	o->elements = cli_dims("-d", arg, 2, o->dims, &rank);
	if (rank != 2)
		cli_usage("-d: '%s' is not HEIGHTxWIDTH", arg);
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
	    {"dims", required_argument, NULL, 'd'},    {"type", required_argument, NULL, 't'},
	    {"columns", required_argument, NULL, 'c'}, {"max", required_argument, NULL, 'n'},
	    {"gap", required_argument, NULL, 'g'},     CLI_OPTIONS};
	*o = (struct options){.type = ELEMENT_F32, .columns = 10, .max = 100, .gap = 2};
	for (int c; (c = getopt_long(argc, argv, "d:t:c:n:g:hV", table, NULL)) != -1;) {
		switch (c) {
		case 'd':
			parse_dims(optarg, o);
			break;
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		case 'c':
			o->columns = cli_u64("-c", optarg, 1, UINT32_MAX);
			break;
		case 'n':
			o->max = cli_u64("-n", optarg, 1, UINT32_MAX);
			break;
		case 'g':
			o->gap = cli_u64("-g", optarg, 0, 1000);
			break;
		default:
			cli_option(c);
		}
	}
	if (o->elements == 0)
		cli_usage("-d HEIGHTxWIDTH is needed");
	o->file = cli_operand(argc, argv);
}

/* Clamped to [0, 1], then rounded to the nearest of 255 steps; NaN is black. */
static unsigned char shade(double value)
{
	if (!(value > 0))
		return 0;
	return value < 1 ? (unsigned char)(255 * value + 0.5) : 255;
}

static enum status sheet_grow(struct sheet *s, struct error *e)
{
	uint64_t wanted = s->capacity ? 2 * s->capacity : 1, bytes;
	if (s->ncells < s->capacity)
		return STATUS_OK;
	if (!num_mul(wanted, (uint64_t)s->height * s->width, &bytes) || bytes > SIZE_MAX / 2)
		return error_memory(e);
	unsigned char *cells = realloc(s->cells, (size_t)bytes);
	if (!cells)
		return error_memory(e);
	s->cells = cells;
	s->capacity = wanted;
	return STATUS_OK;
}

static enum status sheet_add(struct sheet *s, enum element type, const unsigned char *record,
			     struct error *e)
{
	size_t elements = (size_t)s->height * s->width;
	double values[512];
	size_t piece = sizeof(values) / sizeof(*values);
	if (sheet_grow(s, e) != STATUS_OK)
		return e->status;
	unsigned char *cell = s->cells + s->ncells++ * elements;
	for (size_t i = 0; i < elements; i += piece) {
		size_t n = elements - i < piece ? elements - i : piece;
		element_to_double(type, record + i * element_bytes(type), n, values);
		for (size_t k = 0; k < n; k++)
			cell[i + k] = shade(values[k]);
	}
	return STATUS_OK;
}

/* Row y of the sheet. */
static void sheet_draw(const void *picture, uint32_t y, unsigned char *pixels)
{
	const struct sheet *s = picture;
	uint64_t pitch = s->width + s->gap, row = y / (s->height + s->gap);
	uint64_t inside = y % (s->height + s->gap);
	memset(pixels, BACKGROUND, (size_t)(s->columns * pitch + s->gap));
	if (inside < s->gap)
		return;
	for (uint64_t c = 0; c < s->columns && row * s->columns + c < s->ncells; c++) {
		size_t cell = (size_t)(row * s->columns + c);
		memcpy(pixels + s->gap + c * pitch,
		       s->cells + (cell * s->height + (inside - s->gap)) * s->width, s->width);
	}
}

/* No cells make a sheet of one that is left empty. */
static enum status sheet_write(struct sheet *s, struct error *e)
{
	uint64_t n = s->ncells > 0 ? s->ncells : 1, height, width;
	if (s->columns > n)
		s->columns = n;
	uint64_t rows = (n - 1) / s->columns + 1;
	if (!num_mul(rows, s->height + s->gap, &height) || !num_add(height, s->gap, &height) ||
	    !num_mul(s->columns, s->width + s->gap, &width) || !num_add(width, s->gap, &width) ||
	    height > INT32_MAX || width > INT32_MAX)
		return error_set(e, STATUS_UNSUPPORTED,
				 "the sheet would be larger than a PNG picture can be");
	return pngfile_write(stdout, (uint32_t)height, (uint32_t)width, sheet_draw, s, e);
}

/* Whole records up to max; an error leaves those before it on the sheet. */
static enum status read_cells(struct records *r, const struct options *o, struct sheet *s,
			      struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && s->ncells < o->max && records_next(r, &batch, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n && s->ncells < o->max; i++) {
			if (sheet_add(s, o->type, batch + i * r->record_bytes, e) != STATUS_OK)
				return e->status;
		}
	}
	return e->status;
}

static enum status convert(int fd, const struct options *o, struct error *e)
{
	struct records records = {0};
	struct sheet sheet = {
	    .height = o->dims[0], .width = o->dims[1], .columns = o->columns, .gap = o->gap};
	struct error writing = {0};
	size_t record_bytes = o->elements * element_bytes(o->type);
	size_t max = BATCH_BYTES / record_bytes + 1;
	if (records_init(&records, fd, NULL, record_bytes, o->max < max ? (size_t)o->max : max,
			 e) == STATUS_OK) {
		read_cells(&records, o, &sheet, e);
		if (sheet_write(&sheet, &writing) != STATUS_OK)
			error_set(e, writing.status, "%s", writing.text);
	}
	free(sheet.cells);
	records_release(&records);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int fd = -1, status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	enum status opened = stream_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened != STATUS_OK || convert(fd, &o, &e) != STATUS_OK)
		status = cli_fail(o.file, &e);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
