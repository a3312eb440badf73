/* Log-likelihoods of held-out records during a training. */
#include "train/evaluation.h"

#include "linear/linear.h"
#include "threads/threads.h"
#include "train/scaling.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Records that are worth a thread of their own: with less, threads that share each product are
 * faster. */
enum { WORTHWHILE = 96 };

/* What one thread works on: records begin .. begin+n-1 of those to be scored. */
struct evaluator_lane {
	void *workspace; /* of the scorer */
	double *x;       /* (LINEAR_MAX_ROWS, D) */
	size_t begin, n;
	struct error error;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Of the indices of all records to be scored: this process's. */
static size_t share_begin(const struct evaluator *v)
{
	return v->shares[v->options.team->rank];
}

static size_t share_end(const struct evaluator *v)
{
	return v->shares[v->options.team->rank + 1];
}

enum status evaluator_init(struct evaluator *v, const struct evaluator_options *o, struct error *e)
{
	struct evaluator made = {.options = *o};
	made.shares = calloc(o->team->size + 1, sizeof(*made.shares));
	if (made.shares) {
		team_share(o->team, o->n, 1, made.shares);
		size_t n = share_end(&made) - share_begin(&made);
		made.nlanes = least(threads_count(), n / WORTHWHILE + (n < WORTHWHILE));
		made.values = calloc(o->n, sizeof(double));
		made.lanes = calloc(made.nlanes, sizeof(*made.lanes));
	}
	if (made.shares && made.values && made.lanes) {
		*v = made;
		return STATUS_OK;
	}
	evaluator_release(&made);
	return error_memory(e);
}

void evaluator_restart(struct evaluator *v)
{
	for (size_t i = 0; v->lanes && i < v->nlanes; i++) {
		v->options.kind->scorer->workspace_release(v->lanes[i].workspace);
		free(v->lanes[i].x);
		v->lanes[i] = (struct evaluator_lane){0};
	}
	if (v->scorer)
		v->options.kind->scorer->release(v->scorer);
	v->scorer = NULL;
	v->ndone = 0;
}

void evaluator_release(struct evaluator *v)
{
	evaluator_restart(v);
	free(v->lanes);
	free(v->values);
	free(v->shares);
	*v = (struct evaluator){0};
}

/* A model that no scorer is made of, after training it, is one whose scales have run away. */
static enum status open_scorer(struct evaluator *v, const void *learner, const float *block,
                               struct error *e)
{
	const struct evaluator_options *o = &v->options;
	struct tensors model = {0};
	struct error opening = {0};
	if (o->kind->to_model(learner, block, &model, &opening) == STATUS_OK &&
	    scaling_to_model(o->scaling, &model, &opening) == STATUS_OK)
		o->kind->scorer->open(&v->scorer, &model, o->precision, &opening);
	tensors_release(&model);
	if (opening.status == STATUS_MALFORMED)
		return error_set(e, STATUS_UNSUPPORTED, "the density is not finite: %s",
		                 opening.text);
	if (opening.status != STATUS_OK)
		*e = opening;
	return e->status;
}

static enum status begin(struct evaluator *v, const void *learner, const float *block,
                         struct error *e)
{
	const struct evaluator_options *o = &v->options;
	open_scorer(v, learner, block, e);
	for (size_t i = 0; i < v->nlanes && e->status == STATUS_OK; i++) {
		struct evaluator_lane *l = &v->lanes[i];
		if (o->kind->scorer->workspace_init(&l->workspace, v->scorer, e) == STATUS_OK &&
		    !(l->x = malloc(LINEAR_MAX_ROWS * o->set->d * sizeof(double))))
			error_memory(e);
	}
	return e->status;
}

static void score(void *context, size_t lane)
{
	const struct evaluator *v = context;
	const struct evaluator_options *o = &v->options;
	const struct dataset *s = o->set;
	struct evaluator_lane *l = &v->lanes[lane];
	const uint32_t *indices = o->indices + l->begin;
	for (size_t i = 0; i < l->n; i++)
		element_to_double(s->type, dataset_record(s, indices[i]), s->d, l->x + i * s->d);
	o->kind->scorer->score(v->scorer, l->workspace, l->n, l->x, indices, o->seed,
	                       v->values + l->begin, &l->error);
}

static enum status check(const struct evaluator *v, const struct evaluator_lane *l, struct error *e)
{
	if (l->error.status != STATUS_OK)
		*e = l->error;
	for (size_t i = l->begin; i < l->begin + l->n && e->status == STATUS_OK; i++) {
		if (!isfinite(v->values[i]))
			error_set(e, STATUS_UNSUPPORTED,
			          "the log-likelihood of held-out record %" PRIu32 " is not finite",
			          v->options.indices[i]);
	}
	return e->status;
}

enum status evaluator_step(struct evaluator *v, const void *learner, const float *block,
                           struct error *e)
{
	size_t n = share_end(v), used = 0, at = share_begin(v) + v->ndone;
	if (evaluator_done(v))
		return STATUS_OK;
	if (!v->scorer && begin(v, learner, block, e) != STATUS_OK)
		return e->status;
	size_t piece = least((n - at + v->nlanes - 1) / v->nlanes, LINEAR_MAX_ROWS);
	for (; used < v->nlanes && at < n; used++) {
		struct evaluator_lane *l = &v->lanes[used];
		l->begin = at;
		l->n = least(piece, n - at);
		at += l->n;
	}
	if (used > 1)
		threads_run((unsigned)used, score, v);
	else
		score(v, 0);
	for (size_t i = 0; i < used && e->status == STATUS_OK; i++)
		check(v, &v->lanes[i], e);
	if (e->status == STATUS_OK)
		v->ndone = at - share_begin(v);
	return e->status;
}

bool evaluator_done(const struct evaluator *v)
{
	return v->ndone == share_end(v) - share_begin(v);
}

/* In two passes. */
struct evaluation evaluator_result(struct evaluator *v)
{
	struct evaluation r = {.min = INFINITY};
	double squares = 0, cubes = 0;
	size_t n = v->options.n;
	team_gather(v->options.team, v->values, sizeof(double), v->shares);
	for (size_t i = 0; i < n; i++) {
		r.mean += v->values[i] / (double)n;
		r.min = fmin(r.min, v->values[i]);
	}
	for (size_t i = 0; i < n; i++) {
		double deviation = v->values[i] - r.mean;
		squares += deviation * deviation;
		cubes += deviation * deviation * deviation;
	}
	r.stdev = sqrt(squares / (double)(n - 1));
	r.skewness = squares > 0 ? cubes / (double)n / pow(squares / (double)n, 1.5) : (double)NAN;
	return r;
}
