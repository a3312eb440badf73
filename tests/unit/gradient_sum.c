/* Sums of gradients along the tree: the shape of the tree, whatever share of the parts a process
 * has. Each part is one float; a sum depends on its order. */
#include "team/gradient_sum.h"
#include "tap.h"

#include <stdlib.h>

enum { MOST = 40, N = 5 };

static float part_value(size_t part, size_t i)
{
	return (float)(1 + part * part) * 0.1f + (float)i * 1e4f * (part % 3 == 0 ? 1.0f : -1.0f);
}

/* By the definition in gradient_sum.h. */
static float tree(size_t begin, size_t end, size_t i)
{
	size_t left = 1;
	if (end - begin == 1)
		return part_value(begin, i);
	while (2 * left < end - begin)
		left *= 2;
	return tree(begin, begin + left, i) + tree(begin + left, end, i);
}

static void add_part(struct gradient_sum *s, size_t part)
{
	bool add;
	float *to = gradient_sum_next(s, &add);
	for (size_t i = 0; i < N; i++)
		to[i] = add ? to[i] + part_value(part, i) : part_value(part, i);
	gradient_sum_done(s);
}

/* Two batches, since the second one finds used buffers. */
static void alone(void)
{
	int wrong = 0, deep = 0;
	for (size_t count = 1; count <= MOST; count++) {
		struct gradient_sum s = {0};
		struct error e = {0};
		gradient_sum_init(&s, &team_alone, N, 1, count, &e);
		gradient_sum_begin(&s);
		add_part(&s, 0); /* a batch that was given up */
		for (int batch = 0; batch < 2; batch++) {
			gradient_sum_begin(&s);
			for (size_t part = 0; part < count; part++)
				add_part(&s, part);
			const float *total = gradient_sum_total(&s);
			for (size_t i = 0; i < N; i++)
				wrong += total[i] != tree(0, count, i);
		}
		deep += s.nbuffers > 6; /* log2 of 64 */
		gradient_sum_release(&s);
	}
	ok(wrong == 0, "sums of 1 to 40 parts are those of the tree");
	ok(deep == 0, "with as many buffers as the tree is deep");
}

static void shares(void)
{
	int wrong = 0, uneven = 0;
	for (size_t size = 1; size <= 9; size++) {
		for (size_t n = 0; n < 50; n++) {
			struct team team = {.rank = 0, .size = size};
			size_t bounds[10], least = SIZE_MAX, most = 0;
			team_share(&team, n, 1, bounds);
			wrong += bounds[0] != 0 || bounds[size] != n;
			for (size_t r = 0; r < size; r++) {
				size_t share = bounds[r + 1] - bounds[r];
				wrong += bounds[r + 1] < bounds[r];
				least = share < least ? share : least;
				most = share > most ? share : most;
			}
			uneven += most > least + 1;
			team_share(&team, n, 4, bounds);
			for (size_t r = 0; r < size; r++)
				wrong += bounds[r] % 4 != 0 && bounds[r] != n;
			wrong += bounds[size] != n;
		}
	}
	ok(wrong == 0, "shares are all, in order, and begin at multiples of the grain");
	ok(uneven == 0, "and differ by at most one");
}

int main(void)
{
	alone();
	shares();
	return tap_end();
}
