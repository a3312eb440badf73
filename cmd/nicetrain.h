/* The parts of nicetrain: its options, its files, the table of epochs, the loop of steps. */
#ifndef NICETRAIN_H
#define NICETRAIN_H

#include "base/element.h"
#include "cli.h"
#include "density/nice_parameters.h"
#include "io/output.h"
#include "io/whole_file.h"
#include "model/tensors.h"
#include "option.h"
#include "progress.h"
#include "system/signals.h"
#include "train/dataset.h"
#include "train/trainer.h"
#include "vae/vae_parameters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct options {
	bool any_content, no_scale;
	enum { NOISE_DEFAULT, NOISE_AUTO, NOISE_WIDTH } noise;
	struct trainer_options trainer; /* its shape is one of these two */
	struct nice_shape nice;
	struct vae_shape vae;
	enum { KIND_NICE, KIND_VAE } kind;
	size_t d, mid, hidden, couplings, latent;
	size_t usual_micro_batch; /* the default, if it divides the batch; 0: the batch */
	double sigma;
	enum { PRIOR_DEFAULT, PRIOR_TRAINABLE, PRIOR_STANDARD } prior;
	enum {
		ESTIMATOR_DEFAULT,
		ESTIMATOR_PATHWISE,
		ESTIMATOR_SCORE,
		ESTIMATOR_BASELINE
	} estimator;
	struct dims dims;
	enum element type;
	enum { KEEP_BEST, KEEP_LAST } keep;
	enum { SCHEDULE_COSINE, SCHEDULE_CONSTANT } schedule;
	const char *output, *valid, *checkpoint, *log, *schema, *init;
	struct input_list *files; /* the records */
	char *schema_text;        /* owned; NULL until schema_take, or without a schema */
	bool resume;
	enum whole_file_way way; /* of all that is read */
	enum progress_wish progress;
	size_t nthreads;
};

/* ---- nicetrain_options.c ---- */

/* Does not return after -h, -V or a usage error. */
void nicetrain_parse(const struct program *program, int argc, char **argv, struct options *o);

/* The file that a message about all records names: NULL if they are of several. */
const char *nicetrain_input(const struct options *o);

/* ---- nicetrain_run.c ---- */

/* Trains; with a team in o->trainer, all its processes call it. Returns the status to end with. */
int nicetrain_run(const struct options *o, struct signals *signals);

/* ---- nicetrain_defaults.c: what is not given follows from the records; 0 or NaN till then ---- */

#define HIDDEN_DEFAULT SIZE_MAX

void defaults_parse_noise(const char *option, const char *arg, void *options);

/* The kind and its shape, noise and decay follow from type and size of a record; batch and epochs
 * from their number, too. */
void defaults_by_size(struct options *o);
void defaults_by_number(struct options *o, size_t nrecords);

/* ---- nicetrain_files.c; a failure is reported, and the status to end with returned ---- */

/* All that is written, prepared before the work. */
struct outputs {
	struct output model, checkpoint, log;
};

int outputs_prepare(struct outputs *out, const struct options *o);
void outputs_release(struct outputs *out);

/* The schema, which says how large a record is; the records to train on, and those of --valid,
 * which are none without it. */
int records_read(struct dataset *records, struct dataset *valid, struct options *o);

/* The model of --init; no tensors without it. */
int initial_read(struct tensors *model, const struct options *o);

/* Process 0 of a team writes, for the others it is done. */
int model_write(const struct trainer *t, const struct options *o, struct output *out);
int checkpoint_write(const struct trainer *t, const struct options *o, struct output *out);

/* With --resume, restores the trainer from the checkpoint; one that does not exist has not been
 * written yet. */
int checkpoint_resume(struct trainer *t, const struct options *o);

/* ---- nicetrain_schema.c ---- */

/* Waits for the first byte of the records, reads the file of --schema, and takes D from it. Nothing
 * without --schema. */
int schema_take(struct options *o, int records);

/* Puts the text of the schema into the model, unless there is an error already. */
enum status schema_note(const struct options *o, struct tensors *model, struct error *e);

/* ---- nicetrain_table.c: one line an epoch, on standard error and in the log ---- */

struct table {
	FILE *log;              /* NULL: none */
	bool has_header;        /* of the log */
	struct error log_error; /* the first one */
	bool shown;             /* on standard error */
	double start;           /* seconds; of this run */
	uint64_t first_step;    /* of this run */
};

/* After checkpoint_resume, whose trainer's epochs an older log keeps. */
int table_open(struct table *table, const struct trainer *t, const struct options *o,
               struct output *log);
void table_add_epoch(struct table *table, const struct trainer *t);

/* Reports the first error of the log. */
int table_close(struct table *table, const struct options *o);

/* ---- nicetrain_loop.c ---- */

/* From here on SIGTERM, SIGINT and SIGHUP wait for the end of a step; before, they end the program
 * at once. */
int loop_hold_signals(struct signals *s);

/* Trains to the end and writes the model; checkpoints on the way. */
int loop_run(struct trainer *t, const struct options *o, struct outputs *out,
             struct signals *signals);

#endif
