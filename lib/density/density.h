/*
 * A density over records of D elements, whatever its kind: what a program can do with a model.
 *
 * A model says of what kind it is in its note "kind"; without that note it is "nice". To add a
 * kind, define a struct density_kind and put it into the table of density.c.
 */
#ifndef DENSITY_H
#define DENSITY_H

#include "base/error.h"
#include "linear/linear.h"
#include "model/tensors.h"

#include <stddef.h>
#include <stdint.h>

/* Zero is a density that has not been opened, and may be released. */
struct density {
	const struct density_kind *kind;
	size_t d;    /* elements of a record, and of its latent */
	void *state; /* the kind's own */
};

/* What a thread needs to work with a density. Zero may be released. */
struct density_workspace {
	const struct density_kind *kind;
	void *state;
};

/* Builds the density of a model with the products of `backend`; the tensors may be released
 * afterwards. STATUS_UNSUPPORTED for a kind that is not known, STATUS_MISMATCH and others for
 * tensors that are not of such a model. */
enum status density_open(struct density *f, const struct tensors *t,
                         const struct linear_backend *backend, enum precision precision,
                         struct error *e);
void density_release(struct density *f);

/* Prepares a density that has just been opened from t for density_gradient; takes as much memory
 * again. Before any workspace is made. */
enum status density_open_gradient(struct density *f, const struct tensors *t, struct error *e);

enum status density_workspace_init(struct density_workspace *w, const struct density *f,
                                   struct error *e);
void density_workspace_release(struct density_workspace *w);

/* The same for a workspace of its own memory, as those take it that know no density: struct
 * density_workspace **, const struct density *. NULL may be freed. */
enum status density_workspace_new(void **workspace, const void *density, struct error *e);
void density_workspace_free(void *workspace);

/* For the next four: any number n of records; a record's result does not depend on the others or
 * on the number of threads; several threads may use one density at once, each with a workspace of
 * its own; NaN and infinities in a record go through to its result alone. */

/* log p of the records x (n, D), in nats: ll (n), which may be x. */
enum status density_log_density(const struct density *f, const struct density_workspace *w,
                                size_t n, const double *x, double *ll, struct error *e);

/* The same, and the derivatives of log p by the elements of each record: dx (n, D), which may be x.
 * After density_open_gradient. Where a ReLU bends, the derivative of one side. */
enum status density_gradient(const struct density *f, const struct density_workspace *w, size_t n,
                             const double *x, double *ll, double *dx, struct error *e);

/* Records x (n, D) to their latents z (n, D), and back; in place is fine. */
enum status density_encode(const struct density *f, const struct density_workspace *w, size_t n,
                           const double *x, double *z, struct error *e);
enum status density_decode(const struct density *f, const struct density_workspace *w, size_t n,
                           const double *z, double *x, struct error *e);

/* The latents z (n, D) of the samples first .. first+n-1, times temperature. Each depends on the
 * seed and its index alone. */
void density_sample_latents(const struct density *f, uint64_t seed, uint64_t first, size_t n,
                            double temperature, double *z);

/* What the model is, as notes to be printed in their order. t: the tensors that it was opened
 * from. */
enum status density_describe(const struct density *f, const struct tensors *t,
                             struct tensors *notes, struct error *e);

/* A kind: the same operations on what its open has made. open leaves *state untouched on failure,
 * and so does workspace_init; release and workspace_release take NULL, too. */
struct density_kind {
	const char *name;
	enum status (*open)(void **state, size_t *d, const struct tensors *t,
	                    const struct linear_backend *backend, enum precision precision,
	                    struct error *e);
	enum status (*open_gradient)(void *state, const struct tensors *t, struct error *e);
	void (*release)(void *state);
	enum status (*workspace_init)(void **workspace, const void *state, struct error *e);
	void (*workspace_release)(void *workspace);
	enum status (*log_density)(const void *state, void *workspace, size_t n, const double *x,
	                           double *ll, struct error *e);
	enum status (*gradient)(const void *state, void *workspace, size_t n, const double *x,
	                        double *ll, double *dx, struct error *e);
	enum status (*encode)(const void *state, void *workspace, size_t n, const double *x,
	                      double *z, struct error *e);
	enum status (*decode)(const void *state, void *workspace, size_t n, const double *z,
	                      double *x, struct error *e);
	void (*sample_latents)(const void *state, uint64_t seed, uint64_t first, size_t n,
	                       double temperature, double *z);
	enum status (*describe)(const void *state, const struct tensors *t, struct tensors *notes,
	                        struct error *e);
};

#endif
