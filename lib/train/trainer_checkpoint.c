/* A training as tensors: the model it has made so far, and the whole state, to go on from. */
#include "train/trainer.h"

#include "base/decimal.h"
#include "train/scaling.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- notes: how a model was made, and what a checkpoint must agree with ---- */

static enum status note_u64(struct tensors *t, const char *key, uint64_t value, struct error *e)
{
	char text[32];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return tensors_note(t, key, text, e);
}

static enum status note_double(struct tensors *t, const char *key, double value, struct error *e)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(value, text);
	return tensors_note(t, key, text, e);
}

static void note_options(const struct trainer *t, struct tensors *out, struct error *e)
{
	const struct trainer_options *o = &t->options;
	char digest[40];
	snprintf(digest, sizeof(digest), "%016" PRIx64, t->train->digest);
	tensors_note(out, "data", digest, e);
	snprintf(digest, sizeof(digest), "%016" PRIx64, t->valid->digest);
	tensors_note(out, "held-out data", digest, e);
	tensors_note(out, "type", element_name(t->train->type), e);
	note_u64(out, "records", t->ntrain, e);
	note_u64(out, "held-out records", t->nvalid, e);
	note_u64(out, "seed", o->seed, e);
	note_u64(out, "epochs", o->epochs, e);
	if (o->patience > 0) /* as with scale below */
		note_u64(out, "patience", o->patience, e);
	note_u64(out, "batch", o->batch, e);
	if (o->window > 0)
		note_u64(out, "shuffle-window", o->window, e);
	if (o->micro_batch < o->batch) /* as with scale below */
		note_u64(out, "micro-batch", o->micro_batch, e);
	note_double(out, "lr", o->rate, e);
	note_u64(out, "warmup", o->warmup, e);
	tensors_note(out, "schedule", o->cosine ? "cosine" : "constant", e);
	if (isnan(o->noise))
		tensors_note(out, "noise", "auto", e);
	else
		note_double(out, "noise", o->noise, e);
	if (t->initial) {
		snprintf(digest, sizeof(digest), "%08" PRIx32, t->initial_digest);
		tensors_note(out, "initial model", digest, e);
	}
	if (o->scale) /* models without it keep their bytes */
		tensors_note(out, "scale", "standard", e);
	tensors_note(out, "precision", precision_name(o->precision), e);
	note_double(out, "beta1", o->adam.beta1, e);
	note_double(out, "beta2", o->adam.beta2, e);
	note_double(out, "epsilon", o->adam.epsilon, e);
	note_double(out, "weight-decay", o->adam.weight_decay, e);
	note_double(out, "scale-lr", o->adam.scale_rate, e);
	note_double(out, "clip", o->adam.clip, e);
	note_double(out, "ema", o->adam.ema, e);
	tensors_note(out, "keep", o->keep_best ? "best" : "last", e);
	o->kind->note(o->shape, out, e);
}

static bool keeps_best(const struct trainer *t)
{
	return t->best && t->best_epoch > 0;
}

void trainer_kept(const struct trainer *t, uint64_t *epochs, size_t *steps)
{
	*epochs = keeps_best(t) ? t->best_epoch : t->epoch;
	*steps = keeps_best(t) ? 0 : t->step;
}

static void note_baseline(const struct trainer *t, struct tensors *out, struct error *e)
{
	const uint64_t shape[] = {t->train->d};
	if (t->baseline)
		tensors_add(out, t->options.kind->baseline, TENSOR_F64, 1, shape,
		            (const unsigned char *)t->baseline, e);
}

enum status trainer_model(const struct trainer *t, const char *program, struct tensors *out,
                          struct error *e)
{
	const float *block = keeps_best(t) ? t->best : adam_average(&t->adam, t->block);
	uint64_t epochs;
	size_t steps;
	for (size_t i = 0; i < t->nparameters; i++) {
		if (!isfinite(block[i]))
			return error_set(e, STATUS_UNSUPPORTED,
			                 "parameter %zu of the model is not finite", i);
	}
	t->options.kind->to_model(t->learner, block, out, e);
	scaling_to_model(&t->scaling, out, e);
	note_baseline(t, out, e);
	tensors_note(out, "program", program, e);
	note_options(t, out, e);
	trainer_kept(t, &epochs, &steps);
	note_u64(out, "epoch", epochs, e);
	if (steps > 0)
		note_u64(out, "steps after it", steps, e);
	else if (epochs > 0)
		note_double(out, "held-out log-likelihood",
		            keeps_best(t) ? t->best_mean : t->last.mean, e);
	return e->status;
}

/* The numbers that say where a training stands, by name. */
enum { NSTATE = 10 };

static void state_of(struct trainer *t, const char *names[NSTATE], double *values[NSTATE])
{
	static const char *const all[NSTATE] = {
	    "sum",           "best mean", "last mean",  "last stdev",
	    "last skewness", "last min",  "last train", NULL};
	double *const places[NSTATE] = {
	    &t->sum,           &t->best_mean, &t->last.mean,  &t->last.stdev,
	    &t->last.skewness, &t->last.min,  &t->last_train, NULL};
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
			t->options.kind->to_tensors(t->learner, block_of(t, i), blocks[i], out, e);
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

/* An option whose note is only there when it is given. */
static void compare_absent(const struct tensors *from, bool given, const char *key, struct error *e)
{
	const char *there = tensors_find_note(from, key);
	if (!given && there)
		error_add(e, STATUS_MISMATCH, "%s is %s in the checkpoint, none now", key, there);
}

/* The schedule then goes on as one of so many epochs. */
static bool asks_for_more(const struct tensor_note *ours, const char *there)
{
	uint64_t now, before;
	return strcmp(ours->key, "epochs") == 0 && there &&
	       decimal_parse_u64(there, 1, UINT64_MAX, &before) &&
	       decimal_parse_u64(ours->value, 1, UINT64_MAX, &now) && now > before;
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
		if ((!there || strcmp(there, ours.notes[i].value) != 0) &&
		    !asks_for_more(&ours.notes[i], there))
			error_add(e, STATUS_MISMATCH, "%s is %s in the checkpoint, %s now",
			          ours.notes[i].key, there ? there : "missing",
			          ours.notes[i].value);
	}
	tensors_release(&ours);
	compare_absent(from, t->options.scale, "scale", e);
	compare_absent(from, t->options.patience > 0, "patience", e);
	compare_absent(from, t->options.window > 0, "shuffle-window", e);
	compare_absent(from, t->options.micro_batch < t->options.batch, "micro-batch", e);
	compare_absent(from, t->initial, "initial model", e);
	if (e->status != STATUS_OK)
		error_prefix(e, "the checkpoint is from a different training run: ");
	return e->status;
}

static enum status read_u64(const struct tensors *from, const char *name, uint64_t max,
                            uint64_t *out, struct error *e)
{
	char key[40];
	snprintf(key, sizeof(key), "state: %s", name);
	const char *note = tensors_find_note(from, key);
	if (!note || !decimal_parse_u64(note, 0, max, out))
		error_set(e, STATUS_MALFORMED, "the checkpoint has no valid %s", name);
	return e->status;
}

static enum status read_double(const struct tensors *from, const char *name, double *out,
                               struct error *e)
{
	char key[40];
	snprintf(key, sizeof(key), "state: %s", name);
	const char *note = tensors_find_note(from, key);
	if (!note || !decimal_parse_double(note, strlen(note), out))
		error_set(e, STATUS_MALFORMED, "the checkpoint has no valid %s", name);
	return e->status;
}

static enum status restore_state(struct trainer *t, const struct tensors *from, struct error *e)
{
	uint64_t step = 0, max_step = trainer_steps(t);
	const char *names[NSTATE];
	double *values[NSTATE];
	read_u64(from, "epoch", t->options.epochs, &t->epoch, e);
	read_u64(from, "step", max_step, &step, e);
	read_u64(from, "update", UINT64_MAX, &t->adam.step, e);
	read_u64(from, "best epoch", t->options.epochs, &t->best_epoch, e);
	t->step = (size_t)step;
	if (e->status == STATUS_OK &&
	    (t->adam.step != t->epoch * trainer_steps(t) + step || t->best_epoch > t->epoch))
		error_set(e, STATUS_MALFORMED,
		          "epoch, step, update and best epoch of the checkpoint are inconsistent");
	evaluator_restart(&t->evaluator);
	state_of(t, names, values);
	for (size_t i = 0; names[i]; i++)
		read_double(from, names[i], values[i], e);
	trainer_shuffle(t);
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
			t->options.kind->from_tensors(t->learner, from, blocks[i], block_of(t, i),
			                              e);
	}
	return e->status;
}
