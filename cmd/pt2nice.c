/* pt2nice: PyTorch state dicts to safetensors. */
#include "cli.h"
#include "modelfile.h"
#include "safetensors.h"
#include "stream.h"

#include <stdio.h>
#include <unistd.h>

static const struct cli cli = {
    "pt2nice",
    "usage: pt2nice [-m 0|1] [file.pt]\n"
    "Write the state dict of a PyTorch file as safetensors.\n"
    "\n"
    "  -m, --mask-config 0|1    the model's mask_config (default: the file's own, or 1)\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	const char *mask_config; /* NULL: not given */
	const char *file;
};

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"mask-config", required_argument, NULL, 'm'},
	                                      CLI_OPTIONS};
	*o = (struct options){0};
	for (int c; (c = getopt_long(argc, argv, "m:hV", table, NULL)) != -1;) {
		if (c != 'm')
			cli_option(c);
		o->mask_config = cli_u64("-m", optarg, 0, 1) ? "1" : "0";
	}
	o->file = cli_operand(argc, argv);
}

static enum status annotate(struct tensors *t, const char *mask_config, struct error *e)
{
	if (!mask_config)
		mask_config = tensors_find_note(t, "mask_config");
	if (tensors_note(t, "mask_config", mask_config ? mask_config : "1", e) == STATUS_OK)
		tensors_note(t, "program", "nicetools " NICETOOLS_VERSION, e);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct tensors tensors = {0};
	int fd = -1, status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	enum status opened = stream_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK &&
	    modelfile_read(fd, &tensors, &e) == STATUS_OK &&
	    annotate(&tensors, o.mask_config, &e) == STATUS_OK)
		safetensors_write(&tensors, stdout, &e);
	if (e.status != STATUS_OK)
		status = cli_fail(o.file, &e);
	tensors_release(&tensors);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
