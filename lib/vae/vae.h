/*
 * A variational autoencoder (Kingma, Welling, "Auto-Encoding Variational Bayes", arXiv:1312.6114)
 * with Gaussian decoder, encoder and prior, for scoring:
 *
 *     p(x|z) = N(f(z), sigma^2 I),  q(z|x) = N(mu(x), diag Sigma(x)),  r(z) = N(lambda_1, diag
 * lambda_2) log-weight of a draw z_k of q(.|x):  log w_k = log p(x|z_k) + log r(z_k) - log q(z_k|x)
 *     VLB_K(x) = log((1/K) sum_k w_k)
 *
 * E VLB_M <= E VLB_K <= log p(x) for M <= K (Burda, Grosse, Salakhutdinov, arXiv:1509.00519); if q
 * is the posterior, each log-weight is log p(x).
 *
 * A model may center and scale its records first, x_j to (x_j - mean_j) / stdev_j: then x above is
 * the scaled one, and log-weights are less the sum of log stdev_j.
 *
 * The networks are computed in float32 or with bfloat16 products, everything else in float64.
 */
#ifndef VAE_H
#define VAE_H

#include "base/error.h"
#include "linear/linear.h"
#include "model/tensors.h"
#include "nn/mlp.h"
#include "vae/vae_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero may be released. */
struct vae {
	size_t d, latent;         /* elements of a record, of its latent */
	enum precision precision; /* of the networks' products */
	struct mlp networks[VAE_NETWORKS];
	double log_sigma;
	double *prior_mean, *prior_log_variance; /* (L) each */
	double *mean, *stdev; /* of the records, (D) each; NULL: these are taken as they come */
	double log_det;       /* the sum of -log stdev */
	size_t width;         /* of the widest hidden layer */
	size_t rows;          /* at a time: linear_rows of that, of D or of 2 L */
};

/* What a thread needs to work with a VAE. "T" is of the precision. Zero may be released. */
struct vae_workspace {
	void *input;      /* of a network, (rows, max(D, L)) T */
	void *work[2];    /* (rows, width) T */
	float *posterior; /* mu and log Sigma, (rows, 2 L) */
	float *z;         /* (rows, L) */
	float *decoded;   /* f(z), (rows, D) */
	double *x;        /* scaled records, (rows, D) */
};

/* Draw k of the record with that index, which is x[row] of a call. */
struct vae_draw {
	size_t row;
	uint64_t index, k; /* below VAE_MAX_RECORDS and VAE_MAX_K */
};

enum { VAE_MAX_K = 1 << 16 };
#define VAE_MAX_RECORDS (UINT64_C(1) << 48)

/* Builds the VAE of a model with the products of `backend`; the tensors may be released afterwards.
 * STATUS_UNSUPPORTED for a model of another kind, STATUS_MISMATCH and STATUS_MALFORMED for tensors
 * that are not of a VAE. */
enum status vae_open(struct vae *v, const struct tensors *t, const struct linear_backend *backend,
                     enum precision precision, struct error *e);
void vae_release(struct vae *v);

enum status vae_workspace_init(struct vae_workspace *w, const struct vae *v, struct error *e);
void vae_workspace_release(struct vae_workspace *w);

/* The same for a workspace of its own memory, as those take it that know no VAE: struct
 * vae_workspace **, const struct vae *. NULL may be freed. */
enum status vae_workspace_new(void **workspace, const void *vae, struct error *e);
void vae_workspace_free(void *workspace);

/* For the next four: results may take the place of what they are of; at most vae.rows records; a
 * record's result does not depend on the others or on the number of threads; several threads may
 * use one VAE at once, each with a workspace of its own; NaN and infinities in a record go through
 * to its result alone. */

/* Log-weights (n), nats, of n draws of the nx records x (nx, D). A draw depends on the seed, the
 * index of its record and k alone. */
enum status vae_log_weights(const struct vae *v, const struct vae_workspace *w, size_t nx,
                            const double *x, uint64_t seed, size_t n, const struct vae_draw *draws,
                            double *log_weights, struct error *e);

/* Records x (n, D) to the means of their posteriors, mu (n, L). */
enum status vae_encode(const struct vae *v, const struct vae_workspace *w, size_t n,
                       const double *x, double *mu, struct error *e);

/* Latents z (n, L) to the means of their records, x (n, D). */
enum status vae_decode(const struct vae *v, const struct vae_workspace *w, size_t n,
                       const double *z, double *x, struct error *e);

/* Samples first .. first+n-1 of the model into x (n, D); each depends on the seed and its index
 * alone. noise: whether sigma's noise is added to the means. z: room for (n, L); may be
 * x. */
enum status vae_sample(const struct vae *v, const struct vae_workspace *w, uint64_t seed,
                       uint64_t first, size_t n, bool noise, double *z, double *x, struct error *e);

/* What the model is, as notes to be printed in their order. t: the tensors that it was opened
 * from. */
enum status vae_describe(const struct tensors *t, struct tensors *notes, struct error *e);

#endif
