/*
 * The importance-weighted bound on the log-probability of discrete pixels under a flow's density p
 * (Theis, van den Oord, Bethge, arXiv:1511.01844; Burda, Grosse, Salakhutdinov, arXiv:1509.00519;
 * Hoogeboom, Cohen, Tomczak, arXiv:2001.11235).
 *
 * Pixels v in {0 .. 255}^D are dequantised by u_1 .. u_K, uniform in (0, 1)^D:
 *
 *     P(v) = 256^-D E p((v + u) / 256)
 *     log-weight k = log p((v + u_k) / 256) - D log 256
 *     VLB_K(v) = log((1/K) sum_k exp(log-weight k))
 *
 * P(v) is the mass that p has in the cell of v; all cells tile [0, 1)^D. By Jensen E VLB_M <=
 * E VLB_K <= log P(v) for M <= K: the expectation is a bound, one draw of it is not.
 */
#ifndef BOUND_H
#define BOUND_H

#include "flow.h"
#include "status.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* u is drawn for (seed, number of the record, k, element), which share the 64 bits of a generator's
 * index: 48 for the record, 16 for k. */
enum { BOUND_MAX_K = 1 << 16 };
#define BOUND_MAX_RECORDS (UINT64_C(1) << 48)

struct bound {
	const struct flow *flow;
	size_t k; /* K, 1 .. BOUND_MAX_K */
	uint64_t seed;
};

/* Log-weights, nats, of n consecutive rows, where row r is dequantisation r % K of record r / K.
 * v: the records as u8, (.., D), of which the first has the number `first`, to be below
 * BOUND_MAX_RECORDS for all. x: room for the dequantised records, (n, D); log_weights (n) may be x.
 * A row's result does not depend on the others. Several threads may do this at once, each with a
 * workspace of its own. */
enum status bound_log_weights(const struct bound *b, struct flow_workspace *w,
                              const unsigned char *v, uint64_t first, uint64_t row, size_t n,
                              double *x, double *log_weights, struct error *e);

/* log((1/n) sum exp(value)) and the standard deviation of values that come one by one. Start
 * from LOG_MEAN_EXP. The same values in the same order give the same bits. */
struct log_mean_exp {
	uint64_t n;
	double max;
	double sum;     /* of exp(value - max) */
	double mean;    /* of the values */
	double squares; /* sum of (value - mean)^2 */
};
#define LOG_MEAN_EXP ((struct log_mean_exp){.max = -INFINITY})

void log_mean_exp_add(struct log_mean_exp *m, double value);

/* n > 0. -inf if all values are, NaN if one is. */
double log_mean_exp_value(const struct log_mean_exp *m);

/* sqrt(squares / (n - 1)); NaN for less than two values, or one that is not finite. */
double log_mean_exp_stdev(const struct log_mean_exp *m);

#endif
