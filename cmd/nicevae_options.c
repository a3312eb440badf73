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

static const struct option_spec table[] = {
    {'m', "model", "MODEL", "model file: a VAE of nicetrain --kind vae",
     OPTION_INPUT(struct nicevae_options, common.model)},
    OPTION_NO_MAP(struct nicevae_options, common.way),
    LANES_OPTIONS_TYPE,
    {'k', "draws", "K", "draws of the latent for each bound (default 16)",
     OPTION_SIZE(struct nicevae_options, k, 1, VAE_MAX_K)},
    {0, "spread", NULL, "add a column with the standard deviation of the K log-weights",
     OPTION_FLAG(struct nicevae_options, spread)},
    {0, "weights", NULL, "write the K log-weights instead of the bound, as raw f64",
     OPTION_FLAG(struct nicevae_options, weights)},
    {'z', "latent", NULL, "write the posterior means of the latents, as raw f32",
     OPTION_CUSTOM(lanes_options_parse_latent)},
    {'x', "inverse", NULL, "write the means of the records of the latents z, as raw f32",
     OPTION_CUSTOM(lanes_options_parse_inverse)},
    LANES_OPTIONS_SAMPLES,
    {0, "means", NULL, "with -n: without the decoder's noise",
     OPTION_FLAG(struct nicevae_options, means)},
    {'S', "seed", "SEED", "seed of the draws and of -n (default 0)",
     OPTION_COUNT(struct nicevae_options, common.seed, 0, UINT64_MAX)},
    {0, "first", "N", "index of the first record or sample (default 0)",
     OPTION_COUNT(struct nicevae_options, common.first, 0, VAE_MAX_RECORDS / 2)},
    LANES_OPTIONS_SHARD,
    {'b', "binary", NULL, "write bounds as raw f64, not as text",
     OPTION_FLAG(struct nicevae_options, common.binary)},
    LANES_OPTIONS_LAST,
    {0}};

static void check_bound(const struct nicevae_options *o)
{
	enum mode mode = o->common.mode;
	if (mode != LIKELIHOOD && (o->k > 0 || o->spread || o->weights))
		cli_usage("-k, --spread and --weights are for bounds: not with -z, -x, -n or -i");
	if (o->weights && o->spread)
		cli_usage("--weights and --spread are mutually exclusive");
	if (o->means && mode != SAMPLES)
		cli_usage("--means requires -n");
	if (mode != LIKELIHOOD && mode != SAMPLES && o->common.first > 0)
		cli_usage("--first: only bounds and -n have draws");
}

void nicevae_parse(int argc, char **argv, struct nicevae_options *o)
{
	*o = (struct nicevae_options){.common = {.files = o->common.files,
	                                         .type = ELEMENT_F32,
	                                         .modes = "-z, -x, -n and -i"}};
	int first = option_parse(&nicevae_program, table, argc, argv, o);
	check_bound(o);
	lanes_options_finish(&o->common, table, argc, argv, first);
	if (o->k == 0)
		o->k = NICEVAE_K;
}
