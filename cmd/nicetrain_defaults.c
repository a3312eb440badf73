/* The defaults of nicetrain. Pictures have those of the published experiment; tables, which are
 * records of numbers, few in a record, have those of examples/tables.txt. */
#include "nicetrain.h"
#include "train/nice_learner.h"
#include "vae/vae_learner.h"

#include <math.h>
#include <string.h>

enum { PICTURE = 256 /* elements from which on records are no rows of a table */ };

void defaults_parse_noise(const char *option, const char *arg, void *options)
{
	struct options *o = options;
	o->noise = strcmp(arg, "auto") == 0 ? NOISE_AUTO : NOISE_WIDTH;
	if (o->noise == NOISE_WIDTH)
		o->trainer.noise = option_real(option, arg, 0, 1e6);
}

static bool is_table(const struct options *o)
{
	return o->type != ELEMENT_U8 && o->d < PICTURE;
}

static void set_size(size_t *value, size_t fallback)
{
	if (*value == 0)
		*value = fallback;
}

static void choose_nice(struct options *o)
{
	bool table = is_table(o);
	o->nice = (struct nice_shape){o->d, o->mid, o->hidden, o->couplings};
	set_size(&o->nice.mid, table ? 128 : 1000);
	set_size(&o->nice.ncouplings, table ? 10 : 4);
	if (o->hidden == HIDDEN_DEFAULT)
		o->nice.hidden = table ? 2 : 5;
	o->trainer.kind = &nice_learner;
	o->trainer.shape = &o->nice;
}

static void choose_vae(struct options *o)
{
	enum { LATENT = 20 };
	static const enum vae_estimator estimators[] = {[ESTIMATOR_DEFAULT] = VAE_PATHWISE,
	                                                [ESTIMATOR_PATHWISE] = VAE_PATHWISE,
	                                                [ESTIMATOR_SCORE] = VAE_SCORE,
	                                                [ESTIMATOR_BASELINE] = VAE_SCORE_BASELINE};
	size_t half = (o->d + 1) / 2;
	o->vae = (struct vae_shape){.d = o->d,
	                            .latent = o->latent,
	                            .mid = o->mid,
	                            .hidden = o->hidden == HIDDEN_DEFAULT ? 2 : o->hidden,
	                            .standard_prior = o->prior == PRIOR_STANDARD,
	                            .sigma = o->sigma,
	                            .estimator = estimators[o->estimator]};
	set_size(&o->vae.mid, is_table(o) ? 128 : 500);
	set_size(&o->vae.latent, is_table(o) && half < LATENT ? half : LATENT);
	o->trainer.kind = &vae_learner;
	o->trainer.shape = &o->vae;
}

void defaults_by_size(struct options *o)
{
	struct trainer_options *t = &o->trainer;
	if (o->kind == KIND_NICE)
		choose_nice(o);
	else
		choose_vae(o);
	if (isnan(t->adam.weight_decay))
		t->adam.weight_decay = is_table(o) ? 0.01 : 0;
	t->scale = !o->no_scale && o->type != ELEMENT_U8;
	if (o->noise == NOISE_AUTO || (o->noise == NOISE_DEFAULT && t->scale))
		t->noise = o->type == ELEMENT_U8 ? 0.5 : NAN;
	else if (o->noise == NOISE_DEFAULT)
		t->noise = o->type == ELEMENT_U8 ? 0.5 : 0;
}

/* The greatest divisor of the batch that is no larger than usual. */
static void choose_micro_batch(struct trainer_options *t, size_t usual)
{
	t->micro_batch = usual < t->batch ? usual : t->batch;
	while (t->batch % t->micro_batch != 0)
		t->micro_batch--;
}

/* A table's batch is a sixteenth of it, its training some thousand steps. */
void defaults_by_number(struct options *o, size_t nrecords)
{
	enum { LEAST = 8, MOST = 256, STEPS = 4000, FEWEST_EPOCHS = 5, MOST_EPOCHS = 400 };
	struct trainer_options *t = &o->trainer;
	bool table = is_table(o);
	size_t batch = nrecords / 16 < LEAST ? LEAST : nrecords / 16 < MOST ? nrecords / 16 : MOST;
	set_size(&t->batch, table ? batch : MOST);
	if (t->micro_batch == 0 && o->usual_micro_batch > 0)
		choose_micro_batch(t, o->usual_micro_batch);
	uint64_t steps = nrecords / t->batch + 1, epochs = (STEPS + steps - 1) / steps;
	epochs = epochs < FEWEST_EPOCHS ? FEWEST_EPOCHS : epochs;
	epochs = epochs < MOST_EPOCHS ? epochs : MOST_EPOCHS;
	if (t->epochs == 0)
		t->epochs = table ? epochs : 30;
}
