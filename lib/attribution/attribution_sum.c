/* Results of items become attributions: always in the same order, whoever computed them. */
#include "attribution/attribution_sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum status find_baseline_ll(struct attribution_sum *s, struct error *e)
{
	const struct attribution *a = s->a;
	struct density_workspace w = {0};
	if (density_workspace_init(&w, a->density, e) == STATUS_OK)
		density_log_density(a->density, &w, 1, a->baseline, &s->baseline_ll, e);
	density_workspace_release(&w);
	return e->status;
}

enum status attribution_sum_init(struct attribution_sum *s, const struct attribution *a,
                                 struct error *e)
{
	struct attribution_sum made = {.a = a,
	                               .values = calloc(a->density->d, sizeof(double)),
	                               .x = calloc(a->density->d, sizeof(double))};
	if (!made.values || !made.x)
		error_memory(e);
	else if (a->method == ATTRIBUTION_PATH && a->remainder)
		find_baseline_ll(&made, e);
	if (e->status == STATUS_OK)
		*s = made;
	else
		attribution_sum_release(&made);
	return e->status;
}

void attribution_sum_release(struct attribution_sum *s)
{
	free(s->values);
	free(s->x);
	*s = (struct attribution_sum){0};
}

static void add_point(struct attribution_sum *s, const unsigned char *raw, size_t item,
                      const double *result)
{
	const struct attribution *a = s->a;
	size_t d = a->density->d;
	double m = (double)a->steps;
	if (item == 0)
		memset(s->values, 0, d * sizeof(double));
	for (size_t j = 0; j < d && item < a->steps; j++)
		s->values[j] += result[j];
	if (item + 1 == a->steps) {
		element_to_double(a->type, raw, d, s->x);
		for (size_t j = 0; j < d; j++)
			s->values[j] = (s->x[j] - a->baseline[j]) * (s->values[j] / m);
	}
	if (item == a->steps) {
		double sum = 0;
		for (size_t j = 0; j < d; j++)
			sum += s->values[j];
		s->remainder = sum - (result[0] - s->baseline_ll);
	}
}

/* What a likelihood gains by a replacement. One that is not finite counts as -infinity, and a
 * replacement that leaves it so gains nothing: an element that is NaN is named, and no other. */
static double gain(double replaced, double ll)
{
	if (isfinite(ll))
		return replaced - ll;
	return isfinite(replaced) ? (double)INFINITY : 0;
}

bool attribution_sum_add(struct attribution_sum *s, const unsigned char *raw, size_t item,
                         const double *result)
{
	const struct attribution *a = s->a;
	if (a->method == ATTRIBUTION_GRADIENT)
		memcpy(s->values, result, a->density->d * sizeof(double));
	else if (a->method == ATTRIBUTION_PATH)
		add_point(s, raw, item, result);
	else if (item == 0)
		s->ll = *result;
	else
		s->values[item - 1] = gain(*result == INFINITY ? s->ll : *result, s->ll);
	return item + 1 == attribution_items(a);
}
