/* The options that niceflow and nicevae share. */
#include "lanes_options.h"

#include "cli.h"
#include "linear/linear.h"

void lanes_options_set_mode(struct lanes_options *o, enum mode mode)
{
	if (o->mode != LIKELIHOOD && o->mode != mode)
		cli_usage("%s are mutually exclusive", o->modes);
	o->mode = mode;
}

void lanes_options_parse_latent(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	lanes_options_set_mode(options, LATENT);
}

void lanes_options_parse_inverse(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	lanes_options_set_mode(options, INVERSE);
}

void lanes_options_parse_samples(const char *option, const char *arg, void *options)
{
	struct lanes_options *o = options;
	lanes_options_set_mode(o, SAMPLES);
	o->nsamples = option_count(option, arg, 0, UINT64_MAX);
}

void lanes_options_parse_info(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	lanes_options_set_mode(options, INFO);
}

void lanes_options_parse_type(const char *option, const char *arg, void *options)
{
	struct lanes_options *o = options;
	o->type = (enum element)option_choose(option, arg, option_elements);
	o->type_given = true;
}

void lanes_options_finish(struct lanes_options *o, const struct option_spec *table, int argc,
                          char **argv, int first)
{
	bool has_operand = first < argc, reads = o->mode != SAMPLES && o->mode != INFO;
	cli_operands(argc, argv, first, o->files);
	if (o->precision == PRECISION_BF16 && !linear_has_bf16())
		cli_usage("-p: this machine has no bfloat16 products");
	if (!o->model)
		cli_usage("missing option -m MODEL");
	if (!reads && has_operand)
		cli_usage("-n and -i take no input file");
	if (o->shard.count > 0 && (!reads || !has_operand))
		cli_usage("--shard requires files");
	option_check_files(table, o, o->files->names, reads ? o->files->n : 0);
}

void lanes_options_choose_type(struct lanes_options *o, const struct tensors *model)
{
	const char *noted = tensors_find_note(model, "type");
	if (o->type_given || o->mode == INVERSE)
		return;
	if (o->mode == BOUND)
		o->type = ELEMENT_U8;
	else if (noted)
		element_parse_raw(noted, &o->type);
}
