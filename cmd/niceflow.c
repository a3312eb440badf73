/* niceflow: raw records through a NICE flow: likelihoods, latents, samples. Its options, and its
 * model; the records' way is in flowjob.c. */
#include "cli.h"
#include "flowjob.h"
#include "modelfile.h"
#include "num.h"
#include "parallel.h"
#include "statedict.h"
#include "stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    "  -B, --batch BATCH        records that are taken at once (default: 384 a thread)\n"
    "  -i, --info               print what the model is\n"
    "      --progress           draw the progress line even if this is no terminal\n"
    "  -q, --quiet              no progress line\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

static void set_mode(struct flow_options *o, enum mode mode)
{
	if (o->mode != LIKELIHOOD && o->mode != mode)
		cli_usage("only one of -z, -x, -k, -n, -i");
	o->mode = mode;
}

static void check_bound(const struct flow_options *o)
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

static void check_options(const struct flow_options *o, int argc)
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
static bool bound_option(int c, struct flow_options *o)
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

static void parse_options(int argc, char **argv, struct flow_options *o)
{
	*o = (struct flow_options){.type = ELEMENT_F32, .temperature = 1};
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

static enum status load(const struct flow_options *o, struct flow *f, struct error *e)
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

static int run(const struct flow *f, const struct flow_options *o)
{
	struct error e = {0};
	if (o->mode == INFO || flowjob_run(f, o, &e) == STATUS_OK)
		return EXIT_OK;
	return cli_fail(o->mode == SAMPLES ? NULL : o->file, &e);
}

int main(int argc, char **argv)
{
	struct flow_options o;
	struct error e = {0};
	struct flow flow = {0};
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_share_cores(argv);
	cli_confine(SANDBOX_READING);
	if (o.nthreads > 0)
		parallel_set_threads(o.nthreads);
	if (o.batch == 0)
		o.batch = (size_t)parallel_threads() * MATMUL_MAX_ROWS;
	int status =
	    load(&o, &flow, &e) == STATUS_OK ? run(&flow, &o) : cli_fail(o.model, &e);
	flow_release(&flow);
	return cli_finish(status);
}
