/* The options of niceflow. */
#include "cli.h"
#include "density/pixel_bound.h"
#include "niceflow.h"
#include "option.h"

#include <math.h>

const struct program niceflow_program = {
    "niceflow",
    "usage: niceflow -m MODEL [-t u8|f32|f64] [-z | -x] [-b] [-p f32|bf16] [-j THREADS] [-B "
    "BATCH]\n"
    "                [--shard I/N] [-q] [file ...]\n"
    "       niceflow -m MODEL -t u8 -k K [--bits] [--spread | --weights] [-S SEED] [--first N]\n"
    "                [--shard I/N] [-b] [-p f32|bf16] [-j THREADS] [-B BATCH] [-q] [file ...]\n"
    "       niceflow -m MODEL --attribute replace|gradient|path [--baseline FILE] [--steps N] "
    "[--check]\n"
    "                [-t u8|f32|f64] [--shard I/N] [-p f32|bf16] [-j THREADS] [-B BATCH] [-q]\n"
    "                [file ...]\n"
    "       niceflow -m MODEL -n N [-S SEED] [--first N] [-T TEMPERATURE] [-p f32|bf16] [-j "
    "THREADS]\n"
    "                [-B BATCH] [-q]\n"
    "       niceflow -m MODEL -i\n",
    "Write the log-likelihood (nats) of each raw record under a NICE flow, one per line."};

static void parse_bound(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	lanes_options_set_mode(&o->common, BOUND);
	o->k = (size_t)option_count(option, arg, 1, BOUND_MAX_K);
}

static const struct option_choice methods[] = {{"replace", ATTRIBUTION_REPLACE},
                                               {"gradient", ATTRIBUTION_GRADIENT},
                                               {"path", ATTRIBUTION_PATH},
                                               {0}};

static void parse_method(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	lanes_options_set_mode(&o->common, ATTRIBUTE);
	o->method = (enum attribution_method)option_choose(option, arg, methods);
}

static const struct option_spec table[] = {
    {'m', "model", "MODEL", "model file, safetensors or PyTorch .pt",
     OPTION_INPUT(struct niceflow_options, common.model)},
    OPTION_NO_MAP(struct niceflow_options, common.way),
    LANES_OPTIONS_TYPE,
    {'z', "latent", NULL, "write the latents z of the records x, as raw f32",
     OPTION_CUSTOM(lanes_options_parse_latent)},
    {'x', "inverse", NULL, "write the records x of the latents z, as raw f32",
     OPTION_CUSTOM(lanes_options_parse_inverse)},
    LANES_OPTIONS_SAMPLES,
    {'k', "bound", "K",
     "write a bound on log P of each record of u8 pixels, from K dequantisations",
     OPTION_CUSTOM(parse_bound)},
    {0, "bits", NULL, "with -k: write bits per dimension instead of nats",
     OPTION_FLAG(struct niceflow_options, bits)},
    {0, "spread", NULL, "with -k: add a column with the standard deviation of the K log-weights",
     OPTION_FLAG(struct niceflow_options, spread)},
    {0, "weights", NULL, "with -k: write the K log-weights instead of the bound, as raw f64",
     OPTION_FLAG(struct niceflow_options, weights)},
    {0, "attribute", "METHOD",
     "write what each element contributes, raw f32: by replace, gradient or path",
     OPTION_CUSTOM(parse_method)},
    {0, "baseline", "FILE",
     "--attribute replace or path: one raw record to compare with (default: the model's)",
     OPTION_INPUT(struct niceflow_options, baseline)},
    {0, "steps", "N", "--attribute path: number of points (default 256)",
     OPTION_SIZE(struct niceflow_options, steps, 1, ATTRIBUTION_MAX_STEPS)},
    {0, "check", NULL, "--attribute path: write only the integration error of each record",
     OPTION_FLAG(struct niceflow_options, check)},
    {'S', "seed", "SEED", "seed of -n and -k (default 0)",
     OPTION_COUNT(struct niceflow_options, common.seed, 0, UINT64_MAX)},
    {0, "first", "N", "index of the first record of -k or sample of -n (default 0)",
     OPTION_COUNT(struct niceflow_options, common.first, 0, BOUND_MAX_RECORDS / 2)},
    LANES_OPTIONS_SHARD,
    {'T', "temperature", "T", "factor for the latents of -n (default 1)",
     OPTION_REAL(struct niceflow_options, temperature, -INFINITY, INFINITY)},
    {'b', "binary", NULL, "write likelihoods as raw f64, not as text",
     OPTION_FLAG(struct niceflow_options, common.binary)},
    LANES_OPTIONS_LAST,
    {0}};

static void check_bound(const struct niceflow_options *o)
{
	enum mode mode = o->common.mode;
	if (mode != BOUND && (o->bits || o->spread || o->weights))
		cli_usage("--bits, --spread and --weights require -k");
	if (mode == BOUND && o->common.type_given && o->common.type != ELEMENT_U8)
		cli_usage("-k requires -t u8");
	if (o->weights && (o->bits || o->spread))
		cli_usage("--weights and --bits or --spread are mutually exclusive");
	if (mode != BOUND && mode != SAMPLES && o->common.first > 0)
		cli_usage("--first requires -k or -n");
}

void niceflow_parse(int argc, char **argv, struct niceflow_options *o)
{
	*o = (struct niceflow_options){.common = {.files = o->common.files,
	                                          .type = ELEMENT_F32,
	                                          .modes = "-z, -x, -k, -n, --attribute and -i"},
	                               .temperature = 1};
	int first = option_parse(&niceflow_program, table, argc, argv, o);
	check_bound(o);
	niceflow_check_attribute(o);
	lanes_options_finish(&o->common, table, argc, argv, first);
}
