/* png2raw: PNG pictures to raw records, one each. */
#include "cli.h"
#include "pngfile.h"
#include "stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static const struct cli cli = {
    "png2raw",
    "usage: png2raw [-t u8|f32|f64] [-d HEIGHTxWIDTH] [file.png ...]\n"
    "Write each PNG picture, made grey, as one raw record.\n"
    "\n"
    "  -t, --type TYPE          element type of the output: u8, f32 (default), f64\n"
    "  -d, --dims HEIGHTxWIDTH  the size that all pictures must have (default: the first's)\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	enum element type;
	uint32_t dims[2]; /* height, width; 0: the first picture's */
};

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"type", required_argument, NULL, 't'},
					      {"dims", required_argument, NULL, 'd'},
					      CLI_OPTIONS};
	unsigned rank;
	*o = (struct options){.type = ELEMENT_F32};
	for (int c; (c = getopt_long(argc, argv, "t:d:hV", table, NULL)) != -1;) {
		switch (c) {
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		case 'd':
			cli_dims("-d", optarg, 2, o->dims, &rank);
			if (rank != 2)
				cli_usage("-d: '%s' is not HEIGHTxWIDTH", optarg);
			break;
		default:
			cli_option(c);
		}
	}
}

static enum status check_size(const struct pngfile *p, uint32_t dims[2], struct error *e)
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

/* One file to one record. Losses of output show when it is closed. */
static enum status convert(const char *file, struct options *o, struct error *e)
{
	struct pngfile picture = {0};
	int fd = -1;
	if (stream_open(file, &fd, e) == STATUS_OK &&
	    pngfile_read(fd, stdout, o->type, &picture, e) == STATUS_OK &&
	    check_size(&picture, o->dims, e) == STATUS_OK)
		fwrite(picture.raw, element_bytes(o->type), (size_t)picture.height * picture.width,
		       stdout);
	pngfile_release(&picture);
	if (fd > 0)
		close(fd);
	return e->status;
}

int main(int argc, char **argv)
{
	static char *standard_input[] = {"-", NULL};
	struct options o;
	struct error e = {0};
	int status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	char **files = optind < argc ? argv + optind : standard_input;
	for (; *files && status == EXIT_OK && !ferror(stdout); files++) {
		if (convert(*files, &o, &e) != STATUS_OK)
			status = cli_fail(*files, &e);
	}
	return cli_finish(status);
}
