/* The options of nicetrain. */
#include "nicetrain.h"

#include "linear/linear.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static const struct option_choice keeps[] = {{"best", KEEP_BEST}, {"last", KEEP_LAST}, {0}};
static const struct option_choice schedules[] = {
    {"cosine", SCHEDULE_COSINE}, {"constant", SCHEDULE_CONSTANT}, {0}};

static const struct option_choice kinds[] = {{"nice", KIND_NICE}, {"vae", KIND_VAE}, {0}};
static const struct option_choice priors[] = {
    {"trainable", PRIOR_TRAINABLE}, {"standard", PRIOR_STANDARD}, {0}};
static const struct option_choice estimators[] = {{"pathwise", ESTIMATOR_PATHWISE},
                                                  {"score", ESTIMATOR_SCORE},
                                                  {"score-baseline", ESTIMATOR_BASELINE},
                                                  {0}};

static const struct option_spec table[] = {
    {'d', "dims", "DIMS", "size of a record: 784 or 28x28",
     OPTION_DIMS(struct options, dims, 1, 255)},
    {0, "schema", "SCHEMA", "instead of -d: schema of csv2raw, which the model will carry",
     OPTION_INPUT(struct options, schema)},
    {'o', "output", "MODEL",
     "the model to write (safetensors), which appears when it is complete; - is standard output",
     OPTION_OUTPUT(struct options, output)},
    {'t', "type", "TYPE", "element type of the records: u8, f32 (default), f64",
     OPTION_CHOICE(struct options, type, option_elements)},
    {0, "init", "MODEL", "start from the parameters of a model of the same shape",
     OPTION_INPUT(struct options, init)},
    {0, "valid", "FILE", "held-out records, by which the best epoch is chosen",
     OPTION_INPUT(struct options, valid)},
    {0, "valid-share", "X", "fraction of the records to hold out without --valid (default 0.1)",
     OPTION_REAL(struct options, trainer.valid_share, 0, 1)},
    {0, "keep", "best|last", "the epoch to keep (default best)",
     OPTION_CHOICE(struct options, keep, keeps)},
    {0, "kind", "KIND", "what to train: nice, a flow (default), or vae",
     OPTION_CHOICE(struct options, kind, kinds)},
    {0, "mid", "N", "width of the hidden layers (default 1000, of a VAE 500; for tables 128)",
     OPTION_SIZE(struct options, mid, 1, 1 << 20)},
    {0, "hidden", "N", "number of hidden layers per network (default 5; for tables and in a VAE 2)",
     OPTION_SIZE(struct options, hidden, 0, 1000)},
    {0, "couplings", "N", "number of couplings (default 4; for tables 10)",
     OPTION_SIZE(struct options, couplings, 1, 1000)},
    {0, "latent", "L",
     "of a VAE: size of a latent (default 20; for tables at most half of D, rounded up)",
     OPTION_SIZE(struct options, latent, 1, 1 << 20)},
    {0, "prior", "P", "of a VAE: trainable mean and variances (default), or standard",
     OPTION_CHOICE(struct options, prior, priors)},
    {0, "sigma", "X", "of a VAE: the decoder's standard deviation (default: learnt)",
     OPTION_REAL(struct options, sigma, 1e-6, 1e6)},
    {0, "estimator", "E",
     "of a VAE: gradient of the encoder: pathwise (default), score, score-baseline",
     OPTION_CHOICE(struct options, estimator, estimators)},
    {0, "epochs", "N",
     "passes over the records (default 30; for tables: chosen by the number of records)",
     OPTION_COUNT(struct options, trainer.epochs, 1, 1000000)},
    {0, "patience", "N", "end after N epochs without a better held-out log-likelihood",
     OPTION_COUNT(struct options, trainer.patience, 1, 1000000)},
    {0, "batch", "N", "records per step (default 256; for tables: chosen by the number of records)",
     OPTION_SIZE(struct options, trainer.batch, 1, 1 << 20)},
    {0, "shuffle-window", "N",
     "shuffle N records at a time, read in blocks, for files larger than the memory",
     OPTION_SIZE(struct options, trainer.window, WINDOW_BLOCKS, UINT32_MAX)},
    {0, "micro-batch", "N",
     "records whose gradient is computed at once, a divisor of the batch (default: the batch; "
     "nicetrain-mpi: 64, or the next lower divisor)",
     OPTION_SIZE(struct options, trainer.micro_batch, 1, 1 << 20)},
    {0, "lr", "X", "peak learning rate of Adam (default 0.001)",
     OPTION_REAL(struct options, trainer.rate, 0, 1)},
    {0, "warmup", "N", "steps over which the learning rate rises linearly (default 200)",
     OPTION_COUNT(struct options, trainer.warmup, 0, UINT32_MAX)},
    {0, "schedule", "S", "learning rate after the warm-up: cosine to 0 (default), or constant",
     OPTION_CHOICE(struct options, schedule, schedules)},
    {0, "scale-lr", "X", "factor for the learning rate of the log-scales (default 2)",
     OPTION_REAL(struct options, trainer.adam.scale_rate, 0, 1000)},
    {0, "beta1", "X", "Adam's decay of the mean gradient (default 0.9)",
     OPTION_REAL(struct options, trainer.adam.beta1, 0, 0.999999)},
    {0, "beta2", "X", "Adam's decay of the mean squared gradient (default 0.999)",
     OPTION_REAL(struct options, trainer.adam.beta2, 0, 0.999999)},
    {0, "eps", "X", "Adam's epsilon (default 1e-8)",
     OPTION_REAL(struct options, trainer.adam.epsilon, 1e-37, 1)},
    {0, "weight-decay", "X", "decoupled decay of the weight matrices (default 0; for tables 0.01)",
     OPTION_REAL(struct options, trainer.adam.weight_decay, 0, 1000)},
    {0, "clip", "X", "maximum norm of a gradient (default 0: no limit)",
     OPTION_REAL(struct options, trainer.adam.clip, 0, 1e30)},
    {0, "ema", "X",
     "decay of the moving average of the weights, which is written (default 0.999; 0: none)",
     OPTION_REAL(struct options, trainer.adam.ema, 0, 0.999999)},
    {0, "no-scale", NULL, "do not center and scale f32 or f64 records",
     OPTION_FLAG(struct options, no_scale)},
    {0, "noise", "auto|X",
     "width of the uniform noise: for u8 in grey levels (default 0.5), for others in units of the "
     "data; auto, the default for scaled records, by their spread and steps; else 0",
     OPTION_CUSTOM(defaults_parse_noise)},
    {'p', "precision", "P", "matrix products in f32 (default) or bf16",
     OPTION_CHOICE(struct options, trainer.precision, option_precisions)},
    {'S', "seed", "SEED", "seed of all random choices (default 0)",
     OPTION_COUNT(struct options, trainer.seed, 0, UINT64_MAX)},
    {0, "checkpoint", "FILE",
     "save the training state to FILE after each epoch and on SIGUSR1, SIGTERM, SIGINT, SIGHUP",
     OPTION_OUTPUT(struct options, checkpoint)},
    {0, "resume", NULL, "continue from the checkpoint if it exists",
     OPTION_FLAG(struct options, resume)},
    {0, "log", "FILE", "also write the table to FILE, tab-separated",
     OPTION_OUTPUT(struct options, log)},
    {'j', "threads", "THREADS", "number of threads (default: one per available processor)",
     OPTION_SIZE(struct options, nthreads, 1, 1024)},
    {0, "progress", NULL, "draw the progress line even if standard error is not a terminal",
     OPTION_SET(struct options, progress, PROGRESS_ALWAYS)},
    {'q', "quiet", NULL, "print neither the table nor the progress line",
     OPTION_SET(struct options, progress, PROGRESS_NEVER)},
    OPTION_NO_MAP(struct options, way),
    OPTION_ANY_CONTENT(struct options, any_content),
    {0}};

static void check_kind(const struct options *o)
{
	bool of_vae = o->latent > 0 || o->sigma > 0 || o->prior != PRIOR_DEFAULT ||
	              o->estimator != ESTIMATOR_DEFAULT;
	if (o->kind == KIND_NICE && of_vae)
		cli_usage("--latent, --prior, --sigma and --estimator require --kind vae");
	if (o->kind == KIND_VAE && o->couplings > 0)
		cli_usage("--couplings and --kind vae are mutually exclusive");
	if (o->kind == KIND_NICE && o->hidden == 0)
		cli_usage("--hidden: 0 hidden layers require --kind vae");
	if (o->kind == KIND_NICE && o->dims.nelements == 1)
		cli_usage("-d: records of 1 element: the flow needs 2 or more");
}

static void check_options(const struct options *o)
{
	option_check_files(table, o, o->files->names, o->files->n);
	if ((o->dims.nelements == 0) != (o->schema != NULL))
		cli_usage(o->schema ? "-d and --schema are mutually exclusive"
		                    : "missing option -d DIMS or --schema SCHEMA");
	check_kind(o);
	if (!o->output)
		cli_usage("missing option -o MODEL");
	if (strcmp(o->output, "-") == 0 && isatty(STDOUT_FILENO))
		cli_usage("-o: standard output is a terminal");
	if (o->resume && !o->checkpoint)
		cli_usage("--resume requires --checkpoint");
	if (o->trainer.precision == PRECISION_BF16 && !linear_has_bf16())
		cli_usage("-p: this machine has no bfloat16 products");
}

void nicetrain_parse(const struct program *program, int argc, char **argv, struct options *o)
{
	*o = (struct options){
	    .files = o->files,
	    .type = ELEMENT_F32,
	    .hidden = HIDDEN_DEFAULT,
	    .trainer = {.team = &team_alone,
	                .rate = 1e-3,
	                .warmup = 200,
	                .valid_share = 0.1,
	                .adam = {.beta1 = 0.9,
	                         .beta2 = 0.999,
	                         .epsilon = 1e-8,
	                         .scale_rate = 2,
	                         .weight_decay = NAN,
	                         .ema = 0.999}},
	};
	cli_operands(argc, argv, option_parse(program, table, argc, argv, o), o->files);
	check_options(o);
	o->d = o->dims.nelements;
	o->trainer.keep_best = o->keep == KEEP_BEST;
	o->trainer.cosine = o->schedule == SCHEDULE_COSINE;
	if (!o->schema) /* else schema_take() */
		defaults_by_size(o);
}

const char *nicetrain_input(const struct options *o)
{
	return o->files->n > 1 ? NULL : o->files->names[0];
}
