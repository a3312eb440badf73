/* Gradients against central differences, path attributions against completeness, and the promise of
 * the same bits. Models are made here, in memory. */
#include "attribution/attribution_sum.h"
#include "base/rng.h"
#include "density/nice_names.h"
#include "tap.h"
#include "tests/oracle/linear_ref.h"

#include <stdlib.h>
#include <string.h>

enum { D = 8, MID = 12, HIDDEN = 3, COUPLINGS = 4, N = 40 };

struct fixture {
	struct tensors tensors;
	float *values;
	size_t used;
	struct rng rng;
	struct density density;
	struct density_workspace workspace;
	double x[N * D], baseline[D];
	struct error e;
};

static void add(struct fixture *m, const char *name, unsigned rank, uint64_t rows, uint64_t columns,
                double bound)
{
	float *data = m->values + m->used;
	size_t n = (size_t)(rows * columns);
	m->used += n;
	for (size_t i = 0; i < n; i++)
		data[i] = (float)(bound * (2 * rng_uniform(&m->rng) - 1));
	tensors_add(&m->tensors, name, TENSOR_F32, rank, (uint64_t[]){rows, columns},
	            (const unsigned char *)data, &m->e);
}

/* gain 0: no conditioners; records are on the grid of 2^-10. */
static void make(struct fixture *m, double gain, const struct linear_backend *backend,
                 enum precision precision)
{
	*m = (struct fixture){.values = calloc(100000, sizeof(float))};
	rng_init(&m->rng, 5, RNG_WEIGHTS, 0);
	for (size_t c = 0; c < COUPLINGS; c++) {
		for (size_t l = 0; l <= HIDDEN; l++) {
			char name[NICE_NAME];
			size_t in = l == 0 ? D / 2 : MID, out = l == HIDDEN ? D / 2 : MID;
			nice_names_name(name, c, l, HIDDEN + 1, "weight");
			add(m, name, 2, out, in, 1.7 * gain / sqrt((double)in));
			nice_names_name(name, c, l, HIDDEN + 1, "bias");
			add(m, name, 1, out, 1, gain / sqrt((double)in));
		}
	}
	add(m, "scaling.scale", 2, 1, D, 0.8);
	if (density_open(&m->density, &m->tensors, backend, precision, &m->e) == STATUS_OK &&
	    density_open_gradient(&m->density, &m->tensors, &m->e) == STATUS_OK)
		density_workspace_init(&m->workspace, &m->density, &m->e);
	for (size_t i = 0; i < N * D; i++)
		m->x[i] = round((4 * rng_uniform(&m->rng) - 2) * 1024) / 1024;
	for (size_t j = 0; j < D; j++)
		m->baseline[j] = round((rng_uniform(&m->rng) - 0.5) * 1024) / 1024;
	ok(m->e.status == STATUS_OK, "a model is made %s", m->e.text);
}

static void dismiss(struct fixture *m)
{
	density_workspace_release(&m->workspace);
	density_release(&m->density);
	tensors_release(&m->tensors);
	free(m->values);
}

static double ll_of(struct fixture *m, const double *x)
{
	double ll;
	density_log_density(&m->density, &m->workspace, 1, x, &ll, &m->e);
	return ll;
}

/* h = 2^-9 on the grid: x + h is exact in float32. The shifts carry errors of 2^-24, which the
 * slopes of at most exp(0.8) turn into 8 * 2.2 * 2^-24 / 2^-9 = 5e-4 of a difference. Where a ReLU
 * bends within h, the two one-sided differences disagree; if by more than 3e-5, the element is
 * passed over, if by less, the difference errs by 3e-5 / 2h = 8e-3. */
static void differences(void)
{
	const double h = 0x1p-9;
	struct fixture m;
	double dx[N * D], ll[N], worst = 0;
	size_t n = 0;
	make(&m, 1, &linear_ref, PRECISION_F32);
	density_gradient(&m.density, &m.workspace, N, m.x, ll, dx, &m.e);
	for (size_t i = 0; i < N * D; i++) {
		double moved[D], *x = m.x + i / D * D, *own = &moved[i % D];
		memcpy(moved, x, sizeof(moved));
		*own += h;
		double above = ll_of(&m, moved);
		*own -= 2 * h;
		double below = ll_of(&m, moved), here = ll[i / D];
		if (fabs(above + below - 2 * here) > 3e-5)
			continue;
		worst = fmax(worst, fabs((above - below) / (2 * h) - dx[i]));
		n++;
	}
	ok(n > N * D / 4 && worst < 1e-2, "gradient: %zu derivatives, largest error %.2g", n,
	   worst);
	for (size_t r = 0, wrong = 0; r < N; r++) {
		wrong += ll[r] != ll_of(&m, m.x + r * D);
		if (r + 1 == N)
			ok(wrong == 0, "with it come the same likelihoods");
	}
	dismiss(&m);
}

/* Without conditioners LL is a sum over elements: d LL / dx = -tanh(z/2) exp(s). */
static void closed_form(void)
{
	struct fixture m;
	double dx[D], ll, worst = 0;
	make(&m, 0, &linear_packed, PRECISION_F32);
	const struct tensor *scale = tensors_find(&m.tensors, "scaling.scale");
	density_gradient(&m.density, &m.workspace, 1, m.x, &ll, dx, &m.e);
	for (size_t j = 0; j < D; j++) {
		double s;
		tensor_to_double(scale, j, 1, &s);
		worst = fmax(worst, fabs(dx[j] + tanh(m.x[j] * exp(s) / 2) * exp(s)));
	}
	ok(worst < 1e-14, "gradient: the closed form without conditioners (%.2g)", worst);
	dismiss(&m);
}

/* The attributions of n records of f32, with that many items at once. */
static void attribute(struct fixture *m, const struct attribution *a, const unsigned char *raw,
                      size_t n, size_t piece, double *values, double *remainders)
{
	struct attribution_sum s = {0};
	size_t nitems = attribution_items(a);
	double *x = calloc(LINEAR_MAX_ROWS * D, sizeof(double));
	attribution_sum_init(&s, a, &m->e);
	for (size_t at = 0, now; at < n * nitems; at += now) {
		now = n * nitems - at < piece ? n * nitems - at : piece;
		attribution_compute(a, &m->workspace, raw, at, now, x, &m->e);
		for (size_t i = 0; i < now; i++) {
			size_t record = (at + i) / nitems;
			if (!attribution_sum_add(&s, raw + record * D * 4, (at + i) % nitems,
			                         attribution_result(a, x, i)))
				continue;
			memcpy(values + record * D, s.values, D * sizeof(double));
			remainders[record] = s.remainder;
		}
	}
	attribution_sum_release(&s);
	free(x);
}

static void any_pieces(const struct linear_backend *backend, enum precision precision)
{
	static const char *const names[] = {"replace", "gradient", "path"};
	struct fixture m;
	unsigned char raw[N * D * 4];
	double one[N * D], more[N * D], left[N] = {0}, again[N] = {0};
	make(&m, 1, backend, precision);
	element_from_double(ELEMENT_F32, m.x, N * D, raw);
	for (int method = 0; method < 3; method++) {
		struct attribution a = {
		    &m.density, (enum attribution_method)method, m.baseline, 5, true, ELEMENT_F32};
		int wrong = 0;
		attribute(&m, &a, raw, N, 1, one, left);
		for (size_t piece = 2; piece <= LINEAR_MAX_ROWS; piece += 1 + piece / 3 * 2) {
			attribute(&m, &a, raw, N, piece, more, again);
			wrong += memcmp(one, more, sizeof(one)) != 0 ||
			         memcmp(left, again, sizeof(left)) != 0;
		}
		ok(wrong == 0 && m.e.status == STATUS_OK, "%s, %s: the same bits in any pieces",
		   names[method], precision_name(precision));
	}
	dismiss(&m);
}

/* The likelihoods of a record alone and of each variant alone: what is shared shows no trace. */
static void replacement(void)
{
	struct fixture m;
	unsigned char raw[N * D * 4];
	double got[N * D], left[N];
	int wrong = 0;
	make(&m, 1, &linear_packed, PRECISION_F32);
	for (size_t r = 0; r < N; r++)
		m.x[r * D + r % D] = m.baseline[r % D];
	m.x[D + 3] = NAN;
	element_from_double(ELEMENT_F32, m.x, N * D, raw);
	struct attribution a = {.density = &m.density,
	                        .method = ATTRIBUTION_REPLACE,
	                        .baseline = m.baseline,
	                        .type = ELEMENT_F32};
	attribute(&m, &a, raw, N, 100, got, left);
	for (size_t i = 0; i < N * D; i++) {
		double variant[D];
		memcpy(variant, m.x + i / D * D, sizeof(variant));
		double before = ll_of(&m, variant);
		variant[i % D] = m.baseline[i % D];
		double after = ll_of(&m, variant), expected = after - before;
		if (isnan(before))
			expected = i == D + 3 ? (double)INFINITY : 0;
		wrong += got[i] != expected;
	}
	ok(wrong == 0, "replace: the differences of likelihoods, bit for bit (%d wrong)", wrong);
	dismiss(&m);
}

/* Where a ReLU bends, the slope of LL along the path jumps, and the midpoint rule errs by at most
 * the jump over 2 m: by less than 1e-3 for 4096 steps and jumps of 8 nats per path. The smooth part
 * is far more exact. The rules of the left and right ends err by four times as much. */
static void completeness(void)
{
	struct fixture m;
	unsigned char raw[N * D * 4];
	double values[N * D], left[3][N], worst[3] = {0}, unequal = 0;
	static const size_t steps[3] = {16, 256, 4096};
	make(&m, 1, &linear_packed, PRECISION_F32);
	element_from_double(ELEMENT_F32, m.x, N * D, raw);
	for (int k = 0; k < 3; k++) {
		struct attribution a = {&m.density, ATTRIBUTION_PATH, m.baseline, steps[k],
		                        true,       ELEMENT_F32};
		attribute(&m, &a, raw, N, LINEAR_MAX_ROWS, values, left[k]);
		for (size_t r = 0; r < N; r++)
			worst[k] = fmax(worst[k], fabs(left[k][r]));
	}
	for (size_t r = 0; r < N; r++) {
		double sum = 0;
		for (size_t j = 0; j < D; j++)
			sum += values[r * D + j];
		unequal =
		    fmax(unequal,
		         fabs(sum - (ll_of(&m, m.x + r * D) - ll_of(&m, m.baseline)) - left[2][r]));
	}
	ok(worst[2] < 1e-3 && worst[1] < worst[0] && worst[2] < worst[1],
	   "path: the sum is LL(x) - LL(b), within %.2g, %.2g, %.2g for 16, 256, 4096 steps",
	   worst[0], worst[1], worst[2]);
	ok(unequal < 1e-12, "path: the remainder is what is lacking");
	dismiss(&m);
}

int main(void)
{
	differences();
	closed_form();
	any_pieces(&linear_packed, PRECISION_F32);
	if (linear_has_bf16())
		any_pieces(&linear_dnnl, PRECISION_BF16);
	replacement();
	completeness();
	return tap_end();
}
