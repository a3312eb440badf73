/* rawsize: the size of each raw record after lossless compression. */
#include "base/element.h"
#include "cli.h"
#include "io/input.h"
#include "io/numbers.h"
#include "option.h"
#include "record/lossless.h"
#include "record/reader.h"

#include <stdio.h>

static const struct program program = {
    "rawsize", "usage: rawsize -d DIMS [-t u8|f32|f64] [--codec png|deflate] [-b] [file]\n",
    "Print the size of each raw record after lossless compression, in nats."};

struct options {
	bool any_content, binary;
	struct dims dims;
	enum element type;
	enum { CODEC_DEFAULT, CODEC_PNG, CODEC_DEFLATE } codec;
	const char *file;
};

static const struct option_choice codecs[] = {{"png", CODEC_PNG}, {"deflate", CODEC_DEFLATE}, {0}};

static const struct option_spec table[] = {
    {'d', "dims", "DIMS", "size of a record: 784, 28x28 or, in colour, 28x28x3",
     OPTION_DIMS(struct options, dims, 1, 255)},
    {'t', "type", "TYPE", "element type: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {0, "codec", "CODEC", "png (default for u8 pictures), or deflate (for all else)",
     OPTION_CHOICE(struct options, codec, codecs)},
    {'b', "binary", NULL, "write raw little-endian f64 instead of text",
     OPTION_FLAG(struct options, binary)},
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static bool is_picture(const struct options *o)
{
	const struct dims *d = &o->dims;
	return o->type == ELEMENT_U8 && (d->rank == 2 || (d->rank == 3 && d->sizes[2] == 3));
}

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32};
	o->file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	if (o->dims.nelements == 0)
		cli_usage("missing option -d DIMS");
	if (o->codec == CODEC_PNG && !is_picture(o))
		cli_usage("--codec png requires -t u8 and a picture, -d HEIGHTxWIDTH or "
		          "HEIGHTxWIDTHx3");
	if (o->codec == CODEC_DEFAULT)
		o->codec = is_picture(o) ? CODEC_PNG : CODEC_DEFLATE;
	option_check_files(table, o, (const char *[]){o->file}, 1);
}

static struct lossless compression(const struct options *o)
{
	const struct dims *d = &o->dims;
	struct lossless l = {.codec = LOSSLESS_DEFLATE,
	                     .record_bytes = d->nelements * element_bytes(o->type)};
	if (o->codec == CODEC_PNG) {
		l.codec = LOSSLESS_PNG;
		l.height = d->sizes[0];
		l.width = d->sizes[1];
		l.channels = d->rank == 3 ? 3 : 1;
	}
	return l;
}

static int run(const struct options *o, int fd)
{
	struct lossless l = compression(o);
	struct error e = {0};
	struct reader in = {0};
	const unsigned char *batch;
	double nats;
	size_t n = 1;
	reader_open_raw(&in, fd, stdout, o->type, o->dims.nelements, 0, o->any_content, &e);
	while (e.status == STATUS_OK && !ferror(stdout) &&
	       reader_next(&in, &batch, &n, &e) == STATUS_OK && n > 0) {
		for (size_t i = 0; i < n; i++) {
			if (lossless_size(&l, batch + i * in.record_bytes, &nats, &e) != STATUS_OK)
				break;
			numbers_write(stdout, &nats, 1, o->binary);
		}
	}
	reader_release(&in);
	return cli_close_input(o->file, fd, &e);
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
	return cli_finish(run(&o, fd));
}
