/* The gradient against central differences of a loss that is computed here, in float64, straight
 * from the formulas; and the trainer's parts that no pipe shows. */
#include "density/nice_gradient.h"
#include "base/rng.h"
#include "tap.h"
#include "threads/threads.h"
#include "train/adam.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_D = 7, MID = 5, HIDDEN = 3, COUPLINGS = 4, ROWS = 7, HALF = (MAX_D + 1) / 2 };

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

/* -(log-likelihood) / D of one record. */
static double loss_of(const struct nice_parameters *p, const double *block, const float *x)
{
	double h[2][HALF] = {{0}}, a[2][MID + HALF] = {{0}}, sum = 0;
	size_t d = p->shape.d;
	for (size_t j = 0; j < d; j++)
		h[j % 2][j / 2] = (double)x[j];
	for (size_t c = 0; c < COUPLINGS; c++) {
		double *on = h[c % 2], *off = h[1 - c % 2];
		memcpy(a[0], off, sizeof(h[0]));
		for (size_t i = 0; i <= HIDDEN; i++)
			layer(&p->layers[c * p->nlayers + i], block, i < HIDDEN, a[i % 2],
			      a[1 - i % 2]);
		for (size_t k = 0; k < (d + 1 - c % 2) / 2; k++)
			on[k] += a[1 - HIDDEN % 2][k];
	}
	for (size_t j = 0; j < d; j++) {
		double s = block[p->scale + j], z = fabs(h[j % 2][j / 2] * exp(s));
		sum += s - z - 2 * log1p(exp(-z));
	}
	return -sum / (double)d;
}

static double loss(const struct nice_parameters *p, const double *block, const float *x)
{
	double sum = 0;
	for (int r = 0; r < ROWS; r++)
		sum += loss_of(p, block, x + (size_t)r * p->shape.d);
	return sum / ROWS;
}

struct fixture {
	struct nice_parameters p;
	float *block, *dblock;
	double *wide; /* the block in float64 */
	float x[ROWS * MAX_D];
	double ll[ROWS];
};

static struct fixture make(size_t d)
{
	struct error e = {0};
	struct fixture f = {0};
	struct rng rng;
	nice_parameters_init(&f.p, &(struct nice_shape){d, MID, HIDDEN, COUPLINGS}, &e);
	f.block = calloc(f.p.n, sizeof(float));
	f.dblock = calloc(f.p.n, sizeof(float));
	f.wide = calloc(f.p.n, sizeof(double));
	nice_parameters_start(&f.p, 3, f.block);
	rng_init(&rng, 4, RNG_SAMPLES, 0);
	for (size_t j = f.p.scale; j < f.p.n; j++)
		f.block[j] = (float)(rng_uniform(&rng) - 0.5);
	for (size_t i = 0; i < ROWS * d; i++)
		f.x[i] = (float)(2 * rng_uniform(&rng) - 1);
	for (size_t i = 0; i < f.p.n; i++)
		f.wide[i] = (double)f.block[i];
	return f;
}

static void release(struct fixture *f)
{
	nice_parameters_release(&f->p);
	free(f->block);
	free(f->dblock);
	free(f->wide);
}

static const char *kind_of(const struct nice_parameters *p, size_t i)
{
	if (i >= p->scale)
		return "log-scale";
	for (size_t l = 0;; l++) {
		const struct mlp_place *at = &p->layers[l];
		if (i >= at->bias + at->out)
			continue;
		size_t place = l % p->nlayers;
		if (i >= at->bias)
			return place == 0       ? "first bias"
			       : place < HIDDEN ? "middle bias"
			                        : "last bias";
		return place == 0       ? "first weight"
		       : place < HIDDEN ? "middle weight"
		                        : "last weight";
	}
}

/* Central differences with h = 1e-5 in float64 are right to about 1e-10 where no ReLU bends within
 * h; where the two one-sided differences disagree, one does, and the parameter is passed over.
 * The derivatives are up to 0.2, those of weights some 0.01; float32 keeps 24 bits of them, through
 * four couplings, bfloat16 8. */
static void differences(size_t d, enum precision precision, double tolerance)
{
	static const char *const kinds[] = {"first weight", "first bias",  "middle weight",
	                                    "middle bias",  "last weight", "last bias",
	                                    "log-scale"};
	struct error e = {0};
	struct fixture f = make(d);
	struct nice_gradient g = {0};
	const double h = 1e-5;
	nice_gradient_init(&g, &f.p, ROWS, precision, &e);
	nice_gradient_set_block(&g, f.block);
	nice_gradient_compute(&g, f.x, f.ll, f.dblock, false, &e);
	ok(e.status == STATUS_OK, "%zu elements: the gradient is computed %s", d, e.text);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		double worst = 0;
		size_t n = 0;
		for (size_t i = 0; i < f.p.n; i++) {
			if (strcmp(kind_of(&f.p, i), kinds[k]) != 0)
				continue;
			double here = loss(&f.p, f.wide, f.x), was = f.wide[i];
			f.wide[i] = was + h;
			double above = loss(&f.p, f.wide, f.x);
			f.wide[i] = was - h;
			double below = loss(&f.p, f.wide, f.x);
			f.wide[i] = was;
			if (fabs(above + below - 2 * here) > 1e-9)
				continue;
			worst = fmax(worst, fabs((above - below) / (2 * h) - (double)f.dblock[i]));
			n++;
		}
		ok(n > 5 && worst < tolerance, "%s: %zu derivatives, largest error %.2g < %.2g",
		   kinds[k], n, worst, tolerance);
	}
	double mean = 0;
	for (int r = 0; r < ROWS; r++)
		mean -= f.ll[r] / (double)d / ROWS;
	ok_near(mean, loss(&f.p, f.wide, f.x), 20 * tolerance, "the loss is that of the formulas");
	nice_gradient_release(&g);
	release(&f);
}

/* Adam by its formulas, for one step and one element. */
static void adam_formula(void)
{
	struct error e = {0};
	struct fixture f = make(6);
	struct adam a = {0};
	struct adam_options o = {0.9, 0.99, 1e-8, 0.1, 3, 0.5, 0.5};
	size_t bias = f.p.layers[0].bias;
	const struct parameter_group groups[] = {
	    {0, bias, 1, true}, {bias, f.p.scale, 1, false}, {f.p.scale, f.p.n, 3, false}};
	double norm = 0;
	float before = f.block[0], bias_before, scale_before = f.block[f.p.scale];
	bias_before = f.block[bias];
	for (size_t i = 0; i < f.p.n; i++) {
		f.dblock[i] = (float)(0.01 * (double)(i % 7 + 1));
		norm += (double)f.dblock[i] * (double)f.dblock[i];
	}
	adam_init(&a, groups, 3, f.p.n, &o, &e);
	struct adam_slice all = {0, f.p.n, f.dblock};
	adam_squares(&a, &all);
	ok_near(adam_update(&a, 0.125, 1, &all, f.block), sqrt(norm), 1e-9,
	        "the norm of the gradient");
	/* In the first step m / (1 - beta1) = g, v / (1 - beta2) = g^2: the step is rate sign(g).
	 */
	ok_near((double)f.block[0], (double)before * (1 - 0.125 * 0.1) - 0.125, 1e-6,
	        "a weight: decay, and the learning rate along the gradient's sign");
	ok_near((double)f.block[bias], (double)bias_before - 0.125, 1e-6, "a bias: no decay");
	ok_near((double)f.block[f.p.scale], (double)scale_before - 3 * 0.125, 1e-6,
	        "a log-scale: no decay, three times the rate");
	ok_near((double)a.m[6], 0.1 * 0.07 * 0.5 / sqrt(norm), 1e-8,
	        "the gradient was clipped to 0.5");
	/* the average starts as 0 here, and keeps min(0.5, 2/11) of it */
	ok_near((double)a.average[0], (1 - 2 / 11.0) * (double)f.block[0], 1e-6,
	        "the average follows");
	f.dblock[3] = NAN;
	before = f.block[0];
	adam_squares(&a, &all);
	ok(isnan(adam_update(&a, 0.125, 1, &all, f.block)) && f.block[0] == before && a.step == 1,
	   "a gradient that is not finite changes nothing");
	adam_release(&a);
	release(&f);
}

/* Derivatives and likelihoods of a batch of random records. */
static void compute(const struct nice_parameters *p, const float *block, size_t rows,
                    enum precision precision, unsigned nthreads, const float *x, double *ll,
                    float *dblock, struct error *e)
{
	struct nice_gradient g = {0};
	threads_set_count(nthreads);
	if (nice_gradient_init(&g, p, rows, precision, e) == STATUS_OK) {
		nice_gradient_set_block(&g, block);
		nice_gradient_compute(&g, x, ll, dblock, false, e);
	}
	nice_gradient_release(&g);
}

/* The shapes in which products were cut by the number of threads, and some of the ends. */
static void any_threads(size_t d, size_t mid, size_t rows, enum precision precision)
{
	struct error e = {0};
	struct nice_parameters p = {0};
	struct rng rng;
	nice_parameters_init(&p, &(struct nice_shape){d, mid, 2, 2}, &e);
	float *block = calloc(p.n, sizeof(float)), *one = calloc(p.n, sizeof(float));
	float *more = calloc(p.n, sizeof(float)), *x = calloc(rows * d, sizeof(float));
	double *ll = calloc(rows, sizeof(double)), *again = calloc(rows, sizeof(double));
	int different = 0;
	nice_parameters_start(&p, 5, block);
	rng_init(&rng, 6, RNG_SAMPLES, 0);
	for (size_t i = 0; i < rows * d; i++)
		x[i] = (float)rng_uniform(&rng);
	compute(&p, block, rows, precision, 1, x, ll, one, &e);
	for (unsigned nthreads = 2; nthreads <= 8; nthreads += 1 + nthreads / 3 * 4) { /* 2, 3, 8 */
		memset(more, 0, p.n * sizeof(float));
		compute(&p, block, rows, precision, nthreads, x, again, more, &e);
		different += memcmp(one, more, p.n * sizeof(float)) != 0 ||
		             memcmp(ll, again, rows * sizeof(double)) != 0;
	}
	ok(e.status == STATUS_OK && different == 0,
	   "%s, %zu elements, width %zu, batch %zu: the same bits with 1, 2, 3, "
	   "8 threads",
	   precision_name(precision), d, mid, rows);
	free(block), free(one), free(more), free(x), free(ll), free(again);
	nice_parameters_release(&p);
}

/* Wide enough for each way to divide a product. */
#ifdef __SANITIZE_ADDRESS__
enum { WIDEST = 513 }; /* where each access is looked at, 1000 takes most of the time */
#else
enum { WIDEST = 1000 };
#endif

static void all_shapes(enum precision precision)
{
	static const size_t mids[] = {1, 64, 257, WIDEST};
	static const size_t batches[] = {1, 7, 32, 64, 128, 256, 300};
	for (size_t i = 0; i < sizeof(mids) / sizeof(*mids); i++) {
		for (size_t k = 0; k < sizeof(batches) / sizeof(*batches); k++)
			any_threads(i % 2 ? 784 : 9 + k % 2, mids[i], batches[k], precision);
	}
}

int main(void)
{
	all_shapes(PRECISION_F32);
	if (linear_has_bf16())
		all_shapes(PRECISION_BF16);
	for (size_t d = 6; d <= MAX_D; d++) {
		differences(d, PRECISION_F32, 3e-8);
		if (linear_has_bf16())
			differences(d, PRECISION_BF16, 1e-3);
	}
	adam_formula();
	return tap_end();
}
