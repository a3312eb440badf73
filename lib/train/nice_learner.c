/* NICE as a model that learns. */
#include "train/nice_learner.h"

#include "density/density.h"
#include "density/nice_gradient.h"
#include "density/nice_names.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- shapes ---- */

static enum status check(const void *shape, size_t *nparameters, struct error *e)
{
	struct nice_parameters p = {0};
	if (nice_parameters_init(&p, shape, e) == STATUS_OK)
		*nparameters = p.n;
	nice_parameters_release(&p);
	return e->status;
}

static size_t ntensors(const void *shape)
{
	return nice_parameters_tensors(shape);
}

static void describe(const void *shape, char *text, size_t size)
{
	const struct nice_shape *s = shape;
	snprintf(text, size, "%zu couplings of %zu x %zu", s->ncouplings, s->hidden, s->mid);
}

static void note_size(struct tensors *notes, const char *key, size_t value, struct error *e)
{
	char text[24];
	snprintf(text, sizeof(text), "%zu", value);
	tensors_note(notes, key, text, e);
}

static void note(const void *shape, struct tensors *notes, struct error *e)
{
	const struct nice_shape *s = shape;
	note_size(notes, "mid", s->mid, e);
	note_size(notes, "hidden", s->hidden, e);
	note_size(notes, "couplings", s->ncouplings, e);
}

/* ---- parameters and gradient ---- */

struct state {
	struct nice_parameters parameters;
	struct nice_gradient gradient; /* points to the parameters */
};

static void release(void *state)
{
	struct state *s = state;
	if (s) {
		nice_gradient_release(&s->gradient);
		nice_parameters_release(&s->parameters);
	}
	free(s);
}

static enum status open(void **state, const void *shape, size_t rows, enum precision precision,
                        struct error *e)
{
	struct state *s = calloc(1, sizeof(*s));
	if (!s)
		return error_memory(e);
	if (nice_parameters_init(&s->parameters, shape, e) == STATUS_OK &&
	    nice_gradient_init(&s->gradient, &s->parameters, rows, precision, e) == STATUS_OK)
		*state = s;
	else
		release(s);
	return e->status;
}

/* Weights decay, biases do not, and log-scales learn at a rate of their own. */
static size_t groups(const void *state, double scale_rate, struct parameter_group *groups)
{
	const struct nice_parameters *p = &((const struct state *)state)->parameters;
	size_t n = 0, nlayers = p->shape.ncouplings * p->nlayers;
	for (size_t i = 0; groups && i < nlayers; i++) {
		const struct mlp_place *l = &p->layers[i];
		groups[n++] = (struct parameter_group){l->weight, l->bias, 1, true};
		groups[n++] = (struct parameter_group){l->bias, l->bias + l->out, 1, false};
	}
	if (groups)
		groups[n] = (struct parameter_group){p->scale, p->n, scale_rate, false};
	return 2 * nlayers + 1;
}

/* A data-dependent start of the log-scales, as in ActNorm (Kingma, Dhariwal, arXiv:1807.03039):
 * s_j = log(1.8138 / stdev of h_j), pi / sqrt(3) = 1.8138 being the stdev of the logistic. */
static void start_scales(const struct state *s, float *block)
{
	size_t d = s->parameters.shape.d, n = s->gradient.rows;
	for (size_t j = 0; j < d; j++) {
		double mean = 0, squares = 0;
		for (size_t r = 0; r < n; r++)
			mean += s->gradient.z[r * d + j] / (double)n;
		for (size_t r = 0; r < n; r++) {
			double deviation = s->gradient.z[r * d + j] - mean;
			squares += deviation * deviation;
		}
		block[s->parameters.scale + j] =
		    (float)log(1.8138 / (sqrt(squares / (double)n) + 1e-3));
	}
}

static enum status start(void *state, uint64_t seed, const struct learner_batch *first,
                         float *block, struct error *e)
{
	struct state *s = state;
	double *ll = calloc(s->gradient.rows, sizeof(double));
	if (!ll)
		return error_memory(e);
	nice_parameters_start(&s->parameters, seed, block);
	nice_gradient_set_block(&s->gradient, block);
	if (nice_gradient_log_likelihood(&s->gradient, first->x, ll, e) == STATUS_OK)
		start_scales(s, block);
	free(ll);
	return e->status;
}

static enum status compute(void *state, const float *block, const struct learner_batch *batch,
                           double *values, float *dblock, bool add, struct error *e)
{
	struct state *s = state;
	nice_gradient_set_block(&s->gradient, block);
	return nice_gradient_compute(&s->gradient, batch->x, values, dblock, add, e);
}

/* ---- tensors ---- */

static enum status to_tensors(const void *state, const float *block, const char *prefix,
                              struct tensors *t, struct error *e)
{
	const struct state *s = state;
	return nice_parameters_to_tensors(&s->parameters, block, prefix, t, e);
}

static enum status to_model(const void *state, const float *block, struct tensors *t,
                            struct error *e)
{
	const struct state *s = state;
	return nice_parameters_to_model(&s->parameters, block, t, e);
}

static enum status from_tensors(const void *state, const struct tensors *t, const char *prefix,
                                float *block, struct error *e)
{
	const struct state *s = state;
	return nice_parameters_from_tensors(&s->parameters, t, prefix, block, e);
}

/* ---- scores: log-likelihoods by density/density.h ---- */

static enum status open_density(void **scorer, const struct tensors *model,
                                enum precision precision, struct error *e)
{
	struct density *f = calloc(1, sizeof(*f));
	if (!f)
		return error_memory(e);
	if (density_open(f, model, linear_for(precision), precision, e) == STATUS_OK)
		*scorer = f;
	else
		free(f);
	return e->status;
}

static void release_density(void *scorer)
{
	if (scorer)
		density_release(scorer);
	free(scorer);
}

static enum status score(const void *scorer, void *workspace, size_t n, const double *x,
                         const uint32_t *indices, uint64_t seed, double *values, struct error *e)
{
	(void)indices, (void)seed;
	return density_log_density(scorer, workspace, n, x, values, e);
}

static const struct scorer_kind scorer = {.open = open_density,
                                          .release = release_density,
                                          .workspace_init = density_workspace_new,
                                          .workspace_release = density_workspace_free,
                                          .score = score};

const struct learner_kind nice_learner = {
    .name = "nice",
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
    .baseline = NICE_NAMES_BASELINE,
    .scorer = &scorer,
};
