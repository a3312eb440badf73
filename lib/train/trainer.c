/* The course of a training: which records, which steps, which epoch is kept. */
#include "train/trainer.h"

#include "base/sampler.h"
#include "system/hugepage.h"
#include "threads/threads.h"
#include "train/scaling.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which records ---- */

static enum status allocate_numbers(struct trainer *t, size_t ntrain, size_t nvalid,
                                    struct error *e)
{
	t->train_numbers = calloc(ntrain + 1, sizeof(uint32_t));
	t->order = calloc(ntrain + 1, sizeof(uint32_t));
	t->valid_numbers = calloc(nvalid + 1, sizeof(uint32_t));
	if (!t->train_numbers || !t->order || !t->valid_numbers)
		return error_memory(e);
	return STATUS_OK;
}

static enum status split(struct trainer *t, struct error *e)
{
	size_t n = t->train->nrecords;
	bool apart = t->valid != t->train;
	size_t held_out = apart ? 0 : (size_t)(t->options.valid_share * (double)n + 0.5);
	struct sampler sampler = {
	    .seed = t->options.seed, .nrecords = n, .npicks = held_out < n ? held_out : n};
	if (allocate_numbers(t, n, apart ? t->valid->nrecords : held_out, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n; i++) {
		if (sampler_next(&sampler))
			t->valid_numbers[t->nvalid++] = (uint32_t)i;
		else
			t->train_numbers[t->ntrain++] = (uint32_t)i;
	}
	for (size_t i = 0; apart && i < t->valid->nrecords; i++)
		t->valid_numbers[t->nvalid++] = (uint32_t)i;
	if (t->ntrain < t->options.batch)
		return error_set(e, STATUS_MISMATCH,
		                 "%zu training records are fewer than a batch of %zu (--batch)",
		                 t->ntrain, t->options.batch);
	if (t->nvalid < 2)
		return error_set(e, STATUS_MISMATCH,
		                 "%zu held-out records (--valid-share): at least 2 are needed",
		                 t->nvalid);
	return STATUS_OK;
}

/* A window of all records is none. */
static enum status start_windows(struct trainer *t, struct error *e)
{
	if (t->options.window >= t->ntrain)
		t->options.window = 0;
	return window_init(&t->window, t->train, t->train_numbers, t->ntrain, t->options.window, e);
}

void trainer_shuffle(struct trainer *t)
{
	window_shuffle(&t->window, t->options.seed, t->epoch, t->order);
	dataset_at_random(t->train, true);
}

/* Micro-batch `part` of the current step. */
static struct learner_batch take_batch(struct trainer *t, size_t part)
{
	double width = isnan(t->options.noise) ? 0 : t->options.noise;
	struct noise noise = {width, t->options.seed, t->epoch};
	size_t begin = t->step * t->options.batch + part * t->options.micro_batch;
	const uint32_t *indices = t->order + begin;
	window_advance(&t->window, begin, begin + t->options.micro_batch);
	dataset_records(t->train, indices, t->options.micro_batch, &noise, &t->scaling, t->x);
	return (struct learner_batch){t->x, indices, t->options.seed, t->epoch};
}

/* ---- the start ---- */

static bool all_constant(const struct trainer *t)
{
	size_t bytes = t->train->record_bytes;
	const unsigned char *first = dataset_record(t->train, 0);
	for (size_t i = 1; i < t->train->nrecords; i++) {
		if (memcmp(first, dataset_record(t->train, i), bytes) != 0)
			return false;
	}
	return true;
}

static enum status start_adam(struct trainer *t, struct error *e)
{
	const struct trainer_options *o = &t->options;
	size_t ngroups = o->kind->groups(t->learner, o->adam.scale_rate, NULL);
	t->groups = calloc(ngroups, sizeof(*t->groups));
	if (!t->groups)
		return error_memory(e);
	o->kind->groups(t->learner, o->adam.scale_rate, t->groups);
	return adam_init(&t->adam, t->groups, ngroups, t->nparameters, &o->adam, e);
}

static enum status allocate(struct trainer *t, struct error *e)
{
	const struct trainer_options *o = &t->options;
	size_t n = t->nparameters;
	t->block = hugepage_zeroed(n, sizeof(float));
	t->best = o->keep_best ? hugepage_zeroed(n, sizeof(float)) : NULL;
	t->x = calloc(o->micro_batch * t->train->d, sizeof(float));
	t->values = calloc(o->batch, sizeof(double));
	if (!t->block || !t->x || !t->values || (o->keep_best && !t->best))
		return error_memory(e);
	return gradient_sum_init(&t->gradients, o->team, n, ADAM_GRAIN, o->batch / o->micro_batch,
	                         e);
}

/* Also the average of the parameters, before their first step. */
static enum status start_parameters(struct trainer *t, struct error *e)
{
	const struct trainer_options *o = &t->options;
	struct learner_batch first = take_batch(t, 0);
	if (o->kind->start(t->learner, o->seed, &first, t->block, e) == STATUS_OK &&
	    t->adam.average)
		memcpy(t->adam.average, t->block, t->nparameters * sizeof(float));
	return e->status;
}

static enum status start_evaluator(struct trainer *t, struct error *e)
{
	struct evaluator_options o = {.kind = t->options.kind,
	                              .set = t->valid,
	                              .indices = t->valid_numbers,
	                              .n = t->nvalid,
	                              .team = t->options.team,
	                              .scaling = &t->scaling,
	                              .precision = t->options.precision,
	                              .seed = t->options.seed};
	return evaluator_init(&t->evaluator, &o, e);
}

static enum status take_baseline(struct trainer *t, struct error *e)
{
	if (t->options.scale || !t->options.kind->baseline)
		return STATUS_OK;
	t->baseline = calloc(t->train->d, sizeof(double));
	if (!t->baseline)
		return error_memory(e);
	dataset_mean(t->train, t->train_numbers, t->ntrain, t->baseline);
	return STATUS_OK;
}

static enum status start(struct trainer *t, struct error *e)
{
	const struct trainer_options *o = &t->options;
	if (t->train->nrecords > 1 && all_constant(t))
		return error_set(e, STATUS_UNSUPPORTED, "all records are identical");
	if (o->batch % o->micro_batch != 0)
		return error_set(e, STATUS_MISMATCH,
		                 "a batch of %zu records is no multiple of micro-batches of %zu",
		                 o->batch, o->micro_batch);
	if (split(t, e) != STATUS_OK || start_windows(t, e) != STATUS_OK ||
	    scaling_measure(&t->scaling, t->train, t->train_numbers, t->ntrain, o->scale,
	                    isnan(o->noise), e) != STATUS_OK ||
	    take_baseline(t, e) != STATUS_OK ||
	    o->kind->check(o->shape, &t->nparameters, e) != STATUS_OK ||
	    allocate(t, e) != STATUS_OK ||
	    o->kind->open(&t->learner, o->shape, o->micro_batch, o->precision, e) != STATUS_OK ||
	    start_adam(t, e) != STATUS_OK || start_evaluator(t, e) != STATUS_OK)
		return e->status;
	trainer_shuffle(t);
	return start_parameters(t, e);
}

enum status trainer_check(const struct trainer_options *o, bool checkpoint, struct error *e)
{
	size_t nblocks = 3u + (o->adam.ema > 0) + o->keep_best, nparameters;
	if (o->kind->check(o->shape, &nparameters, e) != STATUS_OK)
		return e->status;
	size_t ntensors = o->kind->ntensors(o->shape);
	size_t noted = o->scale ? 2 : o->kind->baseline ? 1 : 0;
	if (ntensors + noted > TENSORS_MAX)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the model would have %zu tensors, but a file has at most %d",
		                 ntensors + noted, TENSORS_MAX);
	if (checkpoint && nblocks * ntensors > TENSORS_MAX)
		return error_set(
		    e, STATUS_UNSUPPORTED,
		    "the checkpoint would have %zu tensors, but a file can have at most %d",
		    nblocks * ntensors, TENSORS_MAX);
	return STATUS_OK;
}

enum status trainer_init(struct trainer *t, const struct trainer_options *o,
                         const struct dataset *train, const struct dataset *valid, struct error *e)
{
	*t = (struct trainer){
	    .options = *o, .train = train, .valid = valid ? valid : train, .best_mean = -INFINITY};
	if (t->options.micro_batch == 0)
		t->options.micro_batch = o->batch;
	if (start(t, e) != STATUS_OK)
		trainer_release(t);
	return e->status;
}

void trainer_release(struct trainer *t)
{
	evaluator_release(&t->evaluator);
	adam_release(&t->adam);
	gradient_sum_release(&t->gradients);
	free(t->groups);
	if (t->options.kind)
		t->options.kind->release(t->learner);
	scaling_release(&t->scaling);
	free(t->baseline);
	free(t->block);
	free(t->best);
	free(t->x);
	free(t->values);
	free(t->train_numbers);
	free(t->valid_numbers);
	free(t->order);
	window_release(&t->window);
	*t = (struct trainer){0};
}

/* ---- the course ---- */

size_t trainer_steps(const struct trainer *t)
{
	return t->ntrain / t->options.batch;
}

bool trainer_done(const struct trainer *t)
{
	uint64_t patience = t->options.patience;
	return t->epoch >= t->options.epochs ||
	       (patience > 0 && t->epoch - t->best_epoch >= patience);
}

static double rate_now(const struct trainer *t)
{
	const struct trainer_options *o = &t->options;
	double step = (double)(t->epoch * trainer_steps(t) + t->step);
	double total = (double)(o->epochs * trainer_steps(t)), warmup = (double)o->warmup;
	const double pi = 3.14159265358979323846;
	if (step < warmup)
		return o->rate * (step + 1) / warmup;
	if (!o->cosine)
		return o->rate;
	return o->rate * (1 + cos(pi * (step - warmup) / fmax(total - warmup, 1))) / 2;
}

/* A piece of the held-out records, under the average of the parameters. */
static enum status score_held_out(struct trainer *t, struct error *e)
{
	const float *block = adam_average(&t->adam, t->block);
	if (t->evaluator.ndone == 0)
		dataset_at_random(t->valid, false);
	if (evaluator_step(&t->evaluator, t->learner, block, e) == STATUS_UNSUPPORTED)
		error_prefix(e, "epoch %" PRIu64 ": ", t->epoch + 1);
	return e->status;
}

static void end_epoch(struct trainer *t)
{
	t->last_train =
	    t->sum / (double)(trainer_steps(t) * t->options.batch) + scaling_log_det(&t->scaling);
	t->last = evaluator_result(&t->evaluator);
	evaluator_restart(&t->evaluator);
	t->sum = 0;
	t->step = 0;
	t->epoch++;
	trainer_shuffle(t);
	if (t->last.mean > t->best_mean) {
		t->best_mean = t->last.mean;
		t->best_epoch = t->epoch;
		if (t->best)
			memcpy(t->best, adam_average(&t->adam, t->block),
			       t->nparameters * sizeof(float));
	}
}

static enum status diverged(const struct trainer *t, const char *what, struct error *e)
{
	return error_set(e, STATUS_UNSUPPORTED,
	                 "epoch %" PRIu64
	                 ", step %zu: the %s is not finite; a smaller learning rate "
	                 "or gradient clipping may help",
	                 t->epoch + 1, t->step + 1, what);
}

/* The gradients of this process's micro-batches, and their log-likelihoods, at their places. */
static enum status compute_share(struct trainer *t, struct error *e)
{
	struct gradient_sum *g = &t->gradients;
	const size_t *parts = g->parts + t->options.team->rank;
	gradient_sum_begin(g);
	for (size_t part = parts[0]; part < parts[1]; part++) {
		struct learner_batch batch = take_batch(t, part);
		bool add;
		float *gradient = gradient_sum_next(g, &add);
		if (t->options.kind->compute(t->learner, t->block, &batch,
		                             t->values + part * t->options.micro_batch, gradient,
		                             add, e) != STATUS_OK)
			break;
		gradient_sum_done(g);
	}
	return e->status;
}

/* Sum of the log-likelihoods of the batch. */
static double add_values(struct trainer *t)
{
	double sum = 0;
	team_gather(t->options.team, t->values, t->options.micro_batch * sizeof(double),
	            t->gradients.parts);
	for (size_t i = 0; i < t->options.batch; i++)
		sum += t->values[i];
	return sum;
}

/* Each process updates its slice of the parameters, and gets the others. Returns the norm of the
 * gradient. */
static double update(struct trainer *t)
{
	const struct team *team = t->options.team;
	const size_t *slices = t->gradients.slices;
	size_t sums[TEAM_MAX + 1];
	struct adam_slice mine = {slices[team->rank], slices[team->rank + 1],
	                          gradient_sum_total(&t->gradients)};
	for (size_t r = 0; r <= team->size; r++)
		sums[r] = (slices[r] + ADAM_GRAIN - 1) / ADAM_GRAIN;
	adam_squares(&t->adam, &mine);
	team_gather(team, t->adam.sums, sizeof(double), sums);
	double share = 1 / (double)t->gradients.count;
	double length = adam_update(&t->adam, rate_now(t), share, &mine, t->block);
	team_gather(team, t->block, sizeof(float), slices);
	return length;
}

static void collect(struct trainer *t, float *array)
{
	if (array)
		team_gather(t->options.team, array, sizeof(float), t->gradients.slices);
}

void trainer_collect(struct trainer *t)
{
	collect(t, t->adam.m);
	collect(t, t->adam.v);
	collect(t, t->adam.average);
}

/* A failure of the whole team, which finds it at once: the model that is kept is all there. */
static enum status end_diverged(struct trainer *t, const char *what, struct error *e)
{
	diverged(t, what, e);
	collect(t, t->adam.average);
	return team_agree(t->options.team, e);
}

static enum status train_batch(struct trainer *t, struct error *e)
{
	compute_share(t, e);
	if (team_agree(t->options.team, e) != STATUS_OK)
		return e->status;
	double sum = add_values(t);
	if (!isfinite(sum))
		return end_diverged(t, "log-likelihood", e);
	if (!isfinite(update(t)))
		return end_diverged(t, "gradient", e);
	t->sum += sum;
	t->step++;
	if (t->step == trainer_steps(t))
		collect(t, t->adam.average); /* to be evaluated */
	return STATUS_OK;
}

/* Multiplications of a forward pass below which a step is over before a second thread has begun,
 * or, worse, while it has begun and waits for its turn on a busy machine. */
enum { SHARED_STEP = 1 << 21 };

static enum status train_batch_alone(struct trainer *t, struct error *e)
{
	unsigned nthreads = threads_count();
	threads_set_count(1);
	train_batch(t, e);
	threads_set_count(nthreads);
	return e->status;
}

static enum status evaluate(struct trainer *t, bool *epoch_ended, struct error *e)
{
	const struct team *team = t->options.team;
	score_held_out(t, e);
	if (team_agree(team, e) != STATUS_OK || team_any(team, !evaluator_done(&t->evaluator)))
		return e->status;
	end_epoch(t);
	*epoch_ended = true;
	return STATUS_OK;
}

enum status trainer_step(struct trainer *t, bool *epoch_ended, struct error *e)
{
	if (t->step == trainer_steps(t))
		return evaluate(t, epoch_ended, e);
	return t->nparameters < SHARED_STEP / t->options.micro_batch ? train_batch_alone(t, e)
	                                                             : train_batch(t, e);
}
