/* A VAE as a model that learns. */
#include "vae/vae_learner.h"

#include "base/decimal.h"
#include "vae/vae.h"
#include "vae/vae_gradient.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- shapes ---- */

static enum status check(const void *shape, size_t *nparameters, struct error *e)
{
	struct vae_parameters p = {0};
	if (vae_parameters_init(&p, shape, e) == STATUS_OK)
		*nparameters = p.n;
	vae_parameters_release(&p);
	return e->status;
}

static size_t ntensors(const void *shape)
{
	return vae_parameters_tensors(shape);
}

static void describe(const void *shape, char *text, size_t size)
{
	const struct vae_shape *s = shape;
	snprintf(text, size, "VAE of %zu latents, networks of %zu x %zu", s->latent, s->hidden,
	         s->mid);
}

static void note_size(struct tensors *notes, const char *key, size_t value, struct error *e)
{
	char text[24];
	snprintf(text, sizeof(text), "%zu", value);
	tensors_note(notes, key, text, e);
}

static void note(const void *shape, struct tensors *notes, struct error *e)
{
	const struct vae_shape *s = shape;
	char sigma[DECIMAL_TEXT] = "learnt";
	if (s->sigma > 0)
		decimal_format_double(s->sigma, sigma);
	note_size(notes, "latent", s->latent, e);
	note_size(notes, "mid", s->mid, e);
	note_size(notes, "hidden", s->hidden, e);
	tensors_note(notes, "prior", s->standard_prior ? "standard" : "trainable", e);
	tensors_note(notes, "sigma", sigma, e);
	tensors_note(notes, "estimator", vae_estimator_name(s->estimator), e);
}

/* ---- parameters and gradient ---- */

struct state {
	struct vae_parameters parameters;
	struct vae_gradient gradient; /* points to the parameters */
};

static void release(void *state)
{
	struct state *s = state;
	if (s) {
		vae_gradient_release(&s->gradient);
		vae_parameters_release(&s->parameters);
	}
	free(s);
}

static enum status open(void **state, const void *shape, size_t rows, enum precision precision,
                        struct error *e)
{
	struct state *s = calloc(1, sizeof(*s));
	if (!s)
		return error_memory(e);
	if (vae_parameters_init(&s->parameters, shape, e) == STATUS_OK &&
	    vae_gradient_init(&s->gradient, &s->parameters, rows, precision, e) == STATUS_OK)
		*state = s;
	else
		release(s);
	return e->status;
}

/* Weights decay, biases do not, and the log-scales, which are log sigma and the prior's log
 * variances, learn at a rate of their own. What is not learnt is in no group. */
static size_t groups(const void *state, double scale_rate, struct parameter_group *groups)
{
	const struct vae_parameters *p = &((const struct state *)state)->parameters;
	struct parameter_group last[3];
	size_t nlayers = VAE_NETWORKS * p->nlayers, n = 0, nlast = 0;
	if (p->shape.sigma == 0)
		last[nlast++] =
		    (struct parameter_group){p->log_sigma, p->log_sigma + 1, scale_rate, false};
	if (!p->shape.standard_prior) {
		last[nlast++] =
		    (struct parameter_group){p->prior_mean, p->prior_log_variance, 1, false};
		last[nlast++] =
		    (struct parameter_group){p->prior_log_variance, p->n, scale_rate, false};
	}
	for (size_t i = 0; groups && i < nlayers; i++) {
		const struct mlp_place *l = &p->layers[i / p->nlayers][i % p->nlayers];
		groups[n++] = (struct parameter_group){l->weight, l->bias, 1, true};
		groups[n++] = (struct parameter_group){l->bias, l->bias + l->out, 1, false};
	}
	for (size_t i = 0; groups && i < nlast; i++)
		groups[n++] = last[i];
	return 2 * nlayers + nlast;
}

static enum status start(void *state, uint64_t seed, const struct learner_batch *first,
                         float *block, struct error *e)
{
	struct state *s = state;
	vae_parameters_start(&s->parameters, seed, s->gradient.rows, first->x, block);
	return e->status;
}

static enum status compute(void *state, const float *block, const struct learner_batch *batch,
                           double *values, float *dblock, bool add, struct error *e)
{
	struct state *s = state;
	return vae_gradient_compute(&s->gradient, block, batch->x, batch->indices, batch->seed,
	                            batch->pass, values, dblock, add, e);
}

/* ---- tensors ---- */

static enum status to_tensors(const void *state, const float *block, const char *prefix,
                              struct tensors *t, struct error *e)
{
	const struct state *s = state;
	return vae_parameters_to_tensors(&s->parameters, block, prefix, t, e);
}

static enum status to_model(const void *state, const float *block, struct tensors *t,
                            struct error *e)
{
	to_tensors(state, block, "", t, e);
	return tensors_note(t, "kind", "vae", e);
}

static enum status from_tensors(const void *state, const struct tensors *t, const char *prefix,
                                float *block, struct error *e)
{
	const struct state *s = state;
	return vae_parameters_from_tensors(&s->parameters, t, prefix, block, e);
}

/* ---- scores: VLB_1, which is the log-weight of one draw ---- */

static enum status open_vae(void **scorer, const struct tensors *model, enum precision precision,
                            struct error *e)
{
	struct vae *v = calloc(1, sizeof(*v));
	if (!v)
		return error_memory(e);
	if (vae_open(v, model, linear_for(precision), precision, e) == STATUS_OK)
		*scorer = v;
	else
		free(v);
	return e->status;
}

static void release_vae(void *scorer)
{
	if (scorer)
		vae_release(scorer);
	free(scorer);
}

static enum status score(const void *scorer, void *workspace, size_t n, const double *x,
                         const uint32_t *indices, uint64_t seed, double *values, struct error *e)
{
	struct vae_draw draws[LINEAR_MAX_ROWS];
	const struct vae *v = scorer;
	for (size_t at = 0, rows; at < n && e->status == STATUS_OK; at += rows) {
		rows = n - at < v->rows ? n - at : v->rows;
		for (size_t i = 0; i < rows; i++)
			draws[i] = (struct vae_draw){.row = i, .index = indices[at + i]};
		vae_log_weights(v, workspace, rows, x + at * v->d, seed, rows, draws, values + at,
		                e);
	}
	return e->status;
}

static const struct scorer_kind scorer = {.open = open_vae,
                                          .release = release_vae,
                                          .workspace_init = vae_workspace_new,
                                          .workspace_release = vae_workspace_free,
                                          .score = score};

const struct learner_kind vae_learner = {
    .name = "vae",
    .check = check,
    .ntensors = ntensors,
    .describe = describe,
    .note = note,
    .open = open,
    .release = release,
    .groups = groups,
    .start = start,
    .compute = compute,
    .to_tensors = to_tensors,
    .to_model = to_model,
    .from_tensors = from_tensors,
    .scorer = &scorer,
};
