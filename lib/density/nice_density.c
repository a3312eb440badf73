/* NICE as a kind of density. */
#include "density/nice_density.h"

#include "base/decimal.h"
#include "base/rng.h"
#include "density/nice.h"
#include "density/nice_names.h"
#include "density/nice_slope.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Both begin with what the operations on likelihoods take them for. */
struct state {
	struct nice flow;
	struct nice_slope slope; /* without networks: no gradients */
};

struct workspace {
	struct nice_workspace flow;
	struct nice_slope_workspace slope;
};

static void free_state(void *state)
{
	struct state *s = state;
	if (s) {
		nice_slope_release(&s->slope);
		nice_release(&s->flow);
	}
	free(s);
}

static enum status nice_open(void **state, size_t *d, const struct tensors *t,
                             const struct linear_backend *backend, enum precision precision,
                             struct error *e)
{
	struct nice_names names = {0};
	struct state *s = calloc(1, sizeof(*s));
	if (!s)
		return error_memory(e);
	if (nice_names_read(&names, t, e) == STATUS_OK &&
	    nice_init(&s->flow, &names, backend, precision, e) == STATUS_OK) {
		*state = s;
		*d = s->flow.d;
	} else {
		free(s);
	}
	nice_names_release(&names);
	return e->status;
}

static enum status nice_open_gradient(void *state, const struct tensors *t, struct error *e)
{
	struct state *s = state;
	struct nice_names names = {0};
	if (nice_names_read(&names, t, e) == STATUS_OK)
		nice_slope_init(&s->slope, &s->flow, &names, e);
	nice_names_release(&names);
	return e->status;
}

static void free_workspace(void *workspace)
{
	struct workspace *w = workspace;
	if (w) {
		nice_slope_workspace_release(&w->slope);
		nice_workspace_release(&w->flow);
	}
	free(w);
}

static enum status new_workspace(void **workspace, const void *state, struct error *e)
{
	const struct state *s = state;
	struct workspace *w = calloc(1, sizeof(*w));
	if (!w)
		return error_memory(e);
	if (nice_workspace_init(&w->flow, &s->flow, e) == STATUS_OK && s->slope.networks)
		nice_slope_workspace_init(&w->slope, &s->slope, e);
	if (e->status == STATUS_OK)
		*workspace = w;
	else
		free_workspace(w);
	return e->status;
}

static enum status nice_gradient(const void *state, void *workspace, size_t n, const double *x,
                                 double *ll, double *dx, struct error *e)
{
	const struct state *s = state;
	struct workspace *w = workspace;
	assert(s->slope.networks);
	return nice_slope_compute(&s->slope, &w->flow, &w->slope, n, x, ll, dx, e);
}

static enum status nice_log_density(const void *state, void *workspace, size_t n, const double *x,
                                    double *ll, struct error *e)
{
	return nice_log_likelihood(state, workspace, n, x, ll, e);
}

static enum status nice_encode(const void *state, void *workspace, size_t n, const double *x,
                               double *z, struct error *e)
{
	return nice_forward(state, workspace, n, x, z, e);
}

static enum status nice_decode(const void *state, void *workspace, size_t n, const double *z,
                               double *x, struct error *e)
{
	return nice_inverse(state, workspace, n, z, x, e);
}

static void nice_sample_latents(const void *state, uint64_t seed, uint64_t first, size_t n,
                                double temperature, double *z)
{
	const struct nice *f = state;
	for (size_t i = 0; i < n; i++, z += f->d) {
		struct rng rng;
		rng_init(&rng, seed, RNG_SAMPLES, first + i);
		for (size_t k = 0; k < f->d; k++)
			z[k] = temperature * rng_logistic(&rng);
	}
}

static void note_count(struct tensors *notes, const char *key, uint64_t value, struct error *e)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	tensors_note(notes, key, text, e);
}

/* "392-1000-1000-392": what goes into a conditioner, and what each layer gives. */
static void note_widths(struct tensors *notes, const struct nice_names *names, struct error *e)
{
	size_t room = 24 * (names->nlayers + 1), used;
	char *text = malloc(room);
	if (!text) {
		error_memory(e);
		return;
	}
	used = (size_t)snprintf(text, room, "%zu", names->layers[0].in);
	for (size_t i = 0; i < names->nlayers; i++)
		used += (size_t)snprintf(text + used, room - used, "-%zu", names->layers[i].out);
	tensors_note(notes, "widths", text, e);
	free(text);
}

static enum status nice_describe(const void *state, const struct tensors *t, struct tensors *notes,
                                 struct error *e)
{
	const struct nice *f = state;
	struct nice_names names = {0};
	char log_det[DECIMAL_TEXT];
	uint64_t nparameters = 0;
	if (nice_names_read(&names, t, e) != STATUS_OK)
		return e->status;
	const struct tensor *baseline = tensors_find(t, NICE_NAMES_BASELINE);
	for (size_t i = 0; i < t->nitems; i++)
		nparameters += t->items[i].nelements;
	if (names.mean)
		nparameters -= names.mean->nelements + names.stdev->nelements;
	if (baseline)
		nparameters -= baseline->nelements;
	decimal_format_double(f->log_det, log_det);
	note_count(notes, "elements", f->d, e);
	note_count(notes, "couplings", f->ncouplings, e);
	note_count(notes, "hidden", names.nlayers - 1, e);
	note_widths(notes, &names, e);
	note_count(notes, "parameters", nparameters, e);
	note_count(notes, "mask_config", (uint64_t)f->mask_config, e);
	tensors_note(notes, "log_determinant", log_det, e);
	nice_names_release(&names);
	return e->status;
}

const struct density_kind nice_density = {
    .name = "nice",
    .open = nice_open,
    .open_gradient = nice_open_gradient,
    .release = free_state,
    .workspace_init = new_workspace,
    .workspace_release = free_workspace,
    .log_density = nice_log_density,
    .gradient = nice_gradient,
    .encode = nice_encode,
    .decode = nice_decode,
    .sample_latents = nice_sample_latents,
    .describe = nice_describe,
};
