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

static void set_mode(struct niceflow_options *o, enum mode mode)
{
	if (o->mode != LIKELIHOOD && o->mode != mode)
		cli_usage("-z, -x, -k, -n, --attribute and -i are mutually exclusive");
	o->mode = mode;
}

static void parse_latent(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	set_mode(options, LATENT);
}

static void parse_inverse(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	set_mode(options, INVERSE);
}

static void parse_info(const char *option, const char *arg, void *options)
{
	(void)option, (void)arg;
	set_mode(options, INFO);
}

static void parse_samples(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	set_mode(o, SAMPLES);
	o->nsamples = option_count(option, arg, 0, UINT64_MAX);
}

static void parse_bound(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	set_mode(o, BOUND);
	o->k = (size_t)option_count(option, arg, 1, BOUND_MAX_K);
}

static const struct option_choice methods[] = {{"replace", ATTRIBUTION_REPLACE},
                                               {"gradient", ATTRIBUTION_GRADIENT},
                                               {"path", ATTRIBUTION_PATH},
                                               {0}};

static void parse_method(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	set_mode(o, ATTRIBUTE);
	o->method = (enum attribution_method)option_choose(option, arg, methods);
}

static void parse_type(const char *option, const char *arg, void *options)
{
	struct niceflow_options *o = options;
	o->type = (enum element)option_choose(option, arg, option_elements);
	o->type_given = true;
}

static const struct option_spec table[] = {
    {'m', "model", "MODEL", "model file, safetensors or PyTorch .pt",
     OPTION_INPUT(struct niceflow_options, model)},
    OPTION_NO_MAP(struct niceflow_options, way),
    {'t', "type", "TYPE",
     "element type of the input: u8, f32, f64 (default: the type recorded in the model, or f32)",
     OPTION_CUSTOM(parse_type), .choices = option_elements},
    {'z', "latent", NULL, "write the latents z of the records x, as raw f32",
     OPTION_CUSTOM(parse_latent)},
    {'x', "inverse", NULL, "write the records x of the latents z, as raw f32",
     OPTION_CUSTOM(parse_inverse)},
    {'n', "samples", "N", "write N samples from the model, as raw f32",
     OPTION_CUSTOM(parse_samples)},
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
     OPTION_COUNT(struct niceflow_options, seed, 0, UINT64_MAX)},
    {0, "first", "N", "index of the first record of -k or sample of -n (default 0)",
     OPTION_COUNT(struct niceflow_options, first, 0, BOUND_MAX_RECORDS / 2)},
    {0, "shard", "I/N", "read only part I of N equal parts of all records of the files",
     OPTION_SHARD(struct niceflow_options, shard)},
    {'T', "temperature", "T", "factor for the latents of -n (default 1)",
     OPTION_REAL(struct niceflow_options, temperature, -INFINITY, INFINITY)},
    {'b', "binary", NULL, "write likelihoods as raw f64, not as text",
     OPTION_FLAG(struct niceflow_options, binary)},
    {'p', "precision", "P", "matrix products in f32 (default) or bf16",
     OPTION_CHOICE(struct niceflow_options, precision, option_precisions)},
    {'j', "threads", "THREADS", "number of threads (default: one per available processor)",
     OPTION_SIZE(struct niceflow_options, nthreads, 1, 1024)},
    {'B', "batch", "BATCH",
     "maximum number of records processed at once (default: 384 per thread, or 256 KiB)",
     OPTION_SIZE(struct niceflow_options, batch, 1, 1 << 20)},
    {'i', "info", NULL, "print a description of the model", OPTION_CUSTOM(parse_info)},
    {0, "progress", NULL, "draw the progress line even if standard error is not a terminal",
     OPTION_SET(struct niceflow_options, progress, PROGRESS_ALWAYS)},
    {'q', "quiet", NULL, "draw no progress line",
     OPTION_SET(struct niceflow_options, progress, PROGRESS_NEVER)},
    OPTION_ANY_CONTENT(struct niceflow_options, any_content),
    {0}};

static void check_bound(const struct niceflow_options *o)
{
	if (o->mode != BOUND && (o->bits || o->spread || o->weights))
		cli_usage("--bits, --spread and --weights require -k");
	if (o->mode == BOUND && o->type_given && o->type != ELEMENT_U8)
		cli_usage("-k requires -t u8");
	if (o->weights && (o->bits || o->spread))
		cli_usage("--weights and --bits or --spread are mutually exclusive");
	if (o->mode != BOUND && o->mode != SAMPLES && o->first > 0)
		cli_usage("--first requires -k or -n");
}

static void check_options(const struct niceflow_options *o, bool has_operand)
{
	check_bound(o);
	niceflow_check_attribute(o);
	if (o->precision == PRECISION_BF16 && !linear_has_bf16())
		cli_usage("-p: this machine has no bfloat16 products");
	if (!o->model)
		cli_usage("missing option -m MODEL");
	if ((o->mode == SAMPLES || o->mode == INFO) && has_operand)
		cli_usage("-n and -i take no input file");
	if (o->shard.count > 0 && (!has_operand || o->mode == SAMPLES || o->mode == INFO))
		cli_usage("--shard requires files");
	option_check_files(table, o, o->files->names,
	                   o->mode != SAMPLES && o->mode != INFO ? o->files->n : 0);
}

void niceflow_parse(int argc, char **argv, struct niceflow_options *o)
{
	*o = (struct niceflow_options){.files = o->files, .type = ELEMENT_F32, .temperature = 1};
	int first = option_parse(&niceflow_program, table, argc, argv, o);
	cli_operands(argc, argv, first, o->files);
	check_options(o, first < argc);
}
