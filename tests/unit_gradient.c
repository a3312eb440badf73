/* The gradient against central differences of a loss that is computed here, in float64, straight
 * from the formulas; and the trainer's parts that no pipe shows. */
#include "adam.h"
#include "gradient.h"
#include "parallel.h"
#include "rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { D = 6, MID = 5, HIDDEN = 3, COUPLINGS = 4, ROWS = 7, HALF = D / 2 };

static void layer(const struct layer_place *l, const double *block, bool relu, const double *x,
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
static double loss_of(const struct parameters *p, const double *block, const float *x)
{
	double h[2][HALF], a[2][MID + HALF], sum = 0;
	for (int k = 0; k < HALF; k++) {
		h[0][k] = (double)x[2 * k];
		h[1][k] = (double)x[2 * k + 1];
	}
	for (size_t c = 0; c < COUPLINGS; c++) {
		double *on = h[c % 2], *off = h[1 - c % 2];
		memcpy(a[0], off, sizeof(h[0]));
		for (size_t i = 0; i <= HIDDEN; i++)
			layer(&p->layers[c * p->nlayers + i], block, i < HIDDEN, a[i % 2],
			      a[1 - i % 2]);
		for (int k = 0; k < HALF; k++)
			on[k] += a[1 - HIDDEN % 2][k];
	}
	for (int j = 0; j < D; j++) {
		double s = block[p->scale + (size_t)j], z = fabs(h[j % 2][j / 2] * exp(s));
		sum += s - z - 2 * log1p(exp(-z));
	}
	return -sum / D;
}

static double loss(const struct parameters *p, const double *block, const float *x)
{
	double sum = 0;
	for (int r = 0; r < ROWS; r++)
		sum += loss_of(p, block, x + r * D);
	return sum / ROWS;
}

struct fixture {
	struct parameters p;
	float *block, *dblock;
	double *wide; /* the block in float64 */
	float x[ROWS * D];
	double ll[ROWS];
};

static struct fixture make(void)
{
	struct error e = {0};
	struct fixture f = {0};
	struct rng rng;
	parameters_init(&f.p, &(struct shape){D, MID, HIDDEN, COUPLINGS}, &e);
	f.block = calloc(f.p.n, sizeof(float));
	f.dblock = calloc(f.p.n, sizeof(float));
	f.wide = calloc(f.p.n, sizeof(double));
	parameters_start(&f.p, 3, f.block);
	rng_init(&rng, 4, RNG_SAMPLES, 0);
	for (size_t j = f.p.scale; j < f.p.n; j++)
		f.block[j] = (float)(rng_uniform(&rng) - 0.5);
	for (int i = 0; i < ROWS * D; i++)
		f.x[i] = (float)(2 * rng_uniform(&rng) - 1);
	for (size_t i = 0; i < f.p.n; i++)
		f.wide[i] = (double)f.block[i];
	return f;
}

static void release(struct fixture *f)
{
	parameters_release(&f->p);
	free(f->block);
	free(f->dblock);
	free(f->wide);
}

static const char *kind_of(const struct parameters *p, size_t i)
{
	if (i >= p->scale)
		return "log-scale";
	for (size_t l = 0;; l++) {
		const struct layer_place *at = &p->layers[l];
		if (i >= at->bias + at->out)
			continue;
		size_t place = l % p->nlayers;
		if (i >= at->bias)
			return place == 0 ? "first bias" : place < HIDDEN ? "middle bias" : "last bias";
		return place == 0 ? "first weight" : place < HIDDEN ? "middle weight" : "last weight";
	}
}

/* Central differences with h = 1e-5 in float64 are right to about 1e-10 where no ReLU bends within
 * h; where the two one-sided differences disagree, one does, and the parameter is passed over.
 * The derivatives are up to 0.2, those of weights some 0.01; float32 keeps 24 bits of them, through
 * four couplings, bfloat16 8. */
static void differences(enum precision precision, double tolerance)
{
	static const char *const kinds[] = {"first weight", "first bias", "middle weight", "middle bias",
	                                    "last weight",  "last bias",  "log-scale"};
	struct error e = {0};
	struct fixture f = make();
	struct gradient g = {0};
	const double h = 1e-5;
	gradient_init(&g, &f.p, ROWS, precision, &e);
	gradient_set_block(&g, f.block);
	gradient_compute(&g, f.x, f.ll, f.dblock, &e);
	ok(e.status == STATUS_OK, "the gradient is computed %s", e.text);
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
		mean -= f.ll[r] / D / ROWS;
	ok_near(mean, loss(&f.p, f.wide, f.x), 20 * tolerance, "the loss is that of the formulas");
	gradient_release(&g);
	release(&f);
}

/* Adam by its formulas, for one step and one element. */
static void adam_formula(void)
{
	struct error e = {0};
	struct fixture f = make();
	struct adam a = {0};
	struct adam_options o = {0.9, 0.99, 1e-8, 0.1, 3, 0.5, 0.5};
	double norm = 0;
	float before = f.block[0], scale_before = f.block[f.p.scale];
	for (size_t i = 0; i < f.p.n; i++) {
		f.dblock[i] = (float)(0.01 * (double)(i % 7 + 1));
		norm += (double)f.dblock[i] * (double)f.dblock[i];
	}
	adam_init(&a, &f.p, &o, &e);
	ok_near(adam_update(&a, 0.125, f.block, f.dblock), sqrt(norm), 1e-9, "the norm of the gradient");
	/* In the first step m / (1 - beta1) = g, v / (1 - beta2) = g^2: the step is rate sign(g). */
	ok_near((double)f.block[0], (double)before * (1 - 0.125 * 0.1) - 0.125, 1e-6,
	        "a weight: decay, and the learning rate along the gradient's sign");
	ok_near((double)f.block[f.p.scale], (double)scale_before - 3 * 0.125, 1e-6,
	        "a log-scale: no decay, three times the rate");
	ok_near((double)a.m[6], 0.1 * 0.07 * 0.5 / sqrt(norm), 1e-8, "the gradient was clipped to 0.5");
	/* the average starts as 0 here, and keeps min(0.5, 2/11) of it */
	ok_near((double)a.average[0], (1 - 2 / 11.0) * (double)f.block[0], 1e-6, "the average follows");
	f.dblock[3] = NAN;
	before = f.block[0];
	ok(isnan(adam_update(&a, 0.125, f.block, f.dblock)) && f.block[0] == before && a.step == 1,
	   "a gradient that is not finite changes nothing");
	adam_release(&a);
	release(&f);
}

int main(void)
{
	differences(PRECISION_F32, 3e-8);
	if (matmul_has_bf16())
		differences(PRECISION_BF16, 1e-3);
	adam_formula();
	return tap_end();
}
