/* pt2nice: PyTorch state dicts to safetensors. */
#include "cli.h"
#include "io/input.h"
#include "model/model_file.h"
#include "model/safetensors.h"
#include "option.h"

#include <stdio.h>

static const struct program program = {"pt2nice",
                                       "usage: pt2nice [--mask-config 0|1] [--no-map] [file.pt]\n",
                                       "Write the state dict of a PyTorch file as safetensors."};

struct options {
	uint64_t mask_config; /* 0 or 1; NO_MASK_CONFIG: not given */
	const char *file;
	enum whole_file_way way;
};
enum { NO_MASK_CONFIG = 2 };

static const struct option_spec table[] = {
    {'m', "mask-config", "0|1", "mask_config of the model (default: as in the file, or 1)",
     .old_letter = true, OPTION_COUNT(struct options, mask_config, 0, 1)},
    OPTION_NO_MAP(struct options, way),
    {0}};

static enum status annotate(struct tensors *t, uint64_t given, struct error *e)
{
	const char *mask_config = given == 0 ? "0" : "1";
	if (given == NO_MASK_CONFIG)
		mask_config = tensors_find_note(t, "mask_config");
	if (tensors_note(t, "mask_config", mask_config ? mask_config : "1", e) == STATUS_OK)
		tensors_note(t, "program", "nicetools " NICETOOLS_VERSION, e);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o = {.mask_config = NO_MASK_CONFIG};
	struct error e = {0};
	struct tensors tensors = {0};
	int fd = -1;
	cli_start(&program, argv);
	o.file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, &o));
	option_check_files(table, &o, &o.file, 1);
	enum status opened = input_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK && model_file_read(fd, o.way, &tensors, &e) == STATUS_OK &&
	    annotate(&tensors, o.mask_config, &e) == STATUS_OK)
		safetensors_write(&tensors, stdout, &e);
	tensors_release(&tensors);
	return cli_finish(cli_close_input(o.file, fd, &e));
}
