/* The gradient of NICE's likelihood: couplings, scales and prior, forward and backward. */
#include "density/nice_gradient.h"

#include "density/halves.h"
#include "density/logistic.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { GRAIN = 16384 /* elements that are worth a thread */ };

/* ---- set-up ---- */

/* The network that moves a half. With an even D both halves have one shape, and one will do. */
static struct mlp_training *network_of(struct nice_gradient *g, size_t on)
{
	return &g->networks[g->parameters->shape.d % 2 == 0 ? 0 : on];
}

static enum status create_networks(struct nice_gradient *g, struct error *e)
{
	const struct nice_parameters *p = g->parameters;
	size_t d = p->shape.d;
	for (size_t on = 0; on < 2 && e->status == STATUS_OK; on++) {
		struct mlp_shape shape = {halves_size(d, 1 - on), p->shape.mid, halves_size(d, on),
		                          p->nlayers};
		if (network_of(g, on) == &g->networks[on])
			mlp_training_init(&g->networks[on], &shape, g->rows, g->precision, e);
	}
	for (size_t i = 0; i < p->shape.ncouplings && e->status == STATUS_OK; i++)
		mlp_activations_init(&g->kept[i], network_of(g, halves_moved(NICE_MASK_CONFIG, i)),
		                     e);
	return e->status;
}

static void *rows_of(struct nice_gradient *g, size_t width, size_t size, struct error *e)
{
	void *p = e->status == STATUS_OK ? hugepage_alloc(g->rows * width, size) : NULL;
	if (!p)
		error_memory(e);
	return p;
}

static enum status allocate(struct nice_gradient *g, struct error *e)
{
	const struct nice_parameters *p = g->parameters;
	size_t d = p->shape.d;
	g->factor = calloc(d, sizeof(double));
	g->kept = calloc(p->shape.ncouplings, sizeof(*g->kept));
	if (g->precision == PRECISION_BF16)
		g->weights = hugepage_alloc(p->n, precision_bytes(g->precision));
	if (!g->factor || !g->kept || (g->precision == PRECISION_BF16 && !g->weights))
		return error_memory(e);
	for (size_t i = 0; i < 2; i++) {
		g->half[i] = rows_of(g, halves_size(d, i), sizeof(float), e);
		g->dhalf[i] = rows_of(g, halves_size(d, i), sizeof(float), e);
	}
	g->shift = rows_of(g, halves_size(d, HALF_EVEN), sizeof(float), e);
	g->z = rows_of(g, d, sizeof(double), e);
	return e->status;
}

enum status nice_gradient_init(struct nice_gradient *g, const struct nice_parameters *p,
                               size_t rows, enum precision precision, struct error *e)
{
	struct nice_gradient made = {.parameters = p, .rows = rows, .precision = precision};
	if (rows == 0 || rows > SIZE_MAX / 8 / (p->shape.d + p->shape.mid))
		return error_set(e, STATUS_UNSUPPORTED, "a batch of %zu records is too large",
		                 rows);
	if (allocate(&made, e) == STATUS_OK && create_networks(&made, e) == STATUS_OK)
		*g = made;
	else
		nice_gradient_release(&made);
	return e->status;
}

void nice_gradient_release(struct nice_gradient *g)
{
	for (size_t i = 0; g->kept && i < g->parameters->shape.ncouplings; i++)
		mlp_activations_release(&g->kept[i]);
	free(g->kept);
	for (int i = 0; i < 2; i++) {
		mlp_training_release(&g->networks[i]);
		free(g->half[i]);
		free(g->dhalf[i]);
	}
	free(g->weights);
	free(g->factor);
	free(g->shift);
	free(g->z);
	*g = (struct nice_gradient){0};
}

void nice_gradient_set_block(struct nice_gradient *g, const float *block)
{
	const struct nice_parameters *p = g->parameters;
	g->block = block;
	if (g->weights)
		mlp_training_convert(g->precision, p->scale, block, g->weights);
	g->log_det = 0;
	for (size_t j = 0; j < p->shape.d; j++) {
		g->log_det += (double)block[p->scale + j];
		g->factor[j] = exp((double)block[p->scale + j]);
	}
}

/* ---- forward ---- */

static struct mlp_parameters conditioner(const struct nice_gradient *g, size_t coupling)
{
	const struct nice_parameters *p = g->parameters;
	return (struct mlp_parameters){&p->layers[coupling * p->nlayers], g->block,
	                               g->weights ? g->weights : g->block};
}

/* Floats of a half of the batch. */
static size_t half_floats(const struct nice_gradient *g, size_t half)
{
	return g->rows * halves_size(g->parameters->shape.d, half);
}

/* Record r of the batch's halves. */
static float *row_of(const struct nice_gradient *g, float *const half[2], size_t which, size_t r)
{
	return half[which] + r * halves_size(g->parameters->shape.d, which);
}

/* on <- on + MLP(off) */
static enum status couple(struct nice_gradient *g, size_t coupling, struct error *e)
{
	size_t on = halves_moved(NICE_MASK_CONFIG, coupling);
	struct mlp_parameters p = conditioner(g, coupling);
	if (mlp_training_forward(network_of(g, on), &p, &g->kept[coupling], g->half[1 - on],
	                         g->shift, e) == STATUS_OK)
		mlp_training_add(PRECISION_F32, half_floats(g, on), g->shift, g->half[on]);
	return e->status;
}

struct likelihood {
	struct nice_gradient *g;
	double *ll;
};

static void likelihood_rows(void *context, size_t begin, size_t end)
{
	const struct likelihood *c = context;
	const struct nice_gradient *g = c->g;
	size_t d = g->parameters->shape.d;
	for (size_t r = begin; r < end; r++) {
		double *z = g->z + d * r;
		halves_join_floats(d, row_of(g, g->half, HALF_EVEN, r),
		                   row_of(g, g->half, HALF_ODD, r), z);
		for (size_t j = 0; j < d; j++)
			z[j] *= g->factor[j];
		c->ll[r] = logistic_log_density(z, d) + g->log_det;
	}
}

enum status nice_gradient_log_likelihood(struct nice_gradient *g, const float *x, double *ll,
                                         struct error *e)
{
	const struct nice_shape *s = &g->parameters->shape;
	for (size_t r = 0; r < g->rows; r++)
		halves_split_floats(s->d, x + r * s->d, row_of(g, g->half, HALF_EVEN, r),
		                    row_of(g, g->half, HALF_ODD, r));
	for (size_t i = 0; i < s->ncouplings; i++) {
		if (couple(g, i, e) != STATUS_OK)
			return e->status;
	}
	struct likelihood c = {g, ll};
	threads_for(g->rows, GRAIN / (8 * s->d) + 1, likelihood_rows, &c); /* logarithms are dear */
	return STATUS_OK;
}

/* ---- backward ---- */

struct prior_back {
	struct nice_gradient *g;
	float *dscale;
	bool add;
};

/* d loss / dh of the rows: tanh(z/2) exp(s) / (rows D). */
static void prior_back_rows(void *context, size_t begin, size_t end)
{
	const struct prior_back *c = context;
	const struct nice_gradient *g = c->g;
	size_t d = g->parameters->shape.d;
	double share = 1 / ((double)g->rows * (double)d);
	for (size_t r = begin; r < end; r++) {
		const double *z = g->z + r * d;
		for (size_t j = 0; j < d; j++)
			row_of(g, g->dhalf, j % 2, r)[j / 2] =
			    (float)(share * logistic_score(z[j]) * g->factor[j]);
	}
}

/* d loss / ds of the columns: (mean over the rows of tanh(z/2) z - 1) / D. */
static void scale_back_columns(void *context, size_t begin, size_t end)
{
	const struct prior_back *c = context;
	const struct nice_gradient *g = c->g;
	size_t d = g->parameters->shape.d;
	for (size_t j = begin; j < end; j++) {
		double sum = 0; /* dh h = (d loss / dz) z */
		for (size_t r = 0; r < g->rows; r++) {
			size_t k = r * halves_size(d, j % 2) + j / 2;
			sum += (double)g->dhalf[j % 2][k] * (double)g->half[j % 2][k];
		}
		float ds = (float)(sum - 1 / (double)d);
		c->dscale[j] = c->add ? c->dscale[j] + ds : ds;
	}
}

/* doff <- doff + (d MLP / d off) don, but for the first coupling: nobody asks for d loss / dx. */
static enum status uncouple(struct nice_gradient *g, size_t coupling, float *dblock, bool add,
                            struct error *e)
{
	size_t on = halves_moved(NICE_MASK_CONFIG, coupling);
	struct mlp_parameters p = conditioner(g, coupling);
	return mlp_training_backward(network_of(g, on), &p, &g->kept[coupling], g->dhalf[on],
	                             dblock, add, coupling > 0 ? g->dhalf[1 - on] : NULL, e);
}

enum status nice_gradient_compute(struct nice_gradient *g, const float *x, double *ll,
                                  float *dblock, bool add, struct error *e)
{
	struct prior_back prior = {g, dblock + g->parameters->scale, add};
	if (nice_gradient_log_likelihood(g, x, ll, e) != STATUS_OK)
		return e->status;
	size_t d = g->parameters->shape.d;
	threads_for(g->rows, GRAIN / (8 * d) + 1, prior_back_rows, &prior);
	threads_for(d, GRAIN / g->rows + 16, scale_back_columns, &prior);
	for (size_t i = g->parameters->shape.ncouplings; i-- > 0;) {
		if (uncouple(g, i, dblock, add, e) != STATUS_OK)
			break;
	}
	return e->status;
}
