/*
 * Training a model by maximum likelihood: batches, schedule, optimiser, evaluation, and the whole
 * state as tensors, so that a stopped training goes on as if it had not been stopped. What is
 * trained is for train/learner.h.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include "base/error.h"
#include "model/tensors.h"
#include "team/gradient_sum.h"
#include "team/team.h"
#include "train/adam.h"
#include "train/dataset.h"
#include "train/evaluation.h"
#include "train/learner.h"
#include "train/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trainer_options {
	const struct learner_kind *kind;
	const void *shape; /* of the model, the kind's own struct; the caller's */
	uint64_t seed;
	uint64_t epochs;
	uint64_t patience;  /* epochs without a better held-out likelihood, then the end; 0: any */
	size_t batch;       /* records of a step */
	size_t micro_batch; /* records whose gradient is computed at once; 0: a batch */
	const struct team *team; /* the processes that train this model */
	double rate;             /* the greatest learning rate */
	uint64_t warmup;         /* steps of linear rise to it */
	bool cosine;             /* then falls to 0 like a cosine; else stays */
	double noise;            /* width, see train/dataset.h; NaN: by element, train/scaling.h */
	bool scale;              /* center and scale the elements; not for u8 */
	enum precision precision;
	struct adam_options adam;
	bool keep_best;     /* the epoch of the best held-out likelihood, not the last one */
	size_t window;      /* records that are shuffled together, train/window.h; 0: all */
	double valid_share; /* of the records that are held out, if there is no other set */
};

struct trainer {
	struct trainer_options options;
	void *learner;      /* state of the kind */
	size_t nparameters; /* floats in a block */
	struct scaling scaling;
	double *baseline; /* mean of the training records, (D), or NULL: see train/learner.h */
	struct parameter_group *groups; /* of the parameters, for adam */
	struct adam adam;
	struct gradient_sum gradients; /* of the micro-batches of a step */
	struct evaluator evaluator;    /* of the epoch whose steps are done */
	float *block;
	float *best;    /* with keep_best: parameters of the best epoch */
	float *x;       /* a micro-batch, (micro_batch, D) */
	double *values; /* log-likelihoods of a batch, (batch) */

	const struct dataset *train, *valid; /* the caller's; valid may be train */
	uint32_t *train_numbers, *valid_numbers;
	size_t ntrain, nvalid;
	bool initial; /* started from a model, of this CRC-32 */
	uint32_t initial_digest;

	/* Where the training stands. */
	uint64_t epoch;      /* finished ones */
	size_t step;         /* finished ones of the current epoch */
	double sum;          /* of log-likelihoods in the current epoch */
	double best_mean;    /* held out, -inf at first */
	uint64_t best_epoch; /* 1 is the first */
	struct evaluation last;
	double last_train; /* mean log-likelihood of the last finished epoch */
	uint32_t *order;   /* of the current epoch: train_numbers, shuffled */
	struct window window;
};

/* Whether a file can hold such a model, or such a checkpoint: STATUS_UNSUPPORTED if not. */
enum status trainer_check(const struct trainer_options *o, bool checkpoint, struct error *e);

/* valid NULL: options.valid_share of the records are held out, picked by the seed. Needs one batch
 * of training records, two held-out ones, and elements that are not all constant. Starts the
 * parameters. */
enum status trainer_init(struct trainer *t, const struct trainer_options *o,
                         const struct dataset *train, const struct dataset *valid, struct error *e);
void trainer_release(struct trainer *t);

/* Before the first step: starts from a model of the same kind and shape, and scales records as it
 * does. Refused with what differs; then the trainer is of no use any more. */
enum status trainer_take_model(struct trainer *t, const struct tensors *from, struct error *e);

size_t trainer_steps(const struct trainer *t); /* of an epoch; a rest smaller than a batch waits
                                                  for another shuffle */
bool trainer_done(const struct trainer *t);

/* The same in all processes of options.team, at the same time. One batch: a step or, when all steps
 * of the epoch are done, a piece of the held-out records; with the last of these the epoch ends,
 * and *epoch_ended tells. A likelihood that is not finite is STATUS_UNSUPPORTED and names epoch and
 * step, or the held-out record; the parameters are those before it. */
enum status trainer_step(struct trainer *t, bool *epoch_ended, struct error *e);

/* Refused, where it differs, unless options, data, and the state of the training are those of
 * process 0 of the team. program: a text that must be the same, too. */
enum status trainer_compare(const struct trainer *t, const char *program, struct error *e);

/* Before trainer_save, in all processes of the team: each has its slice alone of some arrays. */
void trainer_collect(struct trainer *t);

/* Puts t->order into that of the current epoch, which depends on the seed and the epoch alone. */
void trainer_shuffle(struct trainer *t);

/* Which model trainer_model would give: that after so many epochs, and so many steps of another. */
void trainer_kept(const struct trainer *t, uint64_t *epochs, size_t *steps);

/* The model to be kept so far, with notes on how it was made; refused if a parameter is not finite.
 */
enum status trainer_model(const struct trainer *t, const char *program, struct tensors *out,
                          struct error *e);

/* The whole state, pointing into t; and back, refused if options or data are others, naming
 * them; more epochs than those of the checkpoint are not. */
enum status trainer_save(const struct trainer *t, struct tensors *out, struct error *e);
enum status trainer_restore(struct trainer *t, const struct tensors *from, struct error *e);

#endif
