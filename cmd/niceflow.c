/* niceflow: raw records through a NICE flow: likelihoods, latents, samples. */
#include "bound.h"
#include "cli.h"
#include "flow.h"
#include "modelfile.h"
#include "num.h"
#include "parallel.h"
#include "progress.h"
#include "rng.h"
#include "statedict.h"
#include "stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli cli = {
    "niceflow",
    "usage: niceflow -m MODEL [-t u8|f32|f64] [-z | -x] [-b] [-p f32|bf16] [-j THREADS] [-B BATCH]\n"
    "                [-q] [file]\n"
    "       niceflow -m MODEL -t u8 -k K [--bits] [--spread | --weights] [-S SEED] [--first N]\n"
    "                [-b] [-p f32|bf16] [-j THREADS] [-B BATCH] [-q] [file]\n"
    "       niceflow -m MODEL -n N [-S SEED] [--first N] [-T TEMPERATURE] [-p f32|bf16] [-j THREADS]\n"
    "                [-B BATCH] [-q]\n"
    "       niceflow -m MODEL -i\n"
    "Write the log-likelihood (nats) of each raw record under a NICE flow, one per line.\n"
    "\n"
    "  -m, --model MODEL        safetensors or PyTorch .pt\n"
    "  -t, --type TYPE          element type of the input: u8, f32 (default), f64\n"
    "  -z, --latent             write the latents z of the records x, raw f32\n"
    "  -x, --inverse            write the records x of the latents z, raw f32\n"
    "  -n, --samples N          write N samples of the model, raw f32\n"
    "  -k, --bound K            write a bound on log P of u8 pixels, from K dequantisations each\n"
    "      --bits               -k: bits per dimension in place of nats\n"
    "      --spread             -k: add a column, the standard deviation of the K log-weights\n"
    "      --weights            -k: write the K log-weights in place of the bound, raw f64\n"
    "  -S, --seed SEED          seed of -n and -k (default 0)\n"
    "      --first N            number of the first record of -k or sample of -n (default 0)\n"
    "  -T, --temperature T      scale of the samples' latents (default 1)\n"
    "  -b, --binary             write likelihoods as raw f64, not as text\n"
    "  -p, --precision P        products in f32 (default) or bf16\n"
    "  -j, --threads THREADS    threads (default: all cores)\n"
    "  -B, --batch BATCH        records that are taken at once at the most (default 768)\n"
    "  -i, --info               print what the model is\n"
    "      --progress           draw the progress line even if this is no terminal\n"
    "  -q, --quiet              no progress line\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

enum mode { LIKELIHOOD, LATENT, INVERSE, BOUND, SAMPLES, INFO };

struct options {
	enum mode mode;
	const char *model, *file;
	enum element type;
	uint64_t nsamples, seed, first;
	double temperature;
	size_t k; /* dequantisations */
	bool bits, spread, weights;
	bool binary;
	enum precision precision;
	unsigned nthreads; /* 0: the default */
	size_t batch;
	enum progress_wish progress;
};

static void set_mode(struct options *o, enum mode mode)
{
	if (o->mode != LIKELIHOOD && o->mode != mode)
		cli_usage("only one of -z, -x, -k, -n, -i");
	o->mode = mode;
}

static void check_bound(const struct options *o)
{
	if (o->mode != BOUND && (o->bits || o->spread || o->weights))
		cli_usage("--bits, --spread and --weights go with -k");
	if (o->mode == BOUND && o->type != ELEMENT_U8)
		cli_usage("-k takes pixels: -t u8");
	if (o->weights && (o->bits || o->spread))
		cli_usage("--weights goes without --bits and --spread");
	if (o->mode != BOUND && o->mode != SAMPLES && o->first > 0)
		cli_usage("--first goes with -k and -n");
}

static void check_options(const struct options *o, int argc)
{
	check_bound(o);
	if (o->precision == PRECISION_BF16 && !matmul_has_bf16())
		cli_usage("-p: this machine has no bfloat16 products");
	if (!o->model)
		cli_usage("no model: -m MODEL");
	if ((o->mode == SAMPLES || o->mode == INFO) && optind < argc)
		cli_usage("-n and -i read no file");
	if (o->mode != SAMPLES && o->mode != INFO && !strcmp(o->model, "-") && !strcmp(o->file, "-"))
		cli_usage("model and records cannot both come from standard input");
}

enum long_option { BITS = 256, SPREAD, WEIGHTS, FIRST, PROGRESS };

static const struct option table[] = {{"model", required_argument, NULL, 'm'},
                                      {"type", required_argument, NULL, 't'},
                                      {"latent", no_argument, NULL, 'z'},
                                      {"inverse", no_argument, NULL, 'x'},
                                      {"samples", required_argument, NULL, 'n'},
                                      {"bound", required_argument, NULL, 'k'},
                                      {"bits", no_argument, NULL, BITS},
                                      {"spread", no_argument, NULL, SPREAD},
                                      {"weights", no_argument, NULL, WEIGHTS},
                                      {"seed", required_argument, NULL, 'S'},
                                      {"first", required_argument, NULL, FIRST},
                                      {"temperature", required_argument, NULL, 'T'},
                                      {"binary", no_argument, NULL, 'b'},
                                      {"precision", required_argument, NULL, 'p'},
                                      {"threads", required_argument, NULL, 'j'},
                                      {"batch", required_argument, NULL, 'B'},
                                      {"info", no_argument, NULL, 'i'},
                                      {"progress", no_argument, NULL, PROGRESS},
                                      {"quiet", no_argument, NULL, 'q'},
                                      CLI_OPTIONS};

/* False if the option is none of the bound's. */
static bool bound_option(int c, struct options *o)
{
	switch (c) {
	case 'k':
		set_mode(o, BOUND);
		o->k = (size_t)cli_u64("-k", optarg, 1, BOUND_MAX_K);
		return true;
	case BITS:
		o->bits = true;
		return true;
	case SPREAD:
		o->spread = true;
		return true;
	case WEIGHTS:
		o->weights = true;
		return true;
	default:
		return false;
	}
}

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = ELEMENT_F32, .temperature = 1, .batch = MATMUL_MAX_ROWS};
	for (int c; (c = getopt_long(argc, argv, "m:t:zxn:k:S:T:bp:j:B:iqhV", table, NULL)) != -1;) {
		switch (c) {
		case 'm':
			o->model = optarg;
			break;
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		case 'z':
			set_mode(o, LATENT);
			break;
		case 'x':
			set_mode(o, INVERSE);
			break;
		case 'n':
			set_mode(o, SAMPLES);
			o->nsamples = cli_u64("-n", optarg, 0, UINT64_MAX);
			break;
		case 'S':
			o->seed = cli_u64("-S", optarg, 0, UINT64_MAX);
			break;
		case FIRST:
			o->first = cli_u64("--first", optarg, 0, BOUND_MAX_RECORDS / 2);
			break;
		case 'T':
			o->temperature = cli_double("-T", optarg);
			break;
		case 'b':
			o->binary = true;
			break;
		case 'p':
			o->precision = cli_precision("-p", optarg);
			break;
		case 'j':
			o->nthreads = (unsigned)cli_u64("-j", optarg, 1, 1024);
			break;
		case 'B':
			o->batch = (size_t)cli_u64("-B", optarg, 1, 1 << 20);
			break;
		case 'i':
			set_mode(o, INFO);
			break;
		case PROGRESS:
			o->progress = PROGRESS_ALWAYS;
			break;
		case 'q':
			o->progress = PROGRESS_NEVER;
			break;
		default:
			if (!bound_option(c, o))
				cli_option(c);
		}
	}
	o->file = cli_operand(argc, argv);
	check_options(o, argc);
}

/* ---- what is written ---- */

static void write_number(double value, bool binary, char end)
{
	char text[NUM_TEXT];
	unsigned char raw[8];
	if (binary) {
		element_from_double(ELEMENT_F64, &value, 1, raw);
		fwrite(raw, 1, sizeof(raw), stdout);
	} else {
		num_format_double(value, text);
		fputs(text, stdout);
		putchar(end);
	}
}

static void write_likelihoods(const double *ll, size_t n, bool binary)
{
	for (size_t i = 0; i < n; i++)
		write_number(ll[i], binary, '\n');
}

static void write_f32(const double *values, size_t n)
{
	unsigned char raw[1 << 14];
	for (size_t i = 0; i < n; i += sizeof(raw) / 4) {
		size_t piece = n - i < sizeof(raw) / 4 ? n - i : sizeof(raw) / 4;
		element_from_double(ELEMENT_F32, values + i, piece, raw);
		fwrite(raw, 4, piece, stdout);
	}
}

/* ---- the three ways of the data ---- */

/* x: (n, D), overwritten. */
static enum status write_results(struct flow *f, const struct options *o, size_t n, double *x,
                                 struct error *e)
{
	if (o->mode == LIKELIHOOD) {
		double *ll = x; /* a batch's likelihoods take the place of the records they are of */
		if (flow_log_likelihood(f, n, x, ll, e) == STATUS_OK)
			write_likelihoods(ll, n, o->binary);
		return e->status;
	}
	if (o->mode == LATENT)
		flow_forward(f, n, x, x, e);
	else
		flow_inverse(f, n, x, x, e);
	if (e->status == STATUS_OK)
		write_f32(x, n * f->d);
	return e->status;
}

/* Records in the file, if it is one; 0 otherwise. */
static uint64_t count_records(int fd, size_t record_bytes)
{
	struct stat st;
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	return regular ? (uint64_t)st.st_size / record_bytes : 0;
}

static enum status run_batches(struct flow *f, const struct options *o, struct records *in,
                               double *x, struct error *e)
{
	struct progress progress;
	const unsigned char *raw;
	size_t n = 1;
	progress_start(&progress, o->progress, count_records(in->fd, in->record_bytes));
	while (!ferror(stdout) && records_next(in, &raw, &n, e) == STATUS_OK && n > 0) {
		element_to_double(o->type, raw, n * f->d, x);
		if (write_results(f, o, n, x, e) != STATUS_OK)
			break;
		progress_update(&progress, in->nrecords);
	}
	progress_end(&progress);
	return e->status;
}

static void write_bound(const struct options *o, size_t d, const struct log_mean_exp *m)
{
	double unit = o->bits ? (double)d * log(2) : 1;
	double value = log_mean_exp_value(m) / unit;
	write_number(o->bits ? -value : value, o->binary, o->spread ? '\t' : '\n');
	if (o->spread)
		write_number(log_mean_exp_stdev(m) / unit, o->binary, '\n');
}

/* m is what has been seen of the record that the first of the n rows belongs to. */
static void write_rows(const struct options *o, const struct bound *b, uint64_t row, size_t n,
                       const double *log_weights, struct log_mean_exp *m)
{
	for (size_t i = 0; i < n; i++) {
		log_mean_exp_add(m, log_weights[i]);
		if ((row + i + 1) % b->k == 0) {
			write_bound(o, b->flow->d, m);
			*m = LOG_MEAN_EXP;
		}
	}
}

/* n records v (n, D), with `done` records before them. A large K takes its time, so that what is
 * known is written at once. */
static enum status write_bounds(struct bound *b, const struct options *o, const unsigned char *v,
                                size_t n, uint64_t done, struct progress *progress, struct error *e)
{
	double log_weights[MATMUL_MAX_ROWS];
	struct log_mean_exp m = LOG_MEAN_EXP;
	uint64_t nrows = (uint64_t)n * b->k;
	for (uint64_t row = 0; row < nrows && !ferror(stdout); row += MATMUL_MAX_ROWS) {
		size_t piece = nrows - row < MATMUL_MAX_ROWS ? (size_t)(nrows - row) : MATMUL_MAX_ROWS;
		if (bound_log_weights(b, v, o->first + done, row, piece, log_weights, e) != STATUS_OK)
			break;
		if (o->weights)
			write_likelihoods(log_weights, piece, true);
		else
			write_rows(o, b, row, piece, log_weights, &m);
		fflush(stdout);
		progress_update(progress, done + (row + piece) / b->k);
	}
	return e->status;
}

static enum status run_bounds(struct flow *f, const struct options *o, struct records *in,
                              struct error *e)
{
	struct bound b = {0};
	struct progress progress;
	const unsigned char *v;
	size_t n = 1;
	if (bound_init(&b, f, o->k, o->seed, e) != STATUS_OK)
		return e->status;
	progress_start(&progress, o->progress, count_records(in->fd, in->record_bytes));
	while (!ferror(stdout) && records_next(in, &v, &n, e) == STATUS_OK && n > 0) {
		if (write_bounds(&b, o, v, n, in->nrecords - n, &progress, e) != STATUS_OK)
			break;
	}
	progress_end(&progress);
	bound_release(&b);
	return e->status;
}

static enum status run_file(struct flow *f, const struct options *o, struct error *e)
{
	struct records in = {0};
	int fd = -1;
	double *x = NULL;
	if (stream_open(o->file, &fd, e) == STATUS_OK &&
	    records_init(&in, fd, stdout, f->d * element_bytes(o->type), o->batch, e) == STATUS_OK) {
		if (o->mode == BOUND)
			run_bounds(f, o, &in, e);
		else if ((x = malloc(o->batch * f->d * sizeof(double))))
			run_batches(f, o, &in, x, e);
		else
			error_memory(e);
	}
	if (e->status == STATUS_TRUNCATED)
		error_add(e, STATUS_TRUNCATED, "the model takes records of %zu %s elements", f->d,
		          element_name(o->type));
	free(x);
	records_release(&in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* Latent number i depends on (seed, i) alone. */
static void draw_latents(const struct options *o, uint64_t first, size_t n, size_t d, double *z)
{
	for (size_t i = 0; i < n; i++) {
		struct rng rng;
		rng_init(&rng, o->seed, RNG_SAMPLES, first + i);
		for (size_t j = 0; j < d; j++)
			z[i * d + j] = o->temperature * rng_logistic(&rng);
	}
}

static enum status run_samples(struct flow *f, const struct options *o, struct error *e)
{
	struct progress progress;
	double *z = malloc(o->batch * f->d * sizeof(double));
	if (!z)
		return error_memory(e);
	progress_start(&progress, o->progress, o->nsamples);
	for (uint64_t i = 0; i < o->nsamples && !ferror(stdout);) {
		size_t n = o->nsamples - i < o->batch ? (size_t)(o->nsamples - i) : o->batch;
		draw_latents(o, o->first + i, n, f->d, z);
		if (flow_inverse(f, n, z, z, e) != STATUS_OK)
			break;
		write_f32(z, n * f->d);
		progress_update(&progress, i += n);
	}
	progress_end(&progress);
	free(z);
	return e->status;
}

/* A model file's own words, which must not command the terminal: '?' for what is not printable. */
static void print_text(const char *text)
{
	for (size_t n; *text; text += n ? n : 1) {
		n = printable_bytes(text);
		fwrite(n ? text : "?", 1, n ? n : 1, stdout);
	}
}

static void print_info(const struct statedict *s, const struct tensors *t, double log_det)
{
	char text[NUM_TEXT];
	uint64_t nparameters = 0;
	for (size_t i = 0; i < t->nitems; i++)
		nparameters += t->items[i].nelements;
	num_format_double(log_det, text);
	printf("elements\t%zu\ncouplings\t%zu\nhidden\t%zu\nwidths\t%zu", s->d, s->ncouplings,
	       s->nlayers - 1, s->d / 2);
	for (size_t i = 0; i < s->nlayers; i++)
		printf("-%zu", s->layers[i].out);
	printf("\nparameters\t%" PRIu64 "\nmask_config\t%d\nlog_determinant\t%s\n", nparameters,
	       s->mask_config, text);
	for (size_t i = 0; i < t->nnotes; i++) {
		if (strcmp(t->notes[i].key, "mask_config") == 0)
			continue;
		print_text(t->notes[i].key);
		putchar('\t');
		print_text(t->notes[i].value);
		putchar('\n');
	}
}

/* ---- the way of the model ---- */

static enum status load(const struct options *o, struct flow *f, struct error *e)
{
	struct tensors tensors = {0};
	struct statedict dict = {0};
	int fd = -1;
	if (stream_open(o->model, &fd, e) == STATUS_OK &&
	    modelfile_read(fd, &tensors, e) == STATUS_OK &&
	    statedict_read(&dict, &tensors, e) == STATUS_OK &&
	    flow_init(f, &dict, &matmul_dnnl, o->precision, e) == STATUS_OK && o->mode == INFO)
		print_info(&dict, &tensors, f->log_det);
	statedict_release(&dict);
	tensors_release(&tensors);
	if (fd > 0)
		close(fd);
	return e->status;
}

static int run(struct flow *f, const struct options *o)
{
	struct error e = {0};
	if (o->mode == INFO)
		return EXIT_OK;
	if (o->mode == SAMPLES)
		return run_samples(f, o, &e) == STATUS_OK ? EXIT_OK : cli_fail(NULL, &e);
	return run_file(f, o, &e) == STATUS_OK ? EXIT_OK : cli_fail(o->file, &e);
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	struct flow flow = {0};
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_share_cores(argv);
	cli_confine(SANDBOX_READING);
	if (o.nthreads > 0)
		parallel_set_threads(o.nthreads);
	int status =
	    load(&o, &flow, &e) == STATUS_OK ? run(&flow, &o) : cli_fail(o.model, &e);
	flow_release(&flow);
	return cli_finish(status);
}
