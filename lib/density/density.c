/* The kinds of density, and which of them a model is. */
#include "density/density.h"

#include "density/nice_density.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first is the kind of a model that does not say. */
static const struct density_kind *const kinds[] = {&nice_density};
enum { NKINDS = 1 };
_Static_assert(sizeof(kinds) == NKINDS * sizeof(void *), "NKINDS counts the kinds");

static enum status unknown_kind(const char *name, struct error *e)
{
	char known[200] = "";
	if (strcmp(name, "vae") == 0)
		return error_set(e, STATUS_UNSUPPORTED, "the model is a VAE; nicevae reads it");
	for (size_t i = 0, used = 0; i < NKINDS && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
		                         i > 0 ? ", " : "", kinds[i]->name);
	return error_set(e, STATUS_UNSUPPORTED, "unknown kind '%.40s'; this version knows %s", name,
	                 known);
}

static enum status find_kind(const struct tensors *t, const struct density_kind **kind,
                             struct error *e)
{
	const char *name = tensors_find_note(t, "kind");
	*kind = kinds[0];
	if (!name)
		return STATUS_OK;
	for (size_t i = 0; i < NKINDS; i++) {
		*kind = kinds[i];
		if (strcmp(name, kinds[i]->name) == 0)
			return STATUS_OK;
	}
	return unknown_kind(name, e);
}

enum status density_open(struct density *f, const struct tensors *t,
                         const struct linear_backend *backend, enum precision precision,
                         struct error *e)
{
	struct density made = {0};
	if (find_kind(t, &made.kind, e) == STATUS_OK &&
	    made.kind->open(&made.state, &made.d, t, backend, precision, e) == STATUS_OK)
		*f = made;
	return e->status;
}

enum status density_open_gradient(struct density *f, const struct tensors *t, struct error *e)
{
	return f->kind->open_gradient(f->state, t, e);
}

void density_release(struct density *f)
{
	if (f->kind)
		f->kind->release(f->state);
	*f = (struct density){0};
}

enum status density_workspace_init(struct density_workspace *w, const struct density *f,
                                   struct error *e)
{
	struct density_workspace made = {.kind = f->kind};
	if (f->kind->workspace_init(&made.state, f->state, e) == STATUS_OK)
		*w = made;
	return e->status;
}

void density_workspace_release(struct density_workspace *w)
{
	if (w->kind)
		w->kind->workspace_release(w->state);
	*w = (struct density_workspace){0};
}

enum status density_workspace_new(void **workspace, const void *density, struct error *e)
{
	struct density_workspace *w = calloc(1, sizeof(*w));
	if (!w)
		return error_memory(e);
	if (density_workspace_init(w, density, e) == STATUS_OK)
		*workspace = w;
	else
		free(w);
	return e->status;
}

void density_workspace_free(void *workspace)
{
	if (workspace)
		density_workspace_release(workspace);
	free(workspace);
}

enum status density_log_density(const struct density *f, const struct density_workspace *w,
                                size_t n, const double *x, double *ll, struct error *e)
{
	return f->kind->log_density(f->state, w->state, n, x, ll, e);
}

enum status density_gradient(const struct density *f, const struct density_workspace *w, size_t n,
                             const double *x, double *ll, double *dx, struct error *e)
{
	return f->kind->gradient(f->state, w->state, n, x, ll, dx, e);
}

enum status density_encode(const struct density *f, const struct density_workspace *w, size_t n,
                           const double *x, double *z, struct error *e)
{
	return f->kind->encode(f->state, w->state, n, x, z, e);
}

enum status density_decode(const struct density *f, const struct density_workspace *w, size_t n,
                           const double *z, double *x, struct error *e)
{
	return f->kind->decode(f->state, w->state, n, z, x, e);
}

void density_sample_latents(const struct density *f, uint64_t seed, uint64_t first, size_t n,
                            double temperature, double *z)
{
	f->kind->sample_latents(f->state, seed, first, n, temperature, z);
}

enum status density_describe(const struct density *f, const struct tensors *t,
                             struct tensors *notes, struct error *e)
{
	return f->kind->describe(f->state, t, notes, e);
}
