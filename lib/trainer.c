/* Knows the course of a training. Does not know files, tables or signals. */
#include "trainer.h"

#include "num.h"
#include "pages.h"
#include "parallel.h"
#include "rng.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
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
		return error_set(e, STATUS_MISMATCH, "%zu records to train on are fewer than a batch of %zu",
		                 t->ntrain, t->options.batch);
	if (t->nvalid < 2)
		return error_set(e, STATUS_MISMATCH, "%zu held-out records: at least 2 are needed",
		                 t->nvalid);
	return STATUS_OK;
}

/* Fisher and Yates; depends on seed and epoch alone. */
static void shuffle(struct trainer *t)
{
	struct rng rng;
	rng_init(&rng, t->options.seed, RNG_SHUFFLE, t->epoch);
	memcpy(t->order, t->train_numbers, t->ntrain * sizeof(uint32_t));
	for (size_t i = t->ntrain; i > 1; i--) {
		size_t j = (size_t)rng_below(&rng, i);
		uint32_t swap = t->order[i - 1];
		t->order[i - 1] = t->order[j];
		t->order[j] = swap;
	}
}

static void take_batch(struct trainer *t)
{
	struct noise noise = {t->options.noise, t->options.seed, t->epoch};
	dataset_records(t->train, t->order + t->step * t->options.batch, t->options.batch, &noise,
	                t->x);
}

/* ---- the start ---- */

static bool all_constant(const struct trainer *t)
{
	size_t bytes = t->train->record_bytes;
	const unsigned char *first = t->train->blob.data;
	for (size_t i = 1; i < t->train->nrecords; i++) {
		if (memcmp(first, first + i * bytes, bytes) != 0)
			return false;
	}
	return true;
}

/* A data-dependent start, as in ActNorm (Kingma, Dhariwal, arXiv:1807.03039): s_j = log(1.8138 /
 * stdev of h_j), pi / sqrt(3) = 1.8138 being the stdev of the logistic. */
static enum status start_scales(struct trainer *t, struct error *e)
{
	size_t d = t->parameters.shape.d, n = t->options.batch;
	gradient_set_block(&t->gradient, t->block);
	take_batch(t);
	if (gradient_log_likelihood(&t->gradient, t->x, t->ll, e) != STATUS_OK)
		return e->status;
	for (size_t j = 0; j < d; j++) {
		double mean = 0, squares = 0;
		for (size_t r = 0; r < n; r++)
			mean += t->gradient.z[r * d + j] / (double)n;
		for (size_t r = 0; r < n; r++) {
			double deviation = t->gradient.z[r * d + j] - mean;
			squares += deviation * deviation;
		}
		t->block[t->parameters.scale + j] =
		    (float)log(1.8138 / (sqrt(squares / (double)n) + 1e-3));
	}
	return STATUS_OK;
}

static enum status allocate(struct trainer *t, struct error *e)
{
	size_t n = t->parameters.n, batch = t->options.batch;
	t->block = pages_zeroed(n, sizeof(float));
	t->dblock = pages_zeroed(n, sizeof(float));
	t->best = t->options.keep_best ? pages_zeroed(n, sizeof(float)) : NULL;
	t->x = calloc(batch * t->parameters.shape.d, sizeof(float));
	t->ll = calloc(batch, sizeof(double));
	if (!t->block || !t->dblock || !t->x || !t->ll || (t->options.keep_best && !t->best))
		return error_memory(e);
	return STATUS_OK;
}

static enum status start(struct trainer *t, struct error *e)
{
	const struct trainer_options *o = &t->options;
	if (t->train->nrecords > 1 && all_constant(t))
		return error_set(e, STATUS_UNSUPPORTED, "all records are the same");
	if (split(t, e) != STATUS_OK ||
	    parameters_init(&t->parameters, &o->shape, e) != STATUS_OK || allocate(t, e) != STATUS_OK ||
	    adam_init(&t->adam, &t->parameters, &o->adam, e) != STATUS_OK ||
	    gradient_init(&t->gradient, &t->parameters, o->batch, o->precision, e) != STATUS_OK)
		return e->status;
	parameters_start(&t->parameters, o->seed, t->block);
	shuffle(t);
	if (start_scales(t, e) == STATUS_OK && t->adam.average)
		memcpy(t->adam.average, t->block, t->parameters.n * sizeof(float));
	return e->status;
}

/* Leaves t to be released by the caller on failure, too: the gradient points into it. */
enum status trainer_init(struct trainer *t, const struct trainer_options *o,
                         const struct dataset *train, const struct dataset *valid,
                         struct error *e)
{
	*t = (struct trainer){.options = *o,
	                      .train = train,
	                      .valid = valid ? valid : train,
	                      .best_mean = -INFINITY};
	if (start(t, e) != STATUS_OK)
		trainer_release(t);
	return e->status;
}

void trainer_release(struct trainer *t)
{
	gradient_release(&t->gradient);
	adam_release(&t->adam);
	parameters_release(&t->parameters);
	free(t->block);
	free(t->dblock);
	free(t->best);
	free(t->x);
	free(t->ll);
	free(t->train_numbers);
	free(t->valid_numbers);
	free(t->order);
	*t = (struct trainer){0};
}

/* ---- the course ---- */

size_t trainer_steps(const struct trainer *t)
{
	return t->ntrain / t->options.batch;
}

bool trainer_done(const struct trainer *t)
{
	return t->epoch >= t->options.epochs;
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

/* Moments of n values, in two passes. */
static struct evaluation evaluation_of(const double *values, size_t n)
{
	struct evaluation v = {.min = INFINITY};
	double squares = 0, cubes = 0;
	for (size_t i = 0; i < n; i++) {
		v.mean += values[i] / (double)n;
		v.min = fmin(v.min, values[i]);
	}
	for (size_t i = 0; i < n; i++) {
		double deviation = values[i] - v.mean;
		squares += deviation * deviation;
		cubes += deviation * deviation * deviation;
	}
	v.stdev = sqrt(squares / (double)(n - 1));
	v.skewness = cubes / (double)n / pow(squares / (double)n, 1.5);
	return v;
}

/* Likelihoods of the held-out records under a block of parameters; the last batch is filled up with
 * the first record. */
static enum status held_out(struct trainer *t, const float *block, double *values, struct error *e)
{
	size_t batch = t->options.batch;
	struct noise none = {0};
	uint32_t *numbers = malloc(batch * sizeof(uint32_t));
	if (!numbers)
		return error_memory(e);
	gradient_set_block(&t->gradient, block);
	for (size_t i = 0; i < t->nvalid && e->status == STATUS_OK; i += batch) {
		size_t n = t->nvalid - i < batch ? t->nvalid - i : batch;
		for (size_t r = 0; r < batch; r++)
			numbers[r] = t->valid_numbers[r < n ? i + r : 0];
		dataset_records(t->valid, numbers, batch, &none, t->x);
		gradient_log_likelihood(&t->gradient, t->x, t->ll, e);
		memcpy(values + i, t->ll, n * sizeof(double));
	}
	free(numbers);
	return e->status;
}

static enum status evaluate(struct trainer *t, struct error *e)
{
	const float *block = adam_average(&t->adam, t->block);
	double *values = malloc(t->nvalid * sizeof(double));
	if (!values)
		return error_memory(e);
	if (held_out(t, block, values, e) == STATUS_OK)
		t->last = evaluation_of(values, t->nvalid);
	free(values);
	if (e->status == STATUS_OK && t->last.mean > t->best_mean) {
		t->best_mean = t->last.mean;
		t->best_epoch = t->epoch;
		if (t->best)
			memcpy(t->best, block, t->parameters.n * sizeof(float));
	}
	return e->status;
}

static enum status end_epoch(struct trainer *t, struct error *e)
{
	t->last_train = t->sum / (double)(trainer_steps(t) * t->options.batch);
	t->sum = 0;
	t->step = 0;
	t->epoch++;
	shuffle(t);
	return evaluate(t, e);
}

static enum status diverged(const struct trainer *t, const char *what, struct error *e)
{
	return error_set(e, STATUS_UNSUPPORTED,
	                 "epoch %" PRIu64 ", step %zu: the %s is not finite; a smaller learning rate "
	                 "(--lr) or a bounded gradient (--clip) may help",
	                 t->epoch + 1, t->step + 1, what);
}

enum status trainer_step(struct trainer *t, bool *epoch_ended, struct error *e)
{
	double sum = 0;
	take_batch(t);
	gradient_set_block(&t->gradient, t->block);
	if (gradient_compute(&t->gradient, t->x, t->ll, t->dblock, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < t->options.batch; i++)
		sum += t->ll[i];
	if (!isfinite(sum))
		return diverged(t, "log-likelihood", e);
	if (!isfinite(adam_update(&t->adam, rate_now(t), t->block, t->dblock)))
		return diverged(t, "gradient", e);
	t->sum += sum;
	t->step++;
	*epoch_ended = t->step == trainer_steps(t);
	return *epoch_ended ? end_epoch(t, e) : STATUS_OK;
}

/* ---- notes: how a model was made, and what a checkpoint must agree with ---- */

static enum status note_u64(struct tensors *t, const char *key, uint64_t value, struct error *e)
{
	char text[32];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return tensors_note(t, key, text, e);
}

static enum status note_double(struct tensors *t, const char *key, double value, struct error *e)
{
	char text[NUM_TEXT];
	num_format_double(value, text);
	return tensors_note(t, key, text, e);
}

static void note_options(const struct trainer *t, struct tensors *out, struct error *e)
{
	const struct trainer_options *o = &t->options;
	char digest[40];
	snprintf(digest, sizeof(digest), "%016" PRIx64, dataset_digest(t->train));
	tensors_note(out, "data", digest, e);
	snprintf(digest, sizeof(digest), "%016" PRIx64, dataset_digest(t->valid));
	tensors_note(out, "held-out data", digest, e);
	tensors_note(out, "type", element_name(t->train->type), e);
	note_u64(out, "records", t->ntrain, e);
	note_u64(out, "held-out records", t->nvalid, e);
	note_u64(out, "seed", o->seed, e);
	note_u64(out, "epochs", o->epochs, e);
	note_u64(out, "batch", o->batch, e);
	note_double(out, "lr", o->rate, e);
	note_u64(out, "warmup", o->warmup, e);
	tensors_note(out, "schedule", o->cosine ? "cosine" : "constant", e);
	note_double(out, "noise", o->noise, e);
	tensors_note(out, "precision", precision_name(o->precision), e);
	note_double(out, "beta1", o->adam.beta1, e);
	note_double(out, "beta2", o->adam.beta2, e);
	note_double(out, "epsilon", o->adam.epsilon, e);
	note_double(out, "weight-decay", o->adam.weight_decay, e);
	note_double(out, "scale-lr", o->adam.scale_rate, e);
	note_double(out, "clip", o->adam.clip, e);
	note_double(out, "ema", o->adam.ema, e);
	tensors_note(out, "keep", o->keep_best ? "best" : "last", e);
	note_u64(out, "mid", o->shape.mid, e);
	note_u64(out, "hidden", o->shape.hidden, e);
	note_u64(out, "couplings", o->shape.ncouplings, e);
}

enum status trainer_model(const struct trainer *t, const char *program, struct tensors *out,
                          struct error *e)
{
	bool best = t->best && t->best_epoch > 0;
	const float *block = best ? t->best : adam_average(&t->adam, t->block);
	for (size_t i = 0; i < t->parameters.n; i++) {
		if (!isfinite(block[i]))
			return error_set(e, STATUS_UNSUPPORTED, "parameter %zu of the model is not finite", i);
	}
	parameters_to_tensors(&t->parameters, block, "", out, e);
	tensors_note(out, "mask_config", "1", e);
	tensors_note(out, "program", program, e);
	note_options(t, out, e);
	note_u64(out, "epoch", best ? t->best_epoch : t->epoch, e);
	if (t->epoch > 0)
		note_double(out, "held-out log-likelihood", best ? t->best_mean : t->last.mean, e);
	return e->status;
}

/* The numbers that say where a training stands, by name. */
enum { NSTATE = 10 };

static void state_of(struct trainer *t, const char *names[NSTATE], double *values[NSTATE])
{
	static const char *const all[NSTATE] = {
	    "sum",       "best mean",     "last mean",  "last stdev", "last skewness",
	    "last min",  "last train",    NULL};
	double *const places[NSTATE] = {&t->sum,           &t->best_mean,     &t->last.mean,
	                                &t->last.stdev,    &t->last.skewness, &t->last.min,
	                                &t->last_train,    NULL};
	memcpy(names, all, sizeof(all));
	memcpy(values, places, sizeof(places));
}

static const char *const blocks[] = {"weights.", "m.", "v.", "average.", "best."};
enum { NBLOCKS = sizeof(blocks) / sizeof(*blocks) };

static float *block_of(const struct trainer *t, size_t i)
{
	float *const all[NBLOCKS] = {t->block, t->adam.m, t->adam.v, t->adam.average, t->best};
	return all[i];
}

enum status trainer_save(const struct trainer *t, struct tensors *out, struct error *e)
{
	struct trainer copy = *t;
	const char *names[NSTATE];
	double *values[NSTATE];
	for (size_t i = 0; i < NBLOCKS; i++) {
		if (block_of(t, i))
			parameters_to_tensors(&t->parameters, block_of(t, i), blocks[i], out, e);
	}
	tensors_note(out, "checkpoint", "nicetrain 1", e);
	note_options(t, out, e);
	note_u64(out, "state: epoch", t->epoch, e);
	note_u64(out, "state: step", t->step, e);
	note_u64(out, "state: update", t->adam.step, e);
	note_u64(out, "state: best epoch", t->best_epoch, e);
	state_of(&copy, names, values);
	for (size_t i = 0; names[i]; i++) {
		char key[40];
		snprintf(key, sizeof(key), "state: %s", names[i]);
		note_double(out, key, *values[i], e);
	}
	return e->status;
}

/* Every option of this training must stand in the checkpoint. */
static enum status compare_options(const struct trainer *t, const struct tensors *from,
                                   struct error *e)
{
	struct tensors ours = {0};
	struct error making = {0};
	note_options(t, &ours, &making);
	if (making.status != STATUS_OK)
		error_set(e, making.status, "%s", making.text);
	for (size_t i = 0; i < ours.nnotes && making.status == STATUS_OK; i++) {
		const char *there = tensors_find_note(from, ours.notes[i].key);
		if (!there || strcmp(there, ours.notes[i].value) != 0)
			error_add(e, STATUS_MISMATCH, "%s was %s, is %s", ours.notes[i].key,
			          there ? there : "not given", ours.notes[i].value);
	}
	tensors_release(&ours);
	if (e->status != STATUS_OK)
		error_prefix(e, "the checkpoint is of another training: ");
	return e->status;
}

static enum status read_u64(const struct tensors *from, const char *name, uint64_t max,
                            uint64_t *out, struct error *e)
{
	char key[40];
	snprintf(key, sizeof(key), "state: %s", name);
	const char *note = tensors_find_note(from, key);
	if (!note || !num_parse_u64(note, 0, max, out))
		error_set(e, STATUS_MALFORMED, "the checkpoint has no valid %s", name);
	return e->status;
}

static enum status read_double(const struct tensors *from, const char *name, double *out,
                               struct error *e)
{
	char key[40];
	snprintf(key, sizeof(key), "state: %s", name);
	const char *note = tensors_find_note(from, key);
	if (!note || !num_parse_double(note, strlen(note), out))
		error_set(e, STATUS_MALFORMED, "the checkpoint has no valid %s", name);
	return e->status;
}

static enum status restore_state(struct trainer *t, const struct tensors *from, struct error *e)
{
	uint64_t step = 0, max_step = trainer_steps(t) - 1;
	const char *names[NSTATE];
	double *values[NSTATE];
	read_u64(from, "epoch", t->options.epochs, &t->epoch, e);
	read_u64(from, "step", max_step, &step, e);
	read_u64(from, "update", UINT64_MAX, &t->adam.step, e);
	read_u64(from, "best epoch", t->options.epochs, &t->best_epoch, e);
	t->step = (size_t)step;
	if (e->status == STATUS_OK && (t->adam.step != t->epoch * trainer_steps(t) + step ||
	                               t->best_epoch > t->epoch))
		error_set(e, STATUS_MALFORMED,
		          "epoch, step, update and best epoch of the checkpoint do not go together");
	state_of(t, names, values);
	for (size_t i = 0; names[i]; i++)
		read_double(from, names[i], values[i], e);
	shuffle(t);
	return e->status;
}

enum status trainer_restore(struct trainer *t, const struct tensors *from, struct error *e)
{
	const char *kind = tensors_find_note(from, "checkpoint");
	if (!kind || strcmp(kind, "nicetrain 1") != 0)
		return error_set(e, STATUS_MALFORMED, "not a checkpoint of nicetrain");
	if (compare_options(t, from, e) != STATUS_OK || restore_state(t, from, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < NBLOCKS && e->status == STATUS_OK; i++) {
		if (block_of(t, i))
			parameters_from_tensors(&t->parameters, from, blocks[i], block_of(t, i), e);
	}
	return e->status;
}
