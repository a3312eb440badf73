/* A VAE against closed forms: with a linear decoder the density of a record and the posterior of
 * its latent are Gaussian. And its gradients against differences and quadrature of formulas that
 * are computed here, in float64. */
#include "vae/vae.h"
#include "base/rng.h"
#include "density/pixel_bound.h"
#include "tap.h"
#include "threads/threads.h"
#include "vae/vae_gradient.h"

#include <stdlib.h>
#include <string.h>

/* ---- linear models ---- */

enum { D = 5, L = 2, DRAWS = 20000 };

static const double log_2pi = 1.83787706640934548356;

/* x = W z + b + sigma noise, z of the prior; q(z|x) = N(A x + a, diag exp(s)). */
struct linear_vae {
	float w[D][L], b[D], encoder[2 * L][D], encoder_bias[2 * L];
	float log_sigma, prior_mean[L], prior_log_variance[L];
};

static const double records[3][D] = {
    {0.3, -1, 0.5, 2, 0}, {-2, 0.1, 1.5, -0.5, 0.7}, {4, 3, -2, 1, -3}};

/* Columns of W orthogonal or not. */
static struct linear_vae make_linear(bool orthogonal)
{
	struct linear_vae m = {.w = {{1, 0.5F}, {2, -0.5F}, {-1, 0.5F}, {0.5F, 2}, {0.5F, 1.5F}},
	                       .b = {0.1F, -0.2F, 0.3F, 0, 1},
	                       .log_sigma = -0.4F,
	                       .prior_mean = {0.5F, -1},
	                       .prior_log_variance = {0.3F, -0.6F}};
	/* the second less its projection on the first, whose square is 6.5 */
	double product = 0;
	for (size_t i = 0; i < D; i++)
		product += (double)m.w[i][0] * (double)m.w[i][1];
	for (size_t i = 0; i < D && orthogonal; i++)
		m.w[i][1] = (float)((double)m.w[i][1] - product / 6.5 * (double)m.w[i][0]);
	return m;
}

/* The posterior N(mean, covariance) of a record, and log p(x), by Bayes in two dimensions. */
struct posterior {
	double mean[L], precision[L][L], covariance[L][L], log_p;
};

static struct posterior posterior_of(const struct linear_vae *m, const double *x)
{
	struct posterior p = {{0}, {{0}}, {{0}}, 0};
	double s2 = exp(2 * (double)m->log_sigma), h[L], log_joint = 0, quadratic = 0;
	for (size_t j = 0; j < L; j++) {
		double inverse = exp(-(double)m->prior_log_variance[j]);
		h[j] = (double)m->prior_mean[j] * inverse;
		p.precision[j][j] = inverse;
		for (size_t i = 0; i < D; i++) {
			h[j] += (double)m->w[i][j] * (x[i] - (double)m->b[i]) / s2;
			for (size_t k = 0; k < L; k++)
				p.precision[j][k] += (double)m->w[i][j] * (double)m->w[i][k] / s2;
		}
	}
	double det = p.precision[0][0] * p.precision[1][1] - p.precision[0][1] * p.precision[1][0];
	p.covariance[0][0] = p.precision[1][1] / det;
	p.covariance[1][1] = p.precision[0][0] / det;
	p.covariance[0][1] = p.covariance[1][0] = -p.precision[0][1] / det;
	for (size_t j = 0; j < L; j++)
		p.mean[j] = p.covariance[j][0] * h[0] + p.covariance[j][1] * h[1];
	/* log p(x) = log p(x, z) - log p(z|x) at z = mean */
	for (size_t i = 0; i < D; i++) {
		double deviation = x[i] - (double)m->b[i] - (double)m->w[i][0] * p.mean[0] -
		                   (double)m->w[i][1] * p.mean[1];
		quadratic += deviation * deviation / s2;
	}
	log_joint = -0.5 * quadratic - D * (0.5 * log_2pi + (double)m->log_sigma);
	for (size_t j = 0; j < L; j++) {
		double deviation = p.mean[j] - (double)m->prior_mean[j];
		log_joint -= 0.5 * (log_2pi + (double)m->prior_log_variance[j] +
		                    deviation * deviation * exp(-(double)m->prior_log_variance[j]));
	}
	p.log_p = log_joint + L / 2.0 * log_2pi - 0.5 * log(det);
	return p;
}

/* The encoder that gives the posterior, whose covariance is diagonal with orthogonal columns. */
static void encode_exactly(struct linear_vae *m)
{
	double s2 = exp(2 * (double)m->log_sigma), origin[D] = {0};
	struct posterior p = posterior_of(m, origin);
	for (size_t j = 0; j < L; j++) {
		m->encoder_bias[j] = (float)p.mean[j];
		m->encoder_bias[L + j] = (float)log(p.covariance[j][j]);
		for (size_t i = 0; i < D; i++)
			m->encoder[j][i] = (float)((double)m->w[i][j] / s2 * p.covariance[j][j]);
	}
}

/* Another one, for records of a few units. */
static void encode_roughly(struct linear_vae *m)
{
	for (size_t j = 0; j < L; j++) {
		m->encoder_bias[j] = 0.2F;
		m->encoder_bias[L + j] = -0.5F;
		m->encoder[L + j][0] = 0.1F;
		for (size_t i = 0; i < D; i++)
			m->encoder[j][i] = 0.2F * m->w[i][j];
	}
}

static void add(struct tensors *t, const char *name, unsigned rank, uint64_t rows, uint64_t columns,
                const void *data, struct error *e)
{
	const uint64_t shape[] = {rows, columns};
	tensors_add(t, name, TENSOR_F32, rank, shape, data, e);
}

static struct vae open_linear(const struct linear_vae *m)
{
	struct tensors t = {0};
	struct vae v = {0};
	struct error e = {0};
	add(&t, "encoder.0.weight", 2, 2 * L, D, m->encoder, &e);
	add(&t, "encoder.0.bias", 1, 2 * L, 0, m->encoder_bias, &e);
	add(&t, "decoder.0.weight", 2, D, L, m->w, &e);
	add(&t, "decoder.0.bias", 1, D, 0, m->b, &e);
	add(&t, VAE_NAMES_LOG_SIGMA, 1, 1, 0, &m->log_sigma, &e);
	add(&t, VAE_NAMES_PRIOR_MEAN, 1, L, 0, m->prior_mean, &e);
	add(&t, VAE_NAMES_PRIOR_LOG_VARIANCE, 1, L, 0, m->prior_log_variance, &e);
	tensors_note(&t, "kind", "vae", &e);
	vae_open(&v, &t, &linear_packed, PRECISION_F32, &e);
	ok(e.status == STATUS_OK, "a linear VAE is opened %s", e.text);
	tensors_release(&t);
	return v;
}

/* Log-weights of draws 0 .. n-1 of a record. */
static void weigh(const struct vae *v, const double *x, uint64_t index, size_t n, double *weights)
{
	struct vae_workspace w = {0};
	struct error e = {0};
	vae_workspace_init(&w, v, &e);
	for (size_t first = 0; first < n; first += LINEAR_MAX_ROWS) {
		struct vae_draw draws[LINEAR_MAX_ROWS];
		size_t piece = n - first < LINEAR_MAX_ROWS ? n - first : LINEAR_MAX_ROWS;
		for (size_t i = 0; i < piece; i++)
			draws[i] = (struct vae_draw){0, index, first + i};
		vae_log_weights(v, &w, 1, x, 1, piece, draws, weights + first, &e);
	}
	ok(e.status == STATUS_OK, "%zu draws %s", n, e.text);
	vae_workspace_release(&w);
}

/* With the posterior as encoder every log-weight is log p(x). What is left is float32: mu and f(z)
 * are off by some 4 units of 2^-24 of the terms they are sums of, at most 10: |dmu| and |df|
 * < 2.4e-6. d log w = eps dmu / s + sum_i (x - f)_i df_i / sigma^2, with |eps| < 5, s > 0.2, |x -
 * f| < 10, sigma^2 = 0.45: less than 6e-5 + 2.7e-4. */
static void exact_encoder(void)
{
	struct linear_vae m = make_linear(true);
	double weights[500];
	encode_exactly(&m);
	struct vae v = open_linear(&m);
	for (size_t r = 0; r < 3; r++) {
		double worst = 0, log_p = posterior_of(&m, records[r]).log_p;
		weigh(&v, records[r], r, 500, weights);
		for (size_t k = 0; k < 500; k++)
			worst = fmax(worst, fabs(weights[k] - log_p));
		ok(worst < 3.3e-4, "each log-weight is log p(x) = %.4f, error %.2g", log_p, worst);
	}
	vae_release(&v);
}

/* KL of the encoder's N(mu, diag S) and the posterior. */
static double kl(const struct linear_vae *m, const struct posterior *p, const double *x)
{
	double det =
	    p->precision[0][0] * p->precision[1][1] - p->precision[0][1] * p->precision[1][0];
	double from[L], sum = -L - log(det);
	for (size_t j = 0; j < L; j++) {
		double mu = (double)m->encoder_bias[j], s = (double)m->encoder_bias[L + j];
		for (size_t i = 0; i < D; i++) {
			mu += (double)m->encoder[j][i] * x[i];
			s += (double)m->encoder[L + j][i] * x[i];
		}
		from[j] = p->mean[j] - mu;
		sum += p->precision[j][j] * exp(s) - s;
	}
	for (size_t j = 0; j < L; j++) {
		for (size_t k = 0; k < L; k++)
			sum += from[j] * p->precision[j][k] * from[k];
	}
	return 0.5 * sum;
}

/* Mean of VLB_K over DRAWS / K disjoint sets of draws, and its standard error. */
static double mean_bound(const double *weights, size_t k, double *standard_error)
{
	struct log_mean_exp all = LOG_MEAN_EXP;
	size_t n = DRAWS / k;
	for (size_t i = 0; i < n; i++) {
		struct log_mean_exp one = LOG_MEAN_EXP;
		for (size_t j = 0; j < k; j++)
			log_mean_exp_add(&one, weights[i * k + j]);
		log_mean_exp_add(&all, log_mean_exp_value(&one));
	}
	*standard_error = log_mean_exp_stdev(&all) / sqrt((double)n);
	return all.mean;
}

/* E VLB_1 = log p - KL; E VLB_K rises with K to log p. Intervals of 4.5 standard errors, and 1e-3
 * for float32. */
static void other_encoder(bool orthogonal)
{
	struct linear_vae m = make_linear(orthogonal);
	double *weights = calloc(DRAWS, sizeof(double)), error;
	encode_roughly(&m);
	struct vae v = open_linear(&m);
	for (size_t r = 0; r < 2; r++) {
		struct posterior p = posterior_of(&m, records[r]);
		weigh(&v, records[r], r, DRAWS, weights);
		double bound = mean_bound(weights, 1, &error), before = bound;
		ok_near(bound, p.log_p - kl(&m, &p, records[r]), 4.5 * error + 1e-3,
		        "E VLB_1 = log p - KL of encoder and posterior");
		for (size_t k = 10; k <= 1000; k *= 10) {
			bound = mean_bound(weights, k, &error);
			ok(bound > before && bound < p.log_p + 4.5 * error + 1e-3,
			   "E VLB_%zu = %.3f is above the one before, below log p = %.3f", k, bound,
			   p.log_p);
			before = bound;
		}
		ok(p.log_p - bound < 0.3, "E VLB_1000 is near log p");
	}
	vae_release(&v);
	free(weights);
}

/* log-mean-exp of K weights is at least the mean of the K of K - 1 (Burda et al., theorem 1, by
 * draws). */
static void monotone(void)
{
	enum { K = 20 };
	struct linear_vae m = make_linear(false);
	double weights[K], mean = 0;
	struct log_mean_exp all = LOG_MEAN_EXP;
	encode_roughly(&m);
	struct vae v = open_linear(&m);
	weigh(&v, records[2], 2, K, weights);
	for (size_t out = 0; out < K; out++) {
		struct log_mean_exp others = LOG_MEAN_EXP;
		for (size_t k = 0; k < K; k++) {
			if (k != out)
				log_mean_exp_add(&others, weights[k]);
		}
		mean += log_mean_exp_value(&others) / K;
		log_mean_exp_add(&all, weights[out]);
	}
	ok(log_mean_exp_value(&all) >= mean, "VLB_K is at least the mean of its VLB_(K-1)");
	vae_release(&v);
}

/* A record's log-weights alone, and among others in another order; NaN stays in its record. */
static void independent_rows(void)
{
	enum { N = 90 };
	struct linear_vae m = make_linear(false);
	struct vae_workspace w = {0};
	struct vae_draw draws[N];
	struct error e = {0};
	double alone[3][30], all[N], x[3 * D];
	int different = 0;
	encode_roughly(&m);
	struct vae v = open_linear(&m);
	vae_workspace_init(&w, &v, &e);
	for (size_t r = 0; r < 3; r++)
		weigh(&v, records[r], 7 + r, 30, alone[r]);
	for (size_t i = 0; i < N; i++)
		draws[i] = (struct vae_draw){i % 3, 7 + i % 3, 29 - i / 3};
	vae_log_weights(&v, &w, 3, records[0], 1, N, draws, all, &e);
	for (size_t i = 0; i < N; i++)
		different += all[i] != alone[i % 3][29 - i / 3];
	ok(e.status == STATUS_OK && different == 0, "the same bits alone and among others");
	memcpy(x, records, sizeof(x));
	x[D + 1] = NAN;
	vae_log_weights(&v, &w, 3, x, 1, N, draws, all, &e);
	different = 0;
	for (size_t i = 0; i < N; i++)
		different += i % 3 == 1 ? !isnan(all[i]) : all[i] != alone[i % 3][29 - i / 3];
	ok(different == 0, "NaN stays in its record");
	vae_workspace_release(&w);
	vae_release(&v);
}

/* Mean and covariance of samples against W lambda_1 + b and W diag(lambda_2) W' + sigma^2 I; 5
 * standard errors: sqrt(C_ii / N) and sqrt((C_ii C_jj + C_ij^2) / N). */
static void samples(void)
{
	enum { N = 384 * 40 };
	struct linear_vae m = make_linear(false);
	struct vae v = open_linear(&m);
	struct vae_workspace w = {0};
	struct error e = {0};
	double *x = calloc(N * D, sizeof(double)), z[LINEAR_MAX_ROWS * L], c[D][D], mean[D];
	int off = 0;
	vae_workspace_init(&w, &v, &e);
	for (size_t i = 0; i < N; i += LINEAR_MAX_ROWS)
		vae_sample(&v, &w, 1, i, LINEAR_MAX_ROWS, true, z, x + i * D, &e);
	for (size_t i = 0; i < D; i++) {
		mean[i] = (double)m.b[i];
		for (size_t k = 0; k < L; k++)
			mean[i] += (double)m.w[i][k] * (double)m.prior_mean[k];
		for (size_t j = 0; j < D; j++) {
			c[i][j] = i == j ? exp(2 * (double)m.log_sigma) : 0;
			for (size_t k = 0; k < L; k++)
				c[i][j] += (double)m.w[i][k] * (double)m.w[j][k] *
				           exp((double)m.prior_log_variance[k]);
		}
	}
	for (size_t i = 0; i < D; i++) {
		for (size_t j = 0; j < D; j++) {
			double first = 0, product = 0;
			for (size_t r = 0; r < N; r++) {
				first += (x[r * D + i] - mean[i]) / N;
				product += (x[r * D + i] - mean[i]) * (x[r * D + j] - mean[j]) / N;
			}
			off += fabs(first) > 5 * sqrt(c[i][i] / N);
			off += fabs(product - c[i][j]) >
			       5 * sqrt((c[i][i] * c[j][j] + c[i][j] * c[i][j]) / N);
		}
	}
	ok(e.status == STATUS_OK && off == 0, "samples have the model's mean and covariance");
	vae_workspace_release(&w);
	vae_release(&v);
	free(x);
}

/* ---- gradients ---- */

enum { GD = 3, MID = 4, MAX_LATENT = 3, ROWS = 6, WIDEST = 8 };

static const float batch[ROWS * GD] = {0.2F, -0.7F, 1.1F, -0.4F, 0.6F,  0.9F, 1.5F,  -0.3F, 0.1F,
                                       0,    0.8F,  -1,   0.5F,  -0.9F, 0.3F, -1.2F, 0.4F,  0.7F};

static void layer(const struct mlp_place *l, const double *block, bool relu, const double *x,
                  double *y)
{
	for (size_t o = 0; o < l->out; o++) {
		y[o] = block[l->bias + o];
		for (size_t i = 0; i < l->in; i++)
			y[o] += block[l->weight + o * l->in + i] * x[i];
		if (relu && y[o] < 0)
			y[o] = 0;
	}
}

static const double *run(const struct vae_parameters *p, enum vae_network network,
                         const double *block, const double *x, double a[2][WIDEST])
{
	for (size_t i = 0; i < p->nlayers; i++)
		layer(&p->layers[network][i], block, i + 1 < p->nlayers, i == 0 ? x : a[i % 2],
		      a[1 - i % 2]);
	return a[p->nlayers % 2];
}

/* VLB of one record with eps, by the formulas of science; the KL in closed form. */
static double bound_of(const struct vae_parameters *p, const double *block, const float *x,
                       const double *eps)
{
	double a[2][WIDEST], b[2][WIDEST], wide[GD], z[MAX_LATENT], squares = 0, divergence = 0;
	size_t n = p->shape.latent;
	for (size_t j = 0; j < GD; j++)
		wide[j] = (double)x[j];
	const double *q = run(p, VAE_ENCODER, block, wide, a);
	for (size_t j = 0; j < n; j++) {
		double r1 = block[p->prior_mean + j], r2 = block[p->prior_log_variance + j];
		z[j] = q[j] + exp(q[n + j] / 2) * eps[j];
		divergence += 0.5 * (exp(q[n + j] - r2) + (r1 - q[j]) * (r1 - q[j]) * exp(-r2) - 1 +
		                     r2 - q[n + j]);
	}
	const double *mean = run(p, VAE_DECODER, block, z, b);
	for (size_t j = 0; j < GD; j++)
		squares += (wide[j] - mean[j]) * (wide[j] - mean[j]);
	double s = block[p->log_sigma];
	return -0.5 * squares * exp(-2 * s) - GD * (0.5 * log_2pi + s) - divergence;
}

struct fixture {
	struct vae_parameters p;
	float *block, *dblock;
	double *wide; /* the block in float64 */
};

static struct fixture make(size_t latent, size_t hidden, enum vae_estimator estimator)
{
	struct error e = {0};
	struct fixture f = {0};
	struct rng rng;
	struct vae_shape shape = {
	    .d = GD, .latent = latent, .mid = MID, .hidden = hidden, .estimator = estimator};
	vae_parameters_init(&f.p, &shape, &e);
	f.block = calloc(f.p.n, sizeof(float));
	f.dblock = calloc(f.p.n, sizeof(float));
	f.wide = calloc(f.p.n, sizeof(double));
	vae_parameters_start(&f.p, 3, ROWS, batch, f.block);
	rng_init(&rng, 4, RNG_SAMPLES, 0);
	for (size_t j = f.p.prior_mean; j < f.p.n; j++)
		f.block[j] = (float)(rng_uniform(&rng) - 0.5);
	for (size_t i = 0; i < f.p.n; i++)
		f.wide[i] = (double)f.block[i];
	return f;
}

static void release(struct fixture *f)
{
	vae_parameters_release(&f->p);
	free(f->block);
	free(f->dblock);
	free(f->wide);
}

/* The loss with the draws of pass 5 and seed 2. */
static double loss(const struct fixture *f, const uint32_t *indices)
{
	double sum = 0;
	for (size_t r = 0; r < ROWS; r++) {
		double eps[MAX_LATENT];
		struct rng rng;
		rng_init(&rng, 2, RNG_TRAINING_LATENTS, UINT64_C(5) << 32 | indices[r]);
		rng_normals(&rng, f->p.shape.latent, eps);
		sum += bound_of(&f->p, f->wide, batch + r * GD, eps);
	}
	return -sum / ROWS / GD;
}

/* Central differences, as in nice_gradient.c: right to 1e-10 where no ReLU bends; derivatives up to
 * 1, of which float32 keeps 24 bits through two networks: 1e-6. */
static void differences(size_t latent, size_t hidden)
{
	const uint32_t indices[ROWS] = {9, 3, 4, 17, 0, 5};
	const double h = 1e-5;
	struct fixture f = make(latent, hidden, VAE_PATHWISE);
	struct vae_gradient g = {0};
	struct error e = {0};
	double values[ROWS], worst = 0, mean = 0, here = loss(&f, indices);
	size_t n = 0;
	vae_gradient_init(&g, &f.p, ROWS, PRECISION_F32, &e);
	vae_gradient_compute(&g, f.block, batch, indices, 2, 5, values, f.dblock, false, &e);
	for (size_t i = 0; i < f.p.n; i++) {
		double was = f.wide[i];
		f.wide[i] = was + h;
		double above = loss(&f, indices);
		f.wide[i] = was - h;
		double below = loss(&f, indices);
		f.wide[i] = was;
		if (fabs(above + below - 2 * here) > 1e-8)
			continue;
		worst = fmax(worst, fabs((above - below) / (2 * h) - (double)f.dblock[i]));
		n++;
	}
	ok(e.status == STATUS_OK && n > f.p.n * 4 / 5 && worst < 1e-6,
	   "%zu latents, %zu hidden: %zu of %zu derivatives, largest error %.2g", latent, hidden, n,
	   f.p.n, worst);
	for (size_t r = 0; r < ROWS; r++)
		mean -= values[r] / ROWS / GD;
	ok_near(mean, here, 1e-6, "the loss is that of the formulas");
	vae_gradient_release(&g);
	release(&f);
}

/* The loss of the first record with all eps, by the trapezoid rule: its error is about
 * step^2 / 12 of the bends of ReLUs, 1e-5. */
static double exact_loss(const struct fixture *f)
{
	const double step = 0.01;
	double sum = 0;
	for (double eps = -7; eps <= 7; eps += step)
		sum += step * exp(-0.5 * (eps * eps + log_2pi)) *
		       bound_of(&f->p, f->wide, batch, &eps);
	return -sum / GD;
}

/* Mean and variance of the derivatives over passes with MANY copies of the first record each. */
enum { MANY = 200, PASSES = 250 };

static void estimate(struct fixture *f, double *mean, double *squares)
{
	static float x[MANY * GD];
	static double values[MANY];
	static uint32_t indices[MANY];
	struct vae_gradient g = {0};
	struct error e = {0};
	for (uint32_t r = 0; r < MANY; r++) {
		memcpy(x + r * GD, batch, GD * sizeof(float));
		indices[r] = r;
	}
	vae_gradient_init(&g, &f->p, MANY, PRECISION_F32, &e);
	for (uint64_t pass = 0; pass < PASSES; pass++) {
		vae_gradient_compute(&g, f->block, x, indices, 1, pass, values, f->dblock, false,
		                     &e);
		for (size_t i = 0; i < f->p.n; i++) {
			double from_mean = (double)f->dblock[i] - mean[i];
			mean[i] += from_mean / (double)(pass + 1);
			squares[i] += from_mean * ((double)f->dblock[i] - mean[i]);
		}
	}
	ok(e.status == STATUS_OK, "%s: gradients are computed %s",
	   vae_estimator_name(f->p.shape.estimator), e.text);
	vae_gradient_release(&g);
}

/* All estimators have the exact gradient as their mean: within 5 standard errors, and 2e-5 for
 * quadrature, differences and float32. *variance: the sum over the encoder's parameters. */
static void unbiased(enum vae_estimator estimator, double *variance)
{
	const double h = 1e-4;
	struct fixture f = make(1, 1, estimator);
	double *mean = calloc(f.p.n, sizeof(double)), *squares = calloc(f.p.n, sizeof(double));
	double worst = 0;
	size_t nvaried = 0;
	*variance = 0;
	estimate(&f, mean, squares);
	for (size_t i = 0; i < f.p.n; i++) {
		double was = f.wide[i], spread = squares[i] / (PASSES - 1) / PASSES;
		f.wide[i] = was + h;
		double above = exact_loss(&f);
		f.wide[i] = was - h;
		double exact = (above - exact_loss(&f)) / (2 * h);
		f.wide[i] = was;
		worst = fmax(worst, (fabs(mean[i] - exact) - 2e-5) / sqrt(spread + 1e-30));
		nvaried += spread > 1e-12;
		if (i < f.p.layers[VAE_DECODER][0].weight)
			*variance += spread;
	}
	ok(worst < 5 && nvaried > f.p.n / 2,
	   "%s: no derivative is further than %.2f standard errors from the exact one",
	   vae_estimator_name(estimator), worst);
	free(mean);
	free(squares);
	release(&f);
}

/* What is not learnt has no gradient, and starts as given. */
static void given(void)
{
	struct vae_shape shape = {
	    .d = GD, .latent = 2, .mid = MID, .hidden = 1, .standard_prior = true, .sigma = 0.5};
	struct vae_parameters p = {0};
	struct vae_gradient g = {0};
	struct error e = {0};
	const uint32_t indices[ROWS] = {0, 1, 2, 3, 4, 5};
	double values[ROWS], sum = 0;
	vae_parameters_init(&p, &shape, &e);
	float *block = calloc(p.n, sizeof(float)), *dblock = calloc(p.n, sizeof(float));
	vae_parameters_start(&p, 1, ROWS, batch, block);
	vae_gradient_init(&g, &p, ROWS, PRECISION_F32, &e);
	vae_gradient_compute(&g, block, batch, indices, 1, 0, values, dblock, false, &e);
	for (size_t i = p.log_sigma; i < p.n; i++)
		sum += fabs((double)dblock[i]);
	ok(e.status == STATUS_OK && sum == 0, "given sigma and prior have no gradient");
	ok_near((double)block[p.log_sigma], log(0.5), 1e-7, "sigma is the given one");
	vae_gradient_release(&g);
	vae_parameters_release(&p);
	free(block), free(dblock);
}

/* The same bits with any number of threads, in large products, too. */
static void any_threads(enum precision precision)
{
	enum { N = 100, BIG = 300 };
	struct vae_shape shape = {.d = BIG, .latent = 5, .mid = 130, .hidden = 2};
	struct vae_parameters p = {0};
	struct error e = {0};
	struct rng rng;
	uint32_t indices[N];
	double values[4][N];
	int different = 0;
	vae_parameters_init(&p, &shape, &e);
	float *block = calloc(p.n, sizeof(float)), *x = calloc(N * BIG, sizeof(float));
	float *d[2] = {calloc(p.n, sizeof(float)), calloc(p.n, sizeof(float))};
	rng_init(&rng, 1, RNG_SAMPLES, 0);
	for (size_t i = 0; i < N * BIG; i++)
		x[i] = (float)rng_uniform(&rng);
	for (uint32_t i = 0; i < N; i++)
		indices[i] = i;
	vae_parameters_start(&p, 1, N, x, block);
	for (unsigned nthreads = 1; nthreads <= 3; nthreads++) {
		struct vae_gradient g = {0};
		threads_set_count(nthreads);
		vae_gradient_init(&g, &p, N, precision, &e);
		vae_gradient_compute(&g, block, x, indices, 1, 0, values[nthreads], d[nthreads > 1],
		                     false, &e);
		vae_gradient_release(&g);
		different +=
		    nthreads > 1 && (memcmp(d[0], d[1], p.n * sizeof(float)) != 0 ||
		                     memcmp(values[1], values[nthreads], sizeof(values[1])) != 0);
	}
	ok(e.status == STATUS_OK && different == 0, "%s: the same bits with 1, 2, 3 threads",
	   precision_name(precision));
	vae_parameters_release(&p);
	free(block), free(x), free(d[0]), free(d[1]);
}

int main(void)
{
	double pathwise, score, baseline;
	any_threads(PRECISION_F32);
	if (linear_has_bf16())
		any_threads(PRECISION_BF16);
	threads_set_count(1);
	exact_encoder();
	other_encoder(true);
	other_encoder(false);
	monotone();
	independent_rows();
	samples();
	for (size_t latent = 1; latent <= MAX_LATENT; latent++) {
		for (size_t hidden = 0; hidden <= 2; hidden++)
			differences(latent, hidden);
	}
	unbiased(VAE_PATHWISE, &pathwise);
	unbiased(VAE_SCORE, &score);
	unbiased(VAE_SCORE_BASELINE, &baseline);
	ok(pathwise < baseline && baseline < score,
	   "variances of the encoder's derivatives: pathwise %.2g, score less a baseline %.2g, "
	   "score %.2g",
	   pathwise, baseline, score);
	given();
	return tap_end();
}
