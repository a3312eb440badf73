/*
 * Layers of a width through linear/linear.h and nothing else, one after the other on one thread:
 * how many GFLOP a second of processor time, for numbers of rows, with the weights of one layer (in
 * the cache) and of so many that each comes from memory. Lines of width, rows, layers and rate. The
 * processor's time, not the clock's: others on the machine do not matter.
 *
 * usage: layers WIDTH PRECISION (f32 or bf16) [onednn]: of float32, too, by oneDNN
 */
#include "base/decimal.h"
#include "linear/linear.h"
#include "system/hugepage.h"
#include "threads/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANY = 24, ROUNDS = 7 };

static const struct linear_backend *backend;

static double processor_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct linear *make_layer(size_t width, enum precision precision)
{
	struct linear_spec spec = {width, width, precision, .relu = true};
	struct linear *layer = NULL;
	struct error e = {0};
	float *weight = malloc(width * width * sizeof(float)), *bias = calloc(width, sizeof(float));
	if (!weight || !bias)
		exit(1);
	for (size_t i = 0; i < width * width; i++)
		weight[i] = (float)(i % 17) / 1024;
	if (backend->create(&spec, weight, bias, &layer, &e) != STATUS_OK)
		exit(1);
	free(weight);
	free(bias);
	return layer;
}

/* GFLOP/s, the best of some rounds. */
static double measure(struct linear *const *layers, size_t nlayers, size_t width, size_t rows,
                      void *const xy[2])
{
	double best = 0, flop = 2.0 * MANY * (double)rows * (double)width * (double)width;
	struct error e = {0};
	for (int round = 0; round < ROUNDS; round++) {
		double begin = processor_seconds();
		for (size_t i = 0; i < MANY; i++) {
			if (backend->forward(layers[i % nlayers], rows, xy[i % 2], xy[(i + 1) % 2],
			                     &e) != STATUS_OK)
				exit(1);
		}
		double rate = flop / (processor_seconds() - begin) * 1e-9;
		best = rate > best ? rate : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	static const size_t rows[] = {1, 16, 64, 128, 192, 256, LINEAR_MAX_ROWS};
	uint64_t width = 1000;
	struct linear *layers[MANY];
	void *xy[2];
	enum precision precision =
	    argc > 2 && strcmp(argv[2], "bf16") == 0 ? PRECISION_BF16 : PRECISION_F32;
	if (argc > 1 && !decimal_parse_u64(argv[1], 1, 1 << 14, &width))
		return 2;
	backend = argc > 3 && strcmp(argv[3], "onednn") == 0 ? &linear_dnnl : linear_for(precision);
	threads_set_count(1);
	for (int i = 0; i < 2; i++) {
		xy[i] = hugepage_zeroed(LINEAR_MAX_ROWS * (size_t)width, sizeof(float));
		if (!xy[i])
			return 1;
	}
	for (int i = 0; i < MANY; i++)
		layers[i] = make_layer((size_t)width, precision);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		printf("%d\t%zu\t1\t%.1f\n", (int)width, rows[i],
		       measure(layers, 1, (size_t)width, rows[i], xy));
		printf("%d\t%zu\t%d\t%.1f\n", (int)width, rows[i], MANY,
		       measure(layers, MANY, (size_t)width, rows[i], xy));
	}
	for (int i = 0; i < MANY; i++)
		backend->free(layers[i]);
	free(xy[0]);
	free(xy[1]);
	return 0;
}
