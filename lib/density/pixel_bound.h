/*
 * Importance-weighted bound on the log-probability of discrete pixels under a density p
 * (Theis, van den Oord, Bethge, arXiv:1511.01844; Burda, Grosse, Salakhutdinov, arXiv:1509.00519;
 * Hoogeboom, Cohen, Tomczak, arXiv:2001.11235).
 *
 * Pixels v in {0 .. 255}^D are dequantised by u_1 .. u_K, uniform in (0, 1)^D:
 *
 *     P(v) = 256^-D E p((v + u) / 256)
 *     log-weight k = log p((v + u_k) / 256) - D log 256
 *     VLB_K(v) = log((1/K) sum_k exp(log-weight k))
 *
 * P(v) is the mass of p in the cell of v; the cells tile [0, 1)^D. By Jensen's inequality,
 * E VLB_M <= E VLB_K <= log P(v) for M <= K: the expectation is a bound, a single draw is not.
 */
#ifndef PIXEL_BOUND_H
#define PIXEL_BOUND_H

#include "base/error.h"
#include "density/density.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* u depends on (seed, record index, k, element); the record index and k share the 64-bit index of
 * the generator: 48 bits for the record, 16 for k. */
enum { BOUND_MAX_K = 1 << 16 };
#define BOUND_MAX_RECORDS (UINT64_C(1) << 48)

struct bound {
	const struct density *density;
	size_t k; /* K, 1 .. BOUND_MAX_K */
	uint64_t seed;
};

/* Computes the log-weights, in nats, of n consecutive rows, where row r is dequantisation r % K of
 * record r / K. v: the records as u8, (.., D); the first has index `first`, and all indices must be
 * below BOUND_MAX_RECORDS. x: room for the dequantised records, (n, D); log_weights (n) may be x.
 * The result of a row does not depend on the others. Several threads may call this at once, each
 * with its own workspace. */
enum status bound_log_weights(const struct bound *b, const struct density_workspace *w,
                              const unsigned char *v, uint64_t first, uint64_t row, size_t n,
                              double *x, double *log_weights, struct error *e);

/* Running log((1/n) sum exp(value)) and standard deviation of a sequence of values. Initialise with
 * LOG_MEAN_EXP. The same values in the same order give the same bits. */
struct log_mean_exp {
	uint64_t n;
	double max;
	double sum;     /* of exp(value - max) */
	double mean;    /* of the values */
	double squares; /* sum of (value - mean)^2 */
};
#define LOG_MEAN_EXP ((struct log_mean_exp){.max = -INFINITY})

void log_mean_exp_add(struct log_mean_exp *m, double value);

/* n > 0. -inf if all values are -inf, NaN if any is NaN. */
double log_mean_exp_value(const struct log_mean_exp *m);

/* sqrt(squares / (n - 1)); NaN if there are fewer than two values, or one is not finite. */
double log_mean_exp_stdev(const struct log_mean_exp *m);

#endif
