/* The gradient of NICE's likelihood: couplings, scales and prior, forward and backward. */
#include "density/nice_gradient.h"

#include "density/halves.h"
#include "density/logistic.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	GRAIN = 16384, /* elements that are worth a thread */
	PARTS = 3,     /* of a layer's gradient */

	/* Threads that take rows of their own prepare a layer (linear/linear_training_tile.c) each
	 * for itself. That pays for so many rows; for fewer, where a layer has no more
	 * multiplications than this, and is over before threads have met. */
	ROWS = 32,
	FEWEST_ROWS = 16,
	SMALL_LAYER = 1 << 23
};

/* ---- set-up ---- */

/* The network that moves a half. With an even D both halves have one shape, and one will do. */
static struct mlp_training *network_of(struct nice_gradient *g, size_t on)
{
	return &g->networks[g->parameters->shape.d % 2 == 0 ? 0 : on];
}

static struct mlp_derivatives *derivatives_of(const struct nice_gradient *g, size_t coupling)
{
	return &g->derivatives[g->by_rows ? coupling : halves_moved(NICE_MASK_CONFIG, coupling)];
}

static bool rows_pay(const struct nice_gradient *g)
{
	const struct nice_parameters *p = g->parameters;
	size_t largest = 0;
	if (!linear_training_for(g->precision)->divisible)
		return false;
	for (size_t i = 0; i < p->nlayers; i++) {
		size_t size = p->layers[i].in * p->layers[i].out;
		largest = size > largest ? size : largest;
	}
	return g->rows >= ROWS * (size_t)threads_count() || largest <= SMALL_LAYER / g->rows;
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
	for (size_t i = 0; i < p->shape.ncouplings && e->status == STATUS_OK; i++) {
		const struct mlp_training *m = network_of(g, halves_moved(NICE_MASK_CONFIG, i));
		mlp_activations_init(&g->kept[i], m, e);
		if (e->status == STATUS_OK && !derivatives_of(g, i)->outputs)
			mlp_derivatives_init(derivatives_of(g, i), m, e);
	}
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
	g->derivatives = calloc(p->shape.ncouplings + 1, sizeof(*g->derivatives));
	if (g->precision == PRECISION_BF16)
		g->weights = hugepage_alloc(p->n, precision_bytes(g->precision));
	if (!g->factor || !g->kept || !g->derivatives ||
	    (g->precision == PRECISION_BF16 && !g->weights))
		return error_memory(e);
	for (size_t i = 0; i < 2; i++) {
		g->half[i] = rows_of(g, halves_size(d, i), sizeof(float), e);
		g->dhalf[i] = rows_of(g, halves_size(d, i), sizeof(float), e);
		g->shift[i] = rows_of(g, halves_size(d, i), sizeof(float), e);
	}
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
	made.by_rows = rows_pay(&made);
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
	for (size_t i = 0; g->derivatives && i <= g->parameters->shape.ncouplings; i++)
		mlp_derivatives_release(&g->derivatives[i]);
	free(g->kept);
	free(g->derivatives);
	for (int i = 0; i < 2; i++) {
		mlp_training_release(&g->networks[i]);
		free(g->half[i]);
		free(g->dhalf[i]);
		free(g->shift[i]);
	}
	free(g->weights);
	free(g->factor);
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

/* Record r of the batch's halves. */
static float *row_of(const struct nice_gradient *g, float *const half[2], size_t which, size_t r)
{
	return half[which] + r * halves_size(g->parameters->shape.d, which);
}

/* on <- on + MLP(off) */
static enum status couple(struct nice_gradient *g, size_t coupling, struct mlp_rows rows,
                          struct error *e)
{
	size_t on = halves_moved(NICE_MASK_CONFIG, coupling);
	size_t h = halves_size(g->parameters->shape.d, on);
	struct mlp_parameters p = conditioner(g, coupling);
	if (mlp_training_forward(network_of(g, on), &p, &g->kept[coupling], rows, g->half[1 - on],
	                         g->shift[on], e) == STATUS_OK)
		mlp_training_add(PRECISION_F32, rows.n * h, row_of(g, g->shift, on, rows.first),
		                 row_of(g, g->half, on, rows.first));
	return e->status;
}

/* A batch on its way. Without dblock: as far as its likelihoods. */
struct pass {
	struct nice_gradient *g;
	const float *x;
	double *ll;
	float *dblock;
	bool add;
	atomic_flag failed; /* somebody has told why */
	struct error *e;
};

static void fail(struct pass *p, const struct error *e)
{
	if (e->status != STATUS_OK && !atomic_flag_test_and_set(&p->failed))
		*p->e = *e;
}

/* Some of its rows, in a loop that threads may share. */
struct stretch {
	const struct pass *pass;
	size_t first;
};

static void likelihood_rows(void *context, size_t begin, size_t end)
{
	const struct stretch *s = context;
	const struct pass *p = s->pass;
	const struct nice_gradient *g = p->g;
	size_t d = g->parameters->shape.d;
	for (size_t r = s->first + begin; r < s->first + end; r++) {
		double *z = g->z + d * r;
		halves_join_floats(d, row_of(g, g->half, HALF_EVEN, r),
		                   row_of(g, g->half, HALF_ODD, r), z);
		for (size_t j = 0; j < d; j++)
			z[j] *= g->factor[j];
		p->ll[r] = logistic_log_density(z, d) + g->log_det;
	}
}

static enum status forward(struct pass *p, struct mlp_rows rows, struct error *e)
{
	struct nice_gradient *g = p->g;
	struct stretch stretch = {p, rows.first};
	size_t d = g->parameters->shape.d;
	for (size_t r = rows.first; r < rows.first + rows.n; r++)
		halves_split_floats(d, p->x + r * d, row_of(g, g->half, HALF_EVEN, r),
		                    row_of(g, g->half, HALF_ODD, r));
	for (size_t i = 0; i < g->parameters->shape.ncouplings; i++) {
		if (couple(g, i, rows, e) != STATUS_OK)
			return e->status;
	}
	threads_for(rows.n, GRAIN / (8 * d) + 1, likelihood_rows,
	            &stretch); /* logarithms are dear */
	return STATUS_OK;
}

/* ---- backward ---- */

/* d loss / dh of the rows: tanh(z/2) exp(s) / (rows D), and in place of the latents their share of
 * d loss / ds: tanh(z/2) z / (rows D). */
static void prior_back_rows(void *context, size_t begin, size_t end)
{
	const struct stretch *s = context;
	const struct nice_gradient *g = s->pass->g;
	size_t d = g->parameters->shape.d;
	double share = 1 / ((double)g->rows * (double)d);
	for (size_t r = s->first + begin; r < s->first + end; r++) {
		double *z = g->z + r * d;
		for (size_t j = 0; j < d; j++) {
			double dz = share * logistic_score(z[j]);
			row_of(g, g->dhalf, j % 2, r)[j / 2] = (float)(dz * g->factor[j]);
			z[j] *= dz;
		}
	}
}

/* d loss / ds of the columns: the sum of what the rows have left, less 1 / D. */
static void scale_back_columns(void *context, size_t begin, size_t end)
{
	const struct pass *p = context;
	const struct nice_gradient *g = p->g;
	size_t d = g->parameters->shape.d;
	float *dscale = p->dblock + g->parameters->scale;
	for (size_t j = begin; j < end; j++) {
		double sum = 0;
		for (size_t r = 0; r < g->rows; r++)
			sum += g->z[r * d + j];
		float ds = (float)(sum - 1 / (double)d);
		dscale[j] = p->add ? dscale[j] + ds : ds;
	}
}

/* doff <- doff + (d MLP / d off) don, but for the first coupling: nobody asks for d loss / dx. */
static enum status uncouple(struct pass *p, size_t coupling, struct mlp_rows rows, struct error *e)
{
	struct nice_gradient *g = p->g;
	size_t on = halves_moved(NICE_MASK_CONFIG, coupling);
	struct mlp_parameters parameters = conditioner(g, coupling);
	return mlp_training_backward(network_of(g, on), &parameters, &g->kept[coupling],
	                             derivatives_of(g, coupling), rows, g->dhalf[on],
	                             coupling > 0 ? g->dhalf[1 - on] : NULL, e);
}

/* The gradient of a layer, all layers of all couplings being counted. */
static enum status gradient(struct pass *p, size_t number, struct linear_part part, struct error *e)
{
	struct nice_gradient *g = p->g;
	size_t coupling = number / g->parameters->nlayers, layer = number % g->parameters->nlayers;
	struct mlp_parameters parameters = conditioner(g, coupling);
	return mlp_training_gradient(network_of(g, halves_moved(NICE_MASK_CONFIG, coupling)),
	                             &parameters, &g->kept[coupling], derivatives_of(g, coupling),
	                             layer, part, p->dblock, p->add, e);
}

static enum status backward(struct pass *p, struct mlp_rows rows, struct error *e)
{
	const struct nice_gradient *g = p->g;
	const struct linear_part whole = {0, 1};
	struct stretch stretch = {p, rows.first};
	size_t nlayers = g->parameters->nlayers;
	threads_for(rows.n, GRAIN / (8 * g->parameters->shape.d) + 1, prior_back_rows, &stretch);
	for (size_t i = g->parameters->shape.ncouplings; i-- > 0 && e->status == STATUS_OK;) {
		uncouple(p, i, rows, e);
		for (size_t k = nlayers; k-- > 0 && !g->by_rows && e->status == STATUS_OK;)
			gradient(p, i * nlayers + k, whole, e);
	}
	return e->status;
}

/* ---- both ---- */

static void run_rows(void *context, size_t begin, size_t end)
{
	struct pass *p = context;
	struct mlp_rows rows = {begin, end - begin};
	struct error e = {0};
	if (forward(p, rows, &e) == STATUS_OK && p->dblock)
		backward(p, rows, &e);
	fail(p, &e);
}

static void run_gradients(void *context, size_t begin, size_t end)
{
	struct pass *p = context;
	struct error e = {0};
	for (size_t i = begin; i < end && e.status == STATUS_OK; i++)
		gradient(p, i / PARTS, (struct linear_part){i % PARTS, PARTS}, &e);
	fail(p, &e);
}

/* As many rows for each thread. */
static size_t rows_of_thread(const struct nice_gradient *g)
{
	size_t n = (g->rows + threads_count() - 1) / threads_count();
	return n > FEWEST_ROWS ? (n + 7) / 8 * 8 : FEWEST_ROWS;
}

static enum status run(struct pass *p, struct error *e)
{
	struct nice_gradient *g = p->g;
	const struct nice_parameters *parameters = g->parameters;
	p->e = e;
	if (g->by_rows)
		threads_for(g->rows, rows_of_thread(g), run_rows, p);
	else
		run_rows(p, 0, g->rows);
	if (e->status != STATUS_OK || !p->dblock)
		return e->status;
	if (g->by_rows)
		threads_for(parameters->shape.ncouplings * parameters->nlayers * PARTS, 1,
		            run_gradients, p);
	threads_for(parameters->shape.d, GRAIN / g->rows + 16, scale_back_columns, p);
	return e->status;
}

enum status nice_gradient_log_likelihood(struct nice_gradient *g, const float *x, double *ll,
                                         struct error *e)
{
	struct pass p = {.g = g, .x = x, .ll = ll, .failed = ATOMIC_FLAG_INIT};
	return run(&p, e);
}

enum status nice_gradient_compute(struct nice_gradient *g, const float *x, double *ll,
                                  float *dblock, bool add, struct error *e)
{
	struct pass p = {
	    .g = g, .x = x, .ll = ll, .dblock = dblock, .add = add, .failed = ATOMIC_FLAG_INIT};
	return run(&p, e);
}
