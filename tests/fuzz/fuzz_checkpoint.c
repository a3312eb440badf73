/* Checkpoints of nicetrain (train/trainer.h), read into a training whose options and records are
 * those with which seeds.py calls nicetrain. */
#include "density/nice_parameters.h"
#include "model.h"
#include "threads/threads.h"
#include "train/nice_learner.h"
#include "train/trainer.h"

#include <math.h>
#include <unistd.h>

void fuzz_repair(uint8_t *data, size_t size)
{
	repair_safetensors(data, size);
}

static void start(struct trainer *t)
{
	static struct dataset records;
	static const struct nice_shape shape = {.d = 2, .mid = 2, .hidden = 1, .ncouplings = 2};
	static const struct trainer_options options = {
	    .team = &team_alone,
	    .kind = &nice_learner,
	    .shape = &shape,
	    .epochs = 3,
	    .batch = 4,
	    .rate = 0.001,
	    .warmup = 2,
	    .cosine = true,
	    .noise = 0.5,
	    .precision = PRECISION_F32,
	    .adam = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .scale_rate = 2, .ema = 0.9},
	    .keep_best = true,
	    .valid_share = 0.25,
	};
	unsigned char raw[24];
	struct error e = {0};
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (unsigned char)(37 * i);
	int fd = fuzz_open(raw, sizeof(raw), AT_ONCE);
	threads_set_count(1);
	dataset_init(&records, ELEMENT_U8, 2);
	must(dataset_add(&records, fd, true, &e) == STATUS_OK);
	close(fd);
	must(trainer_init(t, &options, &records, NULL, &e) == STATUS_OK);
}

static void save(const struct trainer *t, struct bytes *file)
{
	struct tensors saved = {0};
	struct error e = {0};
	must(trainer_save(t, &saved, &e) == STATUS_OK && write_tensors(&saved, file, &e));
	tensors_release(&saved);
}

static enum status restore(struct trainer *t, const void *data, size_t size, struct error *e)
{
	struct tensors from = {0};
	if (safetensors_parse(data, size, &from, e) == STATUS_OK)
		trainer_restore(t, &from, e);
	fuzz_check_error(e);
	tensors_release(&from);
	return e->status;
}

/* What was restored is saved, and restored, as the same. */
static void save_again(struct trainer *t)
{
	struct bytes file, again;
	struct error e = {0};
	save(t, &file);
	must(restore(t, file.data, file.size, &e) == STATUS_OK);
	save(t, &again);
	must(bytes_same(&file, again.data, again.size));
	bytes_release(&file);
	bytes_release(&again);
}

static void check_finite(const struct tensors *model)
{
	for (size_t i = 0; i < model->nitems; i++) {
		const struct tensor *t = &model->items[i];
		for (size_t k = 0; k < t->nelements; k++) {
			double value;
			tensor_to_double(t, k, 1, &value);
			must(isfinite(value));
		}
	}
}

/* Goes on to the end, which is near, or to where numbers are not finite any more, and takes the
 * model. */
static void go_on(struct trainer *t)
{
	struct tensors model = {0};
	struct error e = {0}, model_e = {0};
	bool ended;
	size_t nsteps = 0;
	must(t->step <= trainer_steps(t) && t->epoch <= t->options.epochs &&
	     t->best_epoch <= t->epoch && t->adam.step == t->epoch * trainer_steps(t) + t->step);
	while (!trainer_done(t) && trainer_step(t, &ended, &e) == STATUS_OK)
		nsteps++;
	must(nsteps <= 3 * (trainer_steps(t) + t->nvalid / t->options.batch + 1));
	fuzz_check_error(&e);
	if (trainer_model(t, "fuzz", &model, &model_e) == STATUS_OK) {
		check_finite(&model);
		check_statedict(&model);
		write_again(&model, false);
	}
	fuzz_check_error(&model_e);
	tensors_release(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trainer t;
	static struct bytes at_start;
	struct error e = {0}, start_e = {0};
	if (!at_start.data) {
		start(&t);
		save(&t, &at_start);
	}
	if (restore(&t, data, size, &e) == STATUS_OK) {
		save_again(&t);
		go_on(&t);
	}
	must(restore(&t, at_start.data, at_start.size, &start_e) == STATUS_OK);
	return 0;
}
