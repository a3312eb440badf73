/* nicetrain: raw records in, a NICE model out. */
#include "atomicfile.h"
#include "cli.h"
#include "dataset.h"
#include "matmul.h"
#include "modelfile.h"
#include "parallel.h"
#include "progress.h"
#include "safetensors.h"
#include "stream.h"
#include "trainer.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = {
    "nicetrain",
    "usage: nicetrain -d DIMS -o MODEL [-q] [-t u8|f32|f64] [-p f32|bf16] [-S SEED]\n"
    "                 [-j THREADS] [options] [file]\n"
    "Train a NICE flow on raw records by maximum likelihood.\n"
    "\n"
    "  -d, --dims DIMS          size of a record: 784 or 28x28\n"
    "  -o, --output MODEL       the model to write (safetensors), which appears when it is whole\n"
    "  -t, --type TYPE          element type of the records: u8, f32 (default), f64\n"
    "      --valid FILE         held-out records; they choose the epoch that is kept\n"
    "      --valid-share X      without --valid: share of the records to hold out (default 0.1)\n"
    "      --keep best|last     the epoch to keep (default best)\n"
    "      --mid N              width of the hidden layers (default 1000)\n"
    "      --hidden N           number of hidden layers (default 5)\n"
    "      --couplings N        number of couplings (default 4)\n"
    "      --epochs N           passes over the records (default 30)\n"
    "      --batch N            records of a step (default 256)\n"
    "      --lr X               greatest learning rate of Adam (default 0.001)\n"
    "      --warmup N           steps of linear rise to it (default 200)\n"
    "      --schedule S         then cosine to 0 (default), or constant\n"
    "      --scale-lr X         the log-scales learn that much faster (default 2)\n"
    "      --beta1 X            of Adam: decay of the mean gradient (default 0.9)\n"
    "      --beta2 X            and of the mean square (default 0.999)\n"
    "      --eps X              what Adam adds to its root (default 1e-8)\n"
    "      --weight-decay X     decoupled, of the weight matrices (default 0)\n"
    "      --clip X             greatest norm of a gradient (default 0: any)\n"
    "      --ema X              average of the weights that is kept (default 0.999; 0: none)\n"
    "      --noise X            width of the uniform noise, in grey levels for u8 (default 0.5),\n"
    "                           in units of the data for others (default 0)\n"
    "  -p, --precision P        products in f32 (default) or bf16\n"
    "  -S, --seed SEED          seed of everything random (default 0)\n"
    "      --checkpoint FILE    save the whole state there: each epoch and on SIGTERM, SIGINT,\n"
    "                           SIGUSR1\n"
    "      --resume             go on from the checkpoint, if there is one\n"
    "      --log FILE           the table there, too, tab-separated\n"
    "  -j, --threads THREADS    threads (default: all cores)\n"
    "      --progress           draw the line inside an epoch even if this is no terminal\n"
    "  -q, --quiet              no table and no line\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	struct trainer_options trainer;
	enum element type;
	bool noise_given;
	const char *file, *output, *valid, *checkpoint, *log;
	bool resume;
	enum progress_wish progress;
	unsigned nthreads;
};

/* ---- options ---- */

static double positive(const char *option, const char *arg, double max)
{
	double value = cli_double(option, arg);
	if (value < 0 || value > max)
		cli_usage("%s: '%s' is not a number from 0 to %g", option, arg, max);
	return value;
}

static size_t size(const char *option, const char *arg, uint64_t max)
{
	return (size_t)cli_u64(option, arg, 1, max);
}

/* One of two words; true for the first. */
static bool choice(const char *option, const char *arg, const char *first, const char *second)
{
	bool is_first = strcmp(arg, first) == 0;
	if (!is_first && strcmp(arg, second) != 0)
		cli_usage("%s: '%s' is neither %s nor %s", option, arg, first, second);
	return is_first;
}

enum long_option {
	VALID = 256, VALID_SHARE, KEEP, MID, HIDDEN, COUPLINGS, EPOCHS, BATCH, RATE, WARMUP, SCHEDULE,
	SCALE_RATE, BETA1, BETA2, EPSILON, DECAY, CLIP, EMA, NOISE, CHECKPOINT, RESUME, LOG, PROGRESS
};

static const struct option table[] = {
    {"dims", required_argument, NULL, 'd'},
    {"output", required_argument, NULL, 'o'},
    {"type", required_argument, NULL, 't'},
    {"valid", required_argument, NULL, VALID},
    {"valid-share", required_argument, NULL, VALID_SHARE},
    {"keep", required_argument, NULL, KEEP},
    {"mid", required_argument, NULL, MID},
    {"hidden", required_argument, NULL, HIDDEN},
    {"couplings", required_argument, NULL, COUPLINGS},
    {"epochs", required_argument, NULL, EPOCHS},
    {"batch", required_argument, NULL, BATCH},
    {"lr", required_argument, NULL, RATE},
    {"warmup", required_argument, NULL, WARMUP},
    {"schedule", required_argument, NULL, SCHEDULE},
    {"scale-lr", required_argument, NULL, SCALE_RATE},
    {"beta1", required_argument, NULL, BETA1},
    {"beta2", required_argument, NULL, BETA2},
    {"eps", required_argument, NULL, EPSILON},
    {"weight-decay", required_argument, NULL, DECAY},
    {"clip", required_argument, NULL, CLIP},
    {"ema", required_argument, NULL, EMA},
    {"noise", required_argument, NULL, NOISE},
    {"precision", required_argument, NULL, 'p'},
    {"seed", required_argument, NULL, 'S'},
    {"checkpoint", required_argument, NULL, CHECKPOINT},
    {"resume", no_argument, NULL, RESUME},
    {"log", required_argument, NULL, LOG},
    {"threads", required_argument, NULL, 'j'},
    {"progress", no_argument, NULL, PROGRESS},
    {"quiet", no_argument, NULL, 'q'},
    CLI_OPTIONS};

/* What shapes the model and its training; false if the option is none of these. */
static bool training_option(int c, struct trainer_options *t)
{
	switch (c) {
	case VALID_SHARE:
		t->valid_share = positive("--valid-share", optarg, 1);
		return true;
	case KEEP:
		t->keep_best = choice("--keep", optarg, "best", "last");
		return true;
	case MID:
		t->shape.mid = size("--mid", optarg, 1 << 20);
		return true;
	case HIDDEN:
		t->shape.hidden = size("--hidden", optarg, 1000);
		return true;
	case COUPLINGS:
		t->shape.ncouplings = size("--couplings", optarg, 1000);
		return true;
	case EPOCHS:
		t->epochs = size("--epochs", optarg, 1000000);
		return true;
	case BATCH:
		t->batch = size("--batch", optarg, 1 << 20);
		return true;
	case WARMUP:
		t->warmup = cli_u64("--warmup", optarg, 0, UINT32_MAX);
		return true;
	case SCHEDULE:
		t->cosine = choice("--schedule", optarg, "cosine", "constant");
		return true;
	case 'p':
		t->precision = cli_precision("-p", optarg);
		return true;
	case 'S':
		t->seed = cli_u64("-S", optarg, 0, UINT64_MAX);
		return true;
	default:
		return false;
	}
}

/* What shapes each step; false if the option is none of these. */
static bool step_option(int c, struct options *o)
{
	struct adam_options *a = &o->trainer.adam;
	switch (c) {
	case RATE:
		o->trainer.rate = positive("--lr", optarg, 1);
		return true;
	case SCALE_RATE:
		a->scale_rate = positive("--scale-lr", optarg, 1000);
		return true;
	case BETA1:
		a->beta1 = positive("--beta1", optarg, 0.999999);
		return true;
	case BETA2:
		a->beta2 = positive("--beta2", optarg, 0.999999);
		return true;
	case EPSILON:
		a->epsilon = positive("--eps", optarg, 1);
		return true;
	case DECAY:
		a->weight_decay = positive("--weight-decay", optarg, 1000);
		return true;
	case CLIP:
		a->clip = positive("--clip", optarg, 1e30);
		return true;
	case EMA:
		a->ema = positive("--ema", optarg, 0.999999);
		return true;
	case NOISE:
		o->trainer.noise = positive("--noise", optarg, 1e6);
		o->noise_given = true;
		return true;
	default:
		return false;
	}
}

/* Files and manners; anything unknown ends the program. */
static void other_option(int c, struct options *o)
{
	uint32_t dims[255];
	unsigned rank;
	switch (c) {
	case 'd':
		o->trainer.shape.d = cli_dims("-d", optarg, 255, dims, &rank);
		break;
	case 'o':
		o->output = optarg;
		break;
	case 't':
		o->type = cli_element("-t", optarg);
		break;
	case VALID:
		o->valid = optarg;
		break;
	case CHECKPOINT:
		o->checkpoint = optarg;
		break;
	case RESUME:
		o->resume = true;
		break;
	case LOG:
		o->log = optarg;
		break;
	case 'j':
		o->nthreads = (unsigned)cli_u64("-j", optarg, 1, 1024);
		break;
	case PROGRESS:
		o->progress = PROGRESS_ALWAYS;
		break;
	case 'q':
		o->progress = PROGRESS_NEVER;
		break;
	default:
		cli_option(c);
	}
}

static void check_options(const struct options *o)
{
	if (o->trainer.shape.d == 0)
		cli_usage("no record size: -d DIMS");
	if (o->trainer.shape.d % 2 != 0)
		cli_usage("-d: records of %zu elements: the flow takes an even number",
		          o->trainer.shape.d);
	if (!o->output)
		cli_usage("no model to write: -o MODEL");
	if (o->resume && !o->checkpoint)
		cli_usage("--resume goes with --checkpoint");
	if (o->valid && strcmp(o->valid, "-") == 0 && strcmp(o->file, "-") == 0)
		cli_usage("both sets of records cannot come from standard input");
	if (o->trainer.precision == PRECISION_BF16 && !matmul_has_bf16())
		cli_usage("-p: this machine has no bfloat16 products");
}

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){
	    .type = ELEMENT_F32,
	    .trainer = {.shape = {.mid = 1000, .hidden = 5, .ncouplings = 4},
	                .epochs = 30,
	                .batch = 256,
	                .rate = 1e-3,
	                .warmup = 200,
	                .cosine = true,
	                .keep_best = true,
	                .valid_share = 0.1,
	                .adam = {.beta1 = 0.9,
	                         .beta2 = 0.999,
	                         .epsilon = 1e-8,
	                         .scale_rate = 2,
	                         .ema = 0.999}},
	};
	for (int c; (c = getopt_long(argc, argv, "d:o:t:p:S:j:qhV", table, NULL)) != -1;) {
		if (!training_option(c, &o->trainer) && !step_option(c, o))
			other_option(c, o);
	}
	if (!o->noise_given)
		o->trainer.noise = o->type == ELEMENT_U8 ? 0.5 : 0;
	o->file = cli_operand(argc, argv);
	check_options(o);
}

/* ---- files ---- */

static enum status write_tensors(const char *path, const struct tensors *t, struct error *e)
{
	struct atomicfile file = {0};
	if (atomicfile_open(&file, path, e) != STATUS_OK)
		return e->status;
	if (safetensors_write(t, file.f, e) == STATUS_OK)
		return atomicfile_commit(&file, e);
	atomicfile_abandon(&file);
	return e->status;
}

static int write_model(const struct trainer *t, const struct options *o)
{
	struct error e = {0};
	struct tensors tensors = {0};
	if (trainer_model(t, "nicetools " NICETOOLS_VERSION, &tensors, &e) == STATUS_OK)
		write_tensors(o->output, &tensors, &e);
	tensors_release(&tensors);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(o->output, &e);
}

static int save(const struct trainer *t, const struct options *o)
{
	struct error e = {0};
	struct tensors tensors = {0};
	if (trainer_save(t, &tensors, &e) == STATUS_OK)
		write_tensors(o->checkpoint, &tensors, &e);
	tensors_release(&tensors);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(o->checkpoint, &e);
}

/* A checkpoint that is not there is one that has not been written yet. */
static int resume(struct trainer *t, const struct options *o)
{
	struct error e = {0};
	struct tensors tensors = {0};
	int fd = -1;
	if (!o->resume || (access(o->checkpoint, F_OK) != 0 && errno == ENOENT))
		return EXIT_OK;
	if (stream_open(o->checkpoint, &fd, &e) == STATUS_OK &&
	    modelfile_read(fd, &tensors, &e) == STATUS_OK)
		trainer_restore(t, &tensors, &e);
	tensors_release(&tensors);
	if (fd > 0)
		close(fd);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(o->checkpoint, &e);
}

static int read_records(struct dataset *set, const char *path, const struct options *o)
{
	struct error e = {0};
	int fd = -1;
	if (stream_open(path, &fd, &e) == STATUS_OK)
		dataset_read(set, fd, o->type, o->trainer.shape.d, &e);
	if (fd > 0)
		close(fd);
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(path, &e);
}

/* --valid, told by its own name where it has too few. */
static int read_held_out(struct dataset *set, const struct options *o)
{
	struct error e = {0};
	int status = read_records(set, o->valid, o);
	if (status != EXIT_OK || set->nrecords >= 2)
		return status;
	error_set(&e, STATUS_MISMATCH, "%zu held-out records: at least 2 are needed", set->nrecords);
	return cli_fail(o->valid, &e);
}

/* ---- the table, one line an epoch ---- */

struct report {
	FILE *log;     /* NULL: none */
	bool table;    /* on standard error */
	double start;  /* seconds; of this run */
	uint64_t seen; /* records, in this run */
};

/* Bits per dimension; for u8 of the discrete pixel: 255 levels to the unit. */
static double bits_per_dim(const struct trainer *t, double ll)
{
	double levels = t->train->type == ELEMENT_U8 ? log2(255) : 0;
	return levels - ll / ((double)t->parameters.shape.d * log(2));
}

static void print_epoch(const struct report *r, const struct trainer *t)
{
	double elapsed = progress_now() - r->start, rate = (double)r->seen / elapsed;
	uint64_t epoch_records = trainer_steps(t) * t->options.batch;
	double left = (double)((t->options.epochs - t->epoch) * epoch_records) / rate;
	double bits = bits_per_dim(t, t->last.mean);
	if (r->table)
		fprintf(stderr,
		        "%6" PRIu64 " %10" PRIu64 " %8.0f %10.2f %10.2f %8.2f %8.2f %10.2f %6.3f %7.0f%s\n",
		        t->epoch, t->epoch * epoch_records, rate, t->last_train, t->last.mean,
		        t->last.stdev, t->last.skewness, t->last.min, bits, left,
		        t->best_epoch == t->epoch ? " *" : "");
	if (r->log) {
		fprintf(r->log, "%" PRIu64 "\t%" PRIu64 "\t%.3f\t%.1f\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n",
		        t->epoch, t->epoch * epoch_records, elapsed, rate, t->last_train, t->last.mean,
		        t->last.stdev, t->last.skewness, t->last.min, bits);
		fflush(r->log);
	}
}

static void print_head(const struct report *r, const struct trainer *t)
{
	if (r->table)
		fprintf(stderr, "%zu records to train on, %zu held out, %zu parameters\n"
		        " epoch    records   rec/s    train LL held-out LL   stdev     skew        min bits/d  s left\n",
		        t->ntrain, t->nvalid, t->parameters.n);
	if (r->log && ftell(r->log) == 0)
		fputs("epoch\trecords\tseconds\trate\ttrain\theld_out\tstdev\tskewness\tmin\tbits\n",
		      r->log);
}

/* ---- the loop ---- */

/* Two flags, so that no signal is lost while one is being served: the one that ends the training
 * is never cleared, the wish to save is cleared before it is granted. */
static volatile sig_atomic_t stopped_by, save_wanted;

static void catch(int number)
{
	if (number == SIGUSR1)
		save_wanted = 1;
	else
		stopped_by = number;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
}

static bool take_save_wish(void)
{
	if (!save_wanted)
		return false;
	save_wanted = 0;
	return true;
}

/* Dies of the signal as if it had not been caught, so that the caller sees what it was. */
static int die(int number)
{
	signal(number, SIG_DFL);
	raise(number);
	return EXIT_BAD;
}

/* The last good model is kept, unless memory ended, which may be before it was looked at. */
static int stop_diverged(const struct trainer *t, const struct options *o, const struct error *e)
{
	cli_fail(o->file, e);
	if (e->status != STATUS_MEMORY && t->epoch > 0 && write_model(t, o) == EXIT_OK)
		fprintf(stderr, "nicetrain: %s: the model of epoch %" PRIu64 " was written\n",
		        o->output, t->best_epoch > 0 ? t->best_epoch : t->epoch);
	return EXIT_BAD;
}

static int train(struct trainer *t, const struct options *o, struct report *report)
{
	struct progress line;
	struct error e = {0};
	uint64_t epoch_records = trainer_steps(t) * t->options.batch;
	progress_start(&line, o->progress, epoch_records);
	while (!trainer_done(t)) {
		bool ended = false;
		if (trainer_step(t, &ended, &e) != STATUS_OK) {
			progress_end(&line);
			return stop_diverged(t, o, &e);
		}
		report->seen += t->options.batch;
		progress_update(&line, t->step * t->options.batch);
		if (ended) {
			progress_end(&line);
			print_epoch(report, t);
			progress_start(&line, o->progress, epoch_records);
		}
		int number = stopped_by;
		if ((take_save_wish() || ended || number) && o->checkpoint && save(t, o) != EXIT_OK)
			return EXIT_BAD;
		if (number) {
			progress_end(&line);
			return die(number);
		}
	}
	progress_end(&line);
	return write_model(t, o);
}

/* Leaves in an older log the lines of the epochs that have been finished: one that was written, but
 * not saved before a kill, will be written again. */
static bool cut_log(FILE *log, uint64_t nepochs)
{
	char line[400];
	long kept = 0;
	while (fgets(line, sizeof(line), log)) {
		bool whole = strchr(line, '\n') != NULL;
		if (!whole || (kept > 0 && strtoull(line, NULL, 10) > nepochs))
			break;
		kept = ftell(log);
	}
	return !ferror(log) && fseek(log, kept, SEEK_SET) == 0 && ftruncate(fileno(log), kept) == 0;
}

static int open_log(const struct trainer *t, const struct options *o, FILE **log)
{
	struct error e = {0};
	bool resumed = t->epoch > 0 && access(o->log, F_OK) == 0;
	*log = fopen(o->log, resumed ? "r+" : "w");
	if (!*log)
		error_system(&e, "cannot open");
	else if (resumed && !cut_log(*log, t->epoch))
		error_system(&e, "cannot continue");
	return e.status == STATUS_OK ? EXIT_OK : cli_fail(o->log, &e);
}

static int run_trainer(struct trainer *t, const struct options *o)
{
	struct report report = {.table = o->progress != PROGRESS_NEVER, .start = progress_now()};
	struct error e = {0};
	int status = resume(t, o);
	if (status == EXIT_OK && o->log)
		status = open_log(t, o, &report.log);
	if (status == EXIT_OK) {
		print_head(&report, t);
		catch_signals();
		status = train(t, o, &report);
	}
	if (report.log && (ferror(report.log) | fclose(report.log)) != 0) {
		error_system(&e, "cannot write");
		status = cli_fail(o->log, &e);
	}
	return status;
}

static int run(const struct options *o)
{
	struct dataset records = {0}, valid = {0};
	struct trainer trainer = {0};
	struct error e = {0};
	int status = read_records(&records, o->file, o);
	if (status == EXIT_OK && o->valid)
		status = read_held_out(&valid, o);
	if (status == EXIT_OK) {
		const struct dataset *apart = o->valid ? &valid : NULL;
		if (trainer_init(&trainer, &o->trainer, &records, apart, &e) == STATUS_OK)
			status = run_trainer(&trainer, o);
		else
			status = cli_fail(o->file, &e);
	}
	trainer_release(&trainer);
	dataset_release(&valid);
	dataset_release(&records);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	cli_share_cores(argv);
	cli_confine(SANDBOX_FILES);
	if (o.nthreads > 0)
		parallel_set_threads(o.nthreads);
	return cli_finish(run(&o));
}
