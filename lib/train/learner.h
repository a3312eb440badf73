/*
 * A model that learns, whatever its kind: what the course of a training, its checkpoints and its
 * evaluation need of it. All parameters are one array of floats, a block, and so is the gradient.
 *
 * To add a kind, define a struct learner_kind; train/nice_learner.c is an example.
 */
#ifndef LEARNER_H
#define LEARNER_H

#include "base/error.h"
#include "linear/precision.h"
#include "model/tensors.h"
#include "train/optimiser.h"

#include <stddef.h>
#include <stdint.h>

/* The records of a step, and what random draws for them may depend on: the seed, the pass, and the
 * index of a record in its data set. */
struct learner_batch {
	const float *x;          /* (rows, D) */
	const uint32_t *indices; /* (rows) */
	uint64_t seed, pass;
};

/* Scores records as a program would that reads the model. Several threads may use one scorer at
 * once, each with a workspace of its own. Nothing is left behind on failure; NULL may be released.
 */
struct scorer_kind {
	enum status (*open)(void **scorer, const struct tensors *model, enum precision precision,
	                    struct error *e);
	void (*release)(void *scorer);
	enum status (*workspace_init)(void **workspace, const void *scorer, struct error *e);
	void (*workspace_release)(void *workspace);

	/* Log-likelihoods (or a bound) of n records x (n, D), nats; at most LINEAR_MAX_ROWS.
	 * Draws depend on the seed and the index of a record in its data set. */
	enum status (*score)(const void *scorer, void *workspace, size_t n, const double *x,
	                     const uint32_t *indices, uint64_t seed, double *values,
	                     struct error *e);
};

/* shape: the kind's own struct, the sizes of a model. state: what open has made, NULL may be
 * released. */
struct learner_kind {
	const char *name; /* as in the note "kind" of a model */

	/* Whether there can be such a model, and *nparameters, the floats in a block; the tensors
	 * that it has; what it is, for people, and as notes. */
	enum status (*check)(const void *shape, size_t *nparameters, struct error *e);
	size_t (*ntensors)(const void *shape);
	void (*describe)(const void *shape, char *text, size_t size);
	void (*note)(const void *shape, struct tensors *notes, struct error *e);

	/* Prepares for batches of `rows` records: the shape has been checked. */
	enum status (*open)(void **state, const void *shape, size_t rows, enum precision precision,
	                    struct error *e);
	void (*release)(void *state);

	/* Returns the number of groups of parameters, and fills them in, unless groups is NULL.
	 * scale_rate: factor for the learning rate of log-scales. */
	size_t (*groups)(const void *state, double scale_rate, struct parameter_group *groups);

	/* Fills the block, at random by the seed alone, and from a first batch. */
	enum status (*start)(void *state, uint64_t seed, const struct learner_batch *first,
	                     float *block, struct error *e);

	/* Log-likelihoods (or a bound) of the batch, values (rows), nats, and the derivatives of
	 * the loss -(mean of values) / D by the parameters into dblock, or, with add, added to what
	 * is there: the float32 sum of both. */
	enum status (*compute)(void *state, const float *block, const struct learner_batch *batch,
	                       double *values, float *dblock, bool add, struct error *e);

	/* Appends the tensors of the block, their names preceded by `prefix`; the block is not
	 * copied and must outlive t. The same as a model, with the notes that say what it is. And
	 * back: a tensor that is missing or has the wrong shape is an error. */
	enum status (*to_tensors)(const void *state, const float *block, const char *prefix,
	                          struct tensors *t, struct error *e);
	enum status (*to_model)(const void *state, const float *block, struct tensors *t,
	                        struct error *e);
	enum status (*from_tensors)(const void *state, const struct tensors *t, const char *prefix,
	                            float *block, struct error *e);

	/* The tensor of the mean of training records that are not scaled, D numbers in float64, or
	 * NULL; where they are scaled, records.mean tells it. */
	const char *baseline;

	const struct scorer_kind *scorer;
};

#endif
