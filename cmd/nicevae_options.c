/* The options of nicevae. */
#include "nicevae.h"
#include "option.h"

const struct program nicevae_program = {
    "nicevae",
    "usage: nicevae -m MODEL [-k K] [--spread | --weights] [-S SEED] [--first N] [-t u8|f32|f64]\n"
    "               [--shard I/N] [-b] [-p f32|bf16] [-j THREADS] [-B BATCH] [-q] [file ...]\n"
    "       nicevae -m MODEL (-z | -x) [-t u8|f32|f64] [-p f32|bf16] [-j THREADS] [-B BATCH] [-q]\n"
    "               [--shard I/N] [file ...]\n"
    "       nicevae -m MODEL -n N [--means] [-S SEED] [--first N] [-p f32|bf16] [-j THREADS]\n"
    "               [-B BATCH] [-q]\n"
    "       nicevae -m MODEL -i\n",
    "Write a lower bound on the log-likelihood (nats) of each raw record under a VAE."};

static void set_mode(struct nicevae_options *o, enum mode mode)
{
	if (o->mode != BOUND && o->mode != mode)
		cli_usage("-z, -x, -n and -i are mutually exclusive");
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
	struct nicevae_options *o = options;
	set_mode(o, SAMPLES);
	o->nsamples = option_count(option, arg, 0, UINT64_MAX);
}

static void parse_type(const char *option, const char *arg, void *options)
{
	struct nicevae_options *o = options;
	o->type = (enum element)option_choose(option, arg, option_elements);
	o->type_given = true;
}

static const struct option_spec table[] = {
    {'m', "model", "MODEL", "model file: a VAE of nicetrain --kind vae",
     OPTION_INPUT(struct nicevae_options, model)},
    OPTION_NO_MAP(struct nicevae_options, way),
    {'t', "type", "TYPE",
     "element type of the input: u8, f32, f64 (default: the type recorded in the model, or f32)",
     OPTION_CUSTOM(parse_type), .choices = option_elements},
    {'k', "draws", "K", "draws of the latent for each bound (default 16)",
     OPTION_SIZE(struct nicevae_options, k, 1, VAE_MAX_K)},
    {0, "spread", NULL, "add a column with the standard deviation of the K log-weights",
     OPTION_FLAG(struct nicevae_options, spread)},
    {0, "weights", NULL, "write the K log-weights instead of the bound, as raw f64",
     OPTION_FLAG(struct nicevae_options, weights)},
    {'z', "latent", NULL, "write the posterior means of the latents, as raw f32",
     OPTION_CUSTOM(parse_latent)},
    {'x', "inverse", NULL, "write the means of the records of the latents z, as raw f32",
     OPTION_CUSTOM(parse_inverse)},
    {'n', "samples", "N", "write N samples from the model, as raw f32",
     OPTION_CUSTOM(parse_samples)},
    {0, "means", NULL, "with -n: without the decoder's noise",
     OPTION_FLAG(struct nicevae_options, means)},
    {'S', "seed", "SEED", "seed of the draws and of -n (default 0)",
     OPTION_COUNT(struct nicevae_options, seed, 0, UINT64_MAX)},
    {0, "first", "N", "index of the first record or sample (default 0)",
     OPTION_COUNT(struct nicevae_options, first, 0, VAE_MAX_RECORDS / 2)},
    {0, "shard", "I/N", "read only part I of N equal parts of all records of the files",
     OPTION_SHARD(struct nicevae_options, shard)},
    {'b', "binary", NULL, "write bounds as raw f64, not as text",
     OPTION_FLAG(struct nicevae_options, binary)},
    {'p', "precision", "P", "matrix products in f32 (default) or bf16",
     OPTION_CHOICE(struct nicevae_options, precision, option_precisions)},
    {'j', "threads", "THREADS", "number of threads (default: one per available processor)",
     OPTION_SIZE(struct nicevae_options, nthreads, 1, 1024)},
    {'B', "batch", "BATCH",
     "maximum number of records processed at once (default: 384 per thread, or 256 KiB)",
     OPTION_SIZE(struct nicevae_options, batch, 1, 1 << 20)},
    {'i', "info", NULL, "print a description of the model", OPTION_CUSTOM(parse_info)},
    {0, "progress", NULL, "draw the progress line even if standard error is not a terminal",
     OPTION_SET(struct nicevae_options, progress, PROGRESS_ALWAYS)},
    {'q', "quiet", NULL, "draw no progress line",
     OPTION_SET(struct nicevae_options, progress, PROGRESS_NEVER)},
    OPTION_ANY_CONTENT(struct nicevae_options, any_content),
    {0}};

static void check_options(const struct nicevae_options *o, bool has_operand)
{
	if (o->mode != BOUND && (o->k > 0 || o->spread || o->weights))
		cli_usage("-k, --spread and --weights are for bounds: not with -z, -x, -n or -i");
	if (o->weights && o->spread)
		cli_usage("--weights and --spread are mutually exclusive");
	if (o->means && o->mode != SAMPLES)
		cli_usage("--means requires -n");
	if (o->mode != BOUND && o->mode != SAMPLES && o->first > 0)
		cli_usage("--first: only bounds and -n have draws");
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

void nicevae_parse(int argc, char **argv, struct nicevae_options *o)
{
	*o = (struct nicevae_options){.files = o->files, .type = ELEMENT_F32};
	int first = option_parse(&nicevae_program, table, argc, argv, o);
	cli_operands(argc, argv, first, o->files);
	check_options(o, first < argc);
	if (o->k == 0)
		o->k = NICEVAE_K;
}
