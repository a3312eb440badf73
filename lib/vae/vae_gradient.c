/* The gradient of a VAE's bound: encoder, draw, decoder, prior, forward and backward. */
#include "vae/vae_gradient.h"

#include "base/rng.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRAIN = 16384 /* elements that are worth a thread */ };

/* ---- set-up ---- */

static void *rows_of(const struct vae_gradient *g, size_t width, size_t size, struct error *e)
{
	void *p = e->status == STATUS_OK ? hugepage_alloc(g->rows * width, size) : NULL;
	if (!p)
		error_memory(e);
	return p;
}

static enum status allocate(struct vae_gradient *g, struct error *e)
{
	const struct vae_shape *s = &g->parameters->shape;
	if (g->precision == PRECISION_BF16 &&
	    !(g->weights = hugepage_alloc(g->parameters->n, precision_bytes(g->precision))))
		return error_memory(e);
	g->posterior = rows_of(g, 2 * s->latent, sizeof(float), e);
	g->dposterior = rows_of(g, 2 * s->latent, sizeof(float), e);
	g->z = rows_of(g, s->latent, sizeof(float), e);
	g->dz = rows_of(g, s->latent, sizeof(float), e);
	g->mean = rows_of(g, s->d, sizeof(float), e);
	g->dmean = rows_of(g, s->d, sizeof(float), e);
	g->squares = rows_of(g, 1, sizeof(double), e);
	return e->status;
}

static enum status create_networks(struct vae_gradient *g, struct error *e)
{
	const struct vae_parameters *p = g->parameters;
	const struct mlp_shape shapes[VAE_NETWORKS] = {
	    [VAE_ENCODER] = {p->shape.d, p->shape.mid, 2 * p->shape.latent, p->nlayers},
	    [VAE_DECODER] = {p->shape.latent, p->shape.mid, p->shape.d, p->nlayers},
	};
	for (int i = 0; i < VAE_NETWORKS && e->status == STATUS_OK; i++) {
		struct mlp_training *m = &g->networks[i];
		if (mlp_training_init(m, &shapes[i], g->rows, g->precision, e) == STATUS_OK &&
		    mlp_activations_init(&g->kept[i], m, e) == STATUS_OK)
			mlp_derivatives_init(&g->derivatives[i], m, e);
	}
	return e->status;
}

enum status vae_gradient_init(struct vae_gradient *g, const struct vae_parameters *p, size_t rows,
                              enum precision precision, struct error *e)
{
	struct vae_gradient made = {.parameters = p, .rows = rows, .precision = precision};
	const struct vae_shape *s = &p->shape;
	if (rows == 0 || rows > SIZE_MAX / 16 / (s->d + s->mid + s->latent))
		return error_set(e, STATUS_UNSUPPORTED, "a batch of %zu records is too large",
		                 rows);
	if (allocate(&made, e) == STATUS_OK && create_networks(&made, e) == STATUS_OK)
		*g = made;
	else
		vae_gradient_release(&made);
	return e->status;
}

void vae_gradient_release(struct vae_gradient *g)
{
	for (int i = 0; i < VAE_NETWORKS; i++) {
		mlp_derivatives_release(&g->derivatives[i]);
		mlp_activations_release(&g->kept[i]);
		mlp_training_release(&g->networks[i]);
	}
	free(g->weights);
	free(g->posterior);
	free(g->dposterior);
	free(g->z);
	free(g->dz);
	free(g->mean);
	free(g->dmean);
	free(g->squares);
	*g = (struct vae_gradient){0};
}

/* ---- what all steps see ---- */

struct step {
	struct vae_gradient *g;
	const float *x;
	const uint32_t *indices;
	uint64_t seed, pass;
	double *values;
	float *dblock;
	bool add;                    /* to dblock */
	double log_sigma, precision; /* 1 / sigma^2 */
	double share;                /* of a value in the loss: 1 / (rows D) */
};

static struct mlp_parameters network(const struct vae_gradient *g, enum vae_network i)
{
	return (struct mlp_parameters){g->parameters->layers[i], g->block,
	                               g->weights ? g->weights : (const void *)g->block};
}

static enum status network_forward(struct vae_gradient *g, enum vae_network i, const float *x,
                                   float *y, struct error *e)
{
	struct mlp_parameters p = network(g, i);
	struct mlp_rows all = {0, g->rows};
	return mlp_training_forward(&g->networks[i], &p, &g->kept[i], all, x, y, e);
}

static enum status network_backward(const struct step *s, enum vae_network i, const float *dy,
                                    float *dx, struct error *e)
{
	struct vae_gradient *g = s->g;
	struct mlp_parameters p = network(g, i);
	struct mlp_rows all = {0, g->rows};
	struct linear_part whole = {0, 1};
	mlp_training_backward(&g->networks[i], &p, &g->kept[i], &g->derivatives[i], all, dy, dx, e);
	for (size_t layer = g->parameters->nlayers; layer-- > 0 && e->status == STATUS_OK;)
		mlp_training_gradient(&g->networks[i], &p, &g->kept[i], &g->derivatives[i], layer,
		                      whole, s->dblock, s->add, e);
	return e->status;
}

/* A latent of a row: its posterior and prior, and the derivatives by the posterior. */
struct latent {
	double mean, log_variance, variance, z;
	double prior_mean, prior_log_variance, prior_variance;
	float *dmean, *dlog_variance;
};

static struct latent latent_at(const struct vae_gradient *g, size_t r, size_t j)
{
	const struct vae_parameters *p = g->parameters;
	size_t n = p->shape.latent, at = 2 * n * r + j;
	struct latent l = {.mean = (double)g->posterior[at],
	                   .log_variance = (double)g->posterior[at + n],
	                   .z = (double)g->z[n * r + j],
	                   .prior_mean = (double)g->block[p->prior_mean + j],
	                   .prior_log_variance = (double)g->block[p->prior_log_variance + j],
	                   .dmean = &g->dposterior[at],
	                   .dlog_variance = &g->dposterior[at + n]};
	l.variance = exp(l.log_variance);
	l.prior_variance = exp(l.prior_log_variance);
	return l;
}

static double squared(double x)
{
	return x * x;
}

/* ---- forward ---- */

static void draw_rows(void *context, size_t begin, size_t end)
{
	const struct step *s = context;
	struct vae_gradient *g = s->g;
	size_t n = g->parameters->shape.latent;
	for (size_t r = begin; r < end; r++) {
		const float *mean = g->posterior + 2 * n * r, *log_variance = mean + n;
		float *z = g->z + n * r;
		struct rng rng;
		rng_init(&rng, s->seed, RNG_TRAINING_LATENTS, s->pass << 32 | s->indices[r]);
		for (size_t j = 0; j < n; j += 2) {
			double eps[2];
			rng_normals(&rng, 2, eps);
			for (size_t i = j; i < n && i < j + 2; i++)
				z[i] = (float)((double)mean[i] +
				               exp((double)log_variance[i] / 2) * eps[i - j]);
		}
	}
}

/* -KL of q and the prior. */
static double minus_kl(const struct latent *l)
{
	return -0.5 * ((l->variance + squared(l->prior_mean - l->mean)) / l->prior_variance - 1 +
	               l->prior_log_variance - l->log_variance);
}

/* log r(z) - log q(z). */
static double minus_log_ratio(const struct latent *l)
{
	return 0.5 * (squared(l->z - l->mean) / l->variance + l->log_variance -
	              squared(l->z - l->prior_mean) / l->prior_variance - l->prior_log_variance);
}

static void value_rows(void *context, size_t begin, size_t end)
{
	const double log_2pi = 1.83787706640934548356;
	const struct step *s = context;
	struct vae_gradient *g = s->g;
	const struct vae_shape *shape = &g->parameters->shape;
	size_t d = shape->d;
	for (size_t r = begin; r < end; r++) {
		const float *x = s->x + d * r, *mean = g->mean + d * r;
		float *dmean = g->dmean + d * r;
		double squares = 0, value = 0;
		for (size_t j = 0; j < d; j++) {
			double deviation = (double)mean[j] - (double)x[j];
			squares += deviation * deviation;
			dmean[j] = (float)(s->share * s->precision * deviation);
		}
		for (size_t j = 0; j < shape->latent; j++) {
			struct latent l = latent_at(g, r, j);
			value +=
			    shape->estimator == VAE_PATHWISE ? minus_kl(&l) : minus_log_ratio(&l);
		}
		g->squares[r] = squares;
		s->values[r] = value - 0.5 * s->precision * squares -
		               (double)d * (0.5 * log_2pi + s->log_sigma);
	}
}

static enum status forward(const struct step *s, struct error *e)
{
	struct vae_gradient *g = s->g;
	const struct vae_shape *shape = &g->parameters->shape;
	struct step copy = *s;
	if (network_forward(g, VAE_ENCODER, s->x, g->posterior, e) != STATUS_OK)
		return e->status;
	threads_for(g->rows, GRAIN / (16 * shape->latent) + 1, draw_rows, &copy);
	if (network_forward(g, VAE_DECODER, g->z, g->mean, e) != STATUS_OK)
		return e->status;
	threads_for(g->rows, GRAIN / (shape->d + 8 * shape->latent) + 1, value_rows, &copy);
	return STATUS_OK;
}

/* ---- backward ---- */

static void put(const struct step *s, size_t place, double value)
{
	float *to = &s->dblock[place];
	*to = s->add ? *to + (float)value : (float)value;
}

/* sigma and prior: sums over the rows. The gradient of what is not learnt is 0. */
static void vectors_back(const struct step *s)
{
	const struct vae_gradient *g = s->g;
	const struct vae_parameters *p = g->parameters;
	bool closed = p->shape.estimator == VAE_PATHWISE;
	double sum = 0;
	for (size_t r = 0; r < g->rows && p->shape.sigma == 0; r++)
		sum += (double)p->shape.d - s->precision * g->squares[r];
	put(s, p->log_sigma, s->share * sum);
	for (size_t j = 0; j < p->shape.latent; j++) {
		double mean = 0, log_variance = 0;
		for (size_t r = 0; r < g->rows && !p->shape.standard_prior; r++) {
			struct latent l = latent_at(g, r, j);
			double from_mean = (closed ? l.mean : l.z) - l.prior_mean;
			double spread = squared(from_mean) + (closed ? l.variance : 0);
			mean -= from_mean / l.prior_variance;
			log_variance += 0.5 * (1 - spread / l.prior_variance);
		}
		put(s, p->prior_mean + j, s->share * mean);
		put(s, p->prior_log_variance + j, s->share * log_variance);
	}
}

static void pathwise_rows(void *context, size_t begin, size_t end)
{
	const struct step *s = context;
	struct vae_gradient *g = s->g;
	size_t n = g->parameters->shape.latent;
	for (size_t i = n * begin; i < n * end; i++) {
		struct latent l = latent_at(g, i / n, i % n);
		double dz = (double)g->dz[i]; /* dz / d log Sigma = (z - mu) / 2 */
		*l.dmean = (float)(dz + s->share * (l.mean - l.prior_mean) / l.prior_variance);
		*l.dlog_variance = (float)(0.5 * (dz * (l.z - l.mean) +
		                                  s->share * (l.variance / l.prior_variance - 1)));
	}
}

/* The gradient of log q times the log-weight, less the baseline. */
static void score_rows(void *context, size_t begin, size_t end)
{
	const struct step *s = context;
	struct vae_gradient *g = s->g;
	size_t n = g->parameters->shape.latent, rows = g->rows;
	bool baseline = g->parameters->shape.estimator == VAE_SCORE_BASELINE && rows > 1;
	double sum = 0;
	for (size_t r = 0; r < rows; r++)
		sum += s->values[r];
	for (size_t i = n * begin; i < n * end; i++) {
		struct latent l = latent_at(g, i / n, i % n);
		double value = s->values[i / n];
		double weight = baseline ? value - (sum - value) / (double)(rows - 1) : value;
		*l.dmean = (float)(-s->share * weight * (l.z - l.mean) / l.variance);
		*l.dlog_variance =
		    (float)(-0.5 * s->share * weight * (squared(l.z - l.mean) / l.variance - 1));
	}
}

static enum status backward(const struct step *s, struct error *e)
{
	struct vae_gradient *g = s->g;
	const struct vae_shape *shape = &g->parameters->shape;
	bool pathwise = shape->estimator == VAE_PATHWISE;
	struct step copy = *s;
	vectors_back(s);
	memset(g->dz, 0, g->rows * shape->latent * sizeof(float));
	if (network_backward(s, VAE_DECODER, g->dmean, pathwise ? g->dz : NULL, e) != STATUS_OK)
		return e->status;
	threads_for(g->rows, GRAIN / (8 * shape->latent) + 1, pathwise ? pathwise_rows : score_rows,
	            &copy);
	return network_backward(s, VAE_ENCODER, g->dposterior, NULL, e);
}

enum status vae_gradient_compute(struct vae_gradient *g, const float *block, const float *x,
                                 const uint32_t *indices, uint64_t seed, uint64_t pass,
                                 double *values, float *dblock, bool add, struct error *e)
{
	const struct vae_parameters *p = g->parameters;
	double log_sigma = (double)block[p->log_sigma];
	struct step s = {.g = g,
	                 .x = x,
	                 .indices = indices,
	                 .seed = seed,
	                 .pass = pass,
	                 .values = values,
	                 .dblock = dblock,
	                 .add = add,
	                 .log_sigma = log_sigma,
	                 .precision = exp(-2 * log_sigma),
	                 .share = 1 / ((double)g->rows * (double)p->shape.d)};
	g->block = block;
	if (g->weights)
		mlp_training_convert(g->precision, p->n, block, g->weights);
	if (forward(&s, e) == STATUS_OK)
		backward(&s, e);
	return e->status;
}
