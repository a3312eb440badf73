/*
 * Log-likelihoods of held-out records under the parameters of a training: by the scorer that a
 * program would open from the model, train/learner.h, on the records as a program would read them.
 */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "base/error.h"
#include "team/team.h"
#include "train/dataset.h"
#include "train/learner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Moments of the log-likelihoods, nats. */
struct evaluation {
	double mean, stdev, skewness, min;
};

/* What is evaluated; all of it stays the caller's. */
struct evaluator_options {
	const struct learner_kind *kind;
	const struct dataset *set;
	const uint32_t *indices; /* of the records in it, (n) */
	size_t n;
	const struct team *team; /* whose processes have a share of them each */
	const struct scaling *scaling;
	enum precision precision;
	uint64_t seed; /* of draws, if the kind makes any */
};

/* One evaluation, piece by piece. Zero may be released. */
struct evaluator {
	struct evaluator_options options;
	size_t *shares;               /* of the processes, (size + 1): see team_share */
	size_t ndone;                 /* of this process's share */
	double *values;               /* log-likelihoods, (n) */
	void *scorer;                 /* open between the first piece and the last */
	struct evaluator_lane *lanes; /* a thread each */
	size_t nlanes;
};

enum status evaluator_init(struct evaluator *v, const struct evaluator_options *o, struct error *e);
void evaluator_release(struct evaluator *v);

/* The next piece, a few hundred records for each thread, until evaluator_done; then nothing. The
 * first one opens the scorer of the block, which is to stay as it is until the last; learner: the
 * state of the kind. STATUS_UNSUPPORTED for a model or a likelihood that is not finite. */
enum status evaluator_step(struct evaluator *v, const void *learner, const float *block,
                           struct error *e);
bool evaluator_done(const struct evaluator *v); /* with this process's share */

/* Forgets what has been done, so that the next step is the first. */
void evaluator_restart(struct evaluator *v);

/* The moments of all n, when all processes are done with their shares. */
struct evaluation evaluator_result(struct evaluator *v);

#endif
