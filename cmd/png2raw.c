/* png2raw: PNG pictures to raw records. */
#include "cli.h"
#include "io/input.h"
#include "option.h"
#include "record/png_file.h"

#include <stdbool.h>
#include <stdio.h>

static const struct program program = {
    "png2raw", "usage: png2raw [-t u8|f32|f64] [-d HEIGHTxWIDTH] [file.png ...]\n",
    "Convert each PNG picture to grey and write it as one raw record."};

struct options {
	enum element type;
	struct dims dims; /* height, width; none: the first picture's */
};

static const struct option_spec table[] = {
    {'t', "type", "TYPE", "element type of the output: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {'d', "dims", "HEIGHTxWIDTH", "size that all pictures must have (default: size of the first)",

     OPTION_DIMS(struct options, dims, 2, 2)},
    {0}};

static enum status check_size(const struct png_file *p, uint32_t dims[255], struct error *e)
{
	if (dims[0] == 0) {
		dims[0] = p->height;
		dims[1] = p->width;
	}
	if (p->height != dims[0] || p->width != dims[1])
		return error_set(e, STATUS_MISMATCH,
		                 "the picture is %ux%u (height x width), not %ux%u", p->height,
		                 p->width, dims[0], dims[1]);
	return STATUS_OK;
}

/* Writes one file as one record. Lost output shows when standard output is closed. */
static int convert(const char *file, struct options *o)
{
	struct error e = {0};
	struct png_file picture = {0};
	int fd = -1;
	if (input_open(file, &fd, &e) == STATUS_OK &&
	    png_file_read(fd, stdout, o->type, &picture, &e) == STATUS_OK &&
	    check_size(&picture, o->dims.sizes, &e) == STATUS_OK)
		fwrite(picture.raw, element_bytes(o->type), (size_t)picture.height * picture.width,
		       stdout);
	png_file_release(&picture);
	return cli_close_input(file, fd, &e);
}

int main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	struct options o = {.type = ELEMENT_F32};
	int status = EXIT_OK;
	cli_start(&program, argv);
	int first = option_parse(&program, table, argc, argv, &o);
	char **files = first < argc ? argv + first : standard_input;
	option_check_files(table, &o, (const char *const *)files,
	                   first < argc ? (size_t)(argc - first) : 1);
	cli_confine(SANDBOX_READING);
	for (; *files && status == EXIT_OK && !ferror(stdout); files++)
		status = convert(*files, &o);
	return cli_finish(status);
}
