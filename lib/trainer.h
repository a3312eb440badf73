/*
 * Training a NICE model by maximum likelihood: batches, schedule, optimiser, evaluation, and the
 * whole state as tensors, so that a stopped training goes on as if it had not been stopped.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include "adam.h"
#include "dataset.h"
#include "gradient.h"
#include "parameters.h"
#include "status.h"
#include "tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trainer_options {
	struct shape shape;
	uint64_t seed;
	uint64_t epochs;
	size_t batch;           /* records of a step */
	double rate;            /* the greatest learning rate */
	uint64_t warmup;        /* steps of linear rise to it */
	bool cosine;            /* then falls to 0 like a cosine; else stays */
	double noise;           /* width, see dataset.h */
	enum precision precision;
	struct adam_options adam;
	bool keep_best;         /* the epoch of the best held-out likelihood, not the last one */
	double valid_share;     /* of the records that are held out, if there is no other set */
};

/* Log-likelihoods of the held-out records, without noise. */
struct evaluation {
	double mean, stdev, skewness, min;
};

struct trainer {
	struct trainer_options options;
	struct parameters parameters;
	struct gradient gradient;
	struct adam adam;
	float *block, *dblock;
	float *best;      /* with keep_best: parameters of the best epoch, (n) */
	float *x;         /* one batch, (batch, D) */
	double *ll;       /* (batch) */

	const struct dataset *train, *valid; /* the caller's; valid may be train */
	uint32_t *train_numbers, *valid_numbers;
	size_t ntrain, nvalid;

	/* Where the training stands. */
	uint64_t epoch;       /* finished ones */
	size_t step;          /* finished ones of the current epoch */
	double sum;           /* of log-likelihoods in the current epoch */
	double best_mean;     /* held out, -inf at first */
	uint64_t best_epoch;  /* 1 is the first */
	struct evaluation last;
	double last_train;    /* mean log-likelihood of the last finished epoch */
	uint32_t *order;      /* of the current epoch: train_numbers, shuffled */
};

/* valid NULL: options.valid_share of the records are held out, picked by the seed. Needs one batch
 * of training records, two held-out ones, and elements that are not all constant. Starts the
 * parameters, the log-scales so that the latents of the first batch have a logistic's spread. */
enum status trainer_init(struct trainer *t, const struct trainer_options *o,
                         const struct dataset *train, const struct dataset *valid,
                         struct error *e);
void trainer_release(struct trainer *t);

size_t trainer_steps(const struct trainer *t); /* of an epoch; a rest smaller than a batch waits
                                                  for another shuffle */
bool trainer_done(const struct trainer *t);

/* One step; at the end of an epoch evaluates, too, and *epoch_ended tells. A likelihood that is not
 * finite is STATUS_UNSUPPORTED and names epoch and step; the parameters are those before it. */
enum status trainer_step(struct trainer *t, bool *epoch_ended, struct error *e);

/* The model to be kept so far, with notes on how it was made; refused if a parameter is not finite. */
enum status trainer_model(const struct trainer *t, const char *program, struct tensors *out,
                          struct error *e);

/* The whole state, pointing into t; and back, refused if options or data are others, naming
 * them. */
enum status trainer_save(const struct trainer *t, struct tensors *out, struct error *e);
enum status trainer_restore(struct trainer *t, const struct tensors *from, struct error *e);

#endif
