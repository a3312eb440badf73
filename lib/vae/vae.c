/* A VAE for scoring: log-weights, posterior means, decoded latents, samples. */
#include "vae/vae.h"

#include "base/decimal.h"
#include "base/rng.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- set-up ---- */

/* Elements of a vector, all of which must be finite. */
static double *doubles(const struct tensor *t, struct error *e)
{
	double *values = calloc(t->nelements, sizeof(double));
	if (!values) {
		error_memory(e);
		return NULL;
	}
	tensor_to_double(t, 0, t->nelements, values);
	for (size_t j = 0; j < t->nelements; j++) {
		if (!isfinite(values[j]))
			error_set(e, STATUS_MALFORMED, "%s: element %zu is %g", t->name, j,
			          values[j]);
	}
	return values;
}

/* A variance or its inverse that is no normal number makes no density. */
static bool is_log_scale(double log_variance)
{
	return isnormal(exp(log_variance)) && isnormal(exp(-log_variance));
}

static enum status set_prior(struct vae *v, const struct vae_names *s, struct error *e)
{
	v->prior_mean = doubles(s->prior_mean, e);
	v->prior_log_variance = doubles(s->prior_log_variance, e);
	tensor_to_double(s->log_sigma, 0, 1, &v->log_sigma);
	if (e->status == STATUS_OK && !is_log_scale(2 * v->log_sigma))
		error_set(e, STATUS_MALFORMED, "%s is %g", s->log_sigma->name, v->log_sigma);
	for (size_t j = 0; j < v->latent && e->status == STATUS_OK; j++) {
		if (!is_log_scale(v->prior_log_variance[j]))
			error_set(e, STATUS_MALFORMED, "%s: element %zu is %g",
			          s->prior_log_variance->name, j, v->prior_log_variance[j]);
	}
	return e->status;
}

static enum status set_records(struct vae *v, const struct vae_names *s, struct error *e)
{
	if (!s->mean || e->status != STATUS_OK)
		return e->status;
	v->mean = doubles(s->mean, e);
	v->stdev = doubles(s->stdev, e);
	for (size_t j = 0; j < v->d && e->status == STATUS_OK; j++) {
		if (!isnormal(v->stdev[j]) || v->stdev[j] < 0)
			return error_set(e, STATUS_MALFORMED, "%s: element %zu is %g",
			                 s->stdev->name, j, v->stdev[j]);
		v->log_det -= log(v->stdev[j]);
	}
	return e->status;
}

/* Floats of the largest layer. */
static size_t largest_layer(const struct vae_names *s, enum vae_network network)
{
	size_t largest = 0;
	for (size_t i = 0; i < s->nlayers[network]; i++) {
		const struct vae_names_layer *l = &s->layers[network][i];
		size_t n = l->weight->nelements + l->bias->nelements;
		largest = n > largest ? n : largest;
	}
	return largest;
}

static enum status set_network(struct vae *v, enum vae_network network, const struct vae_names *s,
                               const struct linear_backend *backend, struct error *e)
{
	struct mlp *m = &v->networks[network];
	float *buffer = malloc(largest_layer(s, network) * sizeof(float));
	if (!buffer)
		return error_memory(e);
	mlp_init(m, backend, v->precision, s->nlayers[network], e);
	for (size_t i = 0; i < s->nlayers[network] && e->status == STATUS_OK; i++) {
		const struct vae_names_layer *l = &s->layers[network][i];
		const float *weight = tensor_floats(l->weight, buffer);
		const float *bias = tensor_floats(l->bias, buffer + l->weight->nelements);
		mlp_set_layer(m, i, l->in, l->out, weight, bias, e);
		tensors_forget(s->tensors, l->weight); /* the layer has a copy */
		if (i + 1 < s->nlayers[network] && l->out > v->width)
			v->width = l->out;
	}
	free(buffer);
	return e->status;
}

static size_t rows_of(const struct vae *v)
{
	size_t widest = v->width > v->d ? v->width : v->d;
	return linear_rows(widest > 2 * v->latent ? widest : 2 * v->latent);
}

enum status vae_open(struct vae *v, const struct tensors *t, const struct linear_backend *backend,
                     enum precision precision, struct error *e)
{
	struct vae_names s = {0};
	if (vae_names_read(&s, t, e) != STATUS_OK)
		return e->status;
	struct vae made = {.d = s.d, .latent = s.latent, .precision = precision, .width = 1};
	set_prior(&made, &s, e);
	set_records(&made, &s, e);
	for (int i = 0; i < VAE_NETWORKS && e->status == STATUS_OK; i++)
		set_network(&made, (enum vae_network)i, &s, backend, e);
	vae_names_release(&s);
	made.rows = rows_of(&made);
	if (e->status == STATUS_OK)
		*v = made;
	else
		vae_release(&made);
	return e->status;
}

void vae_release(struct vae *v)
{
	for (int i = 0; i < VAE_NETWORKS; i++)
		mlp_release(&v->networks[i]);
	free(v->prior_mean);
	free(v->prior_log_variance);
	free(v->mean);
	free(v->stdev);
	*v = (struct vae){0};
}

enum status vae_workspace_init(struct vae_workspace *w, const struct vae *v, struct error *e)
{
	size_t size = precision_bytes(v->precision);
	struct vae_workspace made = {0};
	made.input = linear_rows_alloc(v->rows, v->d > v->latent ? v->d : v->latent, size, e);
	made.work[0] = linear_rows_alloc(v->rows, v->width, size, e);
	made.work[1] = linear_rows_alloc(v->rows, v->width, size, e);
	made.posterior = linear_rows_alloc(v->rows, 2 * v->latent, sizeof(float), e);
	made.z = linear_rows_alloc(v->rows, v->latent, sizeof(float), e);
	made.decoded = linear_rows_alloc(v->rows, v->d, sizeof(float), e);
	made.x = linear_rows_alloc(v->rows, v->d, sizeof(double), e);
	if (e->status == STATUS_OK)
		*w = made;
	else
		vae_workspace_release(&made);
	return e->status;
}

void vae_workspace_release(struct vae_workspace *w)
{
	free(w->input);
	free(w->work[0]);
	free(w->work[1]);
	free(w->posterior);
	free(w->z);
	free(w->decoded);
	free(w->x);
	*w = (struct vae_workspace){0};
}

enum status vae_workspace_new(void **workspace, const void *vae, struct error *e)
{
	struct vae_workspace *w = calloc(1, sizeof(*w));
	if (!w)
		return error_memory(e);
	if (vae_workspace_init(w, vae, e) == STATUS_OK)
		*workspace = w;
	else
		free(w);
	return e->status;
}

void vae_workspace_free(void *workspace)
{
	if (workspace)
		vae_workspace_release(workspace);
	free(workspace);
}

/* ---- the networks ---- */

/* w->posterior of the records, whose scaled elements are in w->x. */
static enum status encode(const struct vae *v, const struct vae_workspace *w, size_t n,
                          const double *x, struct error *e)
{
	size_t d = v->d;
	for (size_t i = 0; i < n * d; i++)
		w->x[i] = v->mean ? (x[i] - v->mean[i % d]) / v->stdev[i % d] : x[i];
	for (size_t i = 0; i < n * d; i += 512) {
		float piece[512];
		size_t size = n * d - i < 512 ? n * d - i : 512;
		for (size_t j = 0; j < size; j++)
			piece[j] = (float)w->x[i + j];
		precision_from_float(v->precision, size, piece,
		                     (char *)w->input + i * precision_bytes(v->precision));
	}
	return mlp_forward(&v->networks[VAE_ENCODER], n, w->input, (void **)w->work, w->posterior,
	                   e);
}

/* w->decoded of w->z. */
static enum status decode(const struct vae *v, const struct vae_workspace *w, size_t n,
                          struct error *e)
{
	precision_from_float(v->precision, n * v->latent, w->z, w->input);
	return mlp_forward(&v->networks[VAE_DECODER], n, w->input, (void **)w->work, w->decoded, e);
}

enum status vae_encode(const struct vae *v, const struct vae_workspace *w, size_t n,
                       const double *x, double *mu, struct error *e)
{
	assert(n <= v->rows);
	if (encode(v, w, n, x, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n * v->latent; i++)
		mu[i] = (double)w->posterior[i / v->latent * 2 * v->latent + i % v->latent];
	return STATUS_OK;
}

enum status vae_decode(const struct vae *v, const struct vae_workspace *w, size_t n,
                       const double *z, double *x, struct error *e)
{
	assert(n <= v->rows);
	for (size_t i = 0; i < n * v->latent; i++)
		w->z[i] = (float)z[i];
	if (decode(v, w, n, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n * v->d; i++) {
		double value = (double)w->decoded[i];
		x[i] = v->mean ? v->mean[i % v->d] + v->stdev[i % v->d] * value : value;
	}
	return STATUS_OK;
}

/* ---- log-weights ---- */

/* z of a draw, rounded to float32 as the decoder reads it, and log r(z) - log q(z). */
static double draw_latent(const struct vae *v, const struct vae_workspace *w,
                          const struct vae_draw *draw, uint64_t seed, float *z)
{
	const float *mean = w->posterior + draw->row * 2 * v->latent,
		    *log_variance = mean + v->latent;
	double sum = 0, eps[2];
	struct rng rng;
	assert(draw->index < VAE_MAX_RECORDS && draw->k < VAE_MAX_K);
	rng_init(&rng, seed, RNG_LATENTS, draw->index << 16 | draw->k);
	for (size_t j = 0; j < v->latent; j++) {
		double log_q = (double)log_variance[j], stdev = exp(log_q / 2);
		if (j % 2 == 0)
			rng_normals(&rng, 2, eps);
		z[j] = (float)((double)mean[j] + stdev * eps[j % 2]);
		double from_q = ((double)z[j] - (double)mean[j]) / stdev;
		double from_r = (double)z[j] - v->prior_mean[j];
		sum += 0.5 *
		       (from_q * from_q + log_q - from_r * from_r * exp(-v->prior_log_variance[j]) -
		        v->prior_log_variance[j]);
	}
	return sum;
}

/* log p(x|z), x being in the units of the caller. */
static double log_decoder(const struct vae *v, const double *x, const float *mean)
{
	const double log_2pi = 1.83787706640934548356;
	double squares = 0;
	for (size_t j = 0; j < v->d; j++) {
		double deviation = x[j] - (double)mean[j];
		squares += deviation * deviation;
	}
	return v->log_det - 0.5 * squares * exp(-2 * v->log_sigma) -
	       (double)v->d * (0.5 * log_2pi + v->log_sigma);
}

enum status vae_log_weights(const struct vae *v, const struct vae_workspace *w, size_t nx,
                            const double *x, uint64_t seed, size_t n, const struct vae_draw *draws,
                            double *log_weights, struct error *e)
{
	double ratios[LINEAR_MAX_ROWS];
	assert(nx <= v->rows && n <= v->rows);
	if (encode(v, w, nx, x, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n; i++)
		ratios[i] = draw_latent(v, w, &draws[i], seed, w->z + i * v->latent);
	if (decode(v, w, n, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < n; i++)
		log_weights[i] =
		    ratios[i] + log_decoder(v, w->x + draws[i].row * v->d, w->decoded + i * v->d);
	return STATUS_OK;
}

/* ---- samples ---- */

enum status vae_sample(const struct vae *v, const struct vae_workspace *w, uint64_t seed,
                       uint64_t first, size_t n, bool noise, double *z, double *x, struct error *e)
{
	struct rng *rngs = calloc(n, sizeof(*rngs));
	if (!rngs)
		return error_memory(e);
	for (size_t i = 0; i < n; i++) {
		double *at = z + i * v->latent;
		rng_init(&rngs[i], seed, RNG_SAMPLES, first + i);
		rng_normals(&rngs[i], v->latent, at);
		for (size_t j = 0; j < v->latent; j++)
			at[j] = v->prior_mean[j] + exp(v->prior_log_variance[j] / 2) * at[j];
	}
	vae_decode(v, w, n, z, x, e);
	for (size_t i = 0; i < n && noise && e->status == STATUS_OK; i++) {
		double eps[2];
		for (size_t j = 0; j < v->d; j++) {
			if (j % 2 == 0)
				rng_normals(&rngs[i], 2, eps);
			x[i * v->d + j] +=
			    exp(v->log_sigma) * (v->stdev ? v->stdev[j] : 1) * eps[j % 2];
		}
	}
	free(rngs);
	return e->status;
}

/* ---- what a model is ---- */

static void note_count(struct tensors *notes, const char *key, uint64_t value, struct error *e)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	tensors_note(notes, key, text, e);
}

/* "784-500-500-40": what goes into a network, and what each layer gives. */
static void note_widths(struct tensors *notes, const char *key, const struct vae_names *s,
                        enum vae_network network, struct error *e)
{
	size_t room = 24 * (s->nlayers[network] + 1), used;
	char *text = malloc(room);
	if (!text) {
		error_memory(e);
		return;
	}
	used = (size_t)snprintf(text, room, "%zu", s->layers[network][0].in);
	for (size_t i = 0; i < s->nlayers[network]; i++)
		used +=
		    (size_t)snprintf(text + used, room - used, "-%zu", s->layers[network][i].out);
	tensors_note(notes, key, text, e);
	free(text);
}

enum status vae_describe(const struct tensors *t, struct tensors *notes, struct error *e)
{
	struct vae_names names = {0};
	char deviation[DECIMAL_TEXT];
	double log_sigma;
	uint64_t nparameters = 0;
	if (vae_names_read(&names, t, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < t->nitems; i++)
		nparameters += t->items[i].nelements;
	if (names.mean)
		nparameters -= names.mean->nelements + names.stdev->nelements;
	tensor_to_double(names.log_sigma, 0, 1, &log_sigma);
	decimal_format_double(exp(log_sigma), deviation);
	note_count(notes, "elements", names.d, e);
	note_count(notes, "latents", names.latent, e);
	note_widths(notes, "encoder", &names, VAE_ENCODER, e);
	note_widths(notes, "decoder", &names, VAE_DECODER, e);
	note_count(notes, "parameters", nparameters, e);
	tensors_note(notes, "decoder_stdev", deviation, e);
	vae_names_release(&names);
	return e->status;
}
