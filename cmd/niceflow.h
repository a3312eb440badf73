/* The options of niceflow, and its verbs. */
#ifndef NICEFLOW_H
#define NICEFLOW_H

#include "attribution/attribution.h"
#include "base/error.h"
#include "cli.h"
#include "density/density.h"
#include "lanes_options.h"

#include <stdbool.h>
#include <stddef.h>

enum { STEPS = 256 /* of a path */ };

struct niceflow_options {
	struct lanes_options common;
	double temperature;
	size_t k; /* dequantisations */
	bool bits, spread, weights;
	enum attribution_method method; /* of ATTRIBUTE */
	const char *baseline;
	size_t steps; /* 0: the default */
	bool check;
};

extern const struct program niceflow_program;

/* Does not return after -h, -V or a usage error. o->common.files: room for a list. */
void niceflow_parse(int argc, char **argv, struct niceflow_options *o);

/* What the model is. t: the tensors that f was opened from. */
enum status niceflow_info(const struct density *f, const struct tensors *t, struct error *e);

/* Each of these writes to standard output, by as many threads as threads_count() says; whatever
 * their number, the output is the same. */

/* Likelihoods, latents or inverses of the records of the files. */
enum status niceflow_score(const struct density *f, const struct niceflow_options *o,
                           struct error *e);

/* Bounds on the log-probabilities of the pixels in the files, or the log-weights behind them. */
enum status niceflow_bound(const struct density *f, const struct niceflow_options *o,
                           struct error *e);

/* Samples. */
enum status niceflow_sample(const struct density *f, const struct niceflow_options *o,
                            struct error *e);

/* Attributions of the records of the file, or what a path's sum lacks. baseline: of
 * niceflow_baseline. */
enum status niceflow_attribute(const struct density *f, const struct niceflow_options *o,
                               const double *baseline, struct error *e);

/* Ends the program if the options of --attribute do not fit the others. */
void niceflow_check_attribute(const struct niceflow_options *o);

/* Room for a baseline (d), with that of the model, t, unless --baseline names another; the caller
 * frees it. An error if one is needed and there is none. */
enum status niceflow_baseline(const struct niceflow_options *o, size_t d, const struct tensors *t,
                              double **baseline, struct error *e);

/* Reads that of --baseline, one raw record and nothing else. Returns an exit status, after a
 * message. */
int niceflow_read_baseline(const struct niceflow_options *o, size_t d, double *baseline);

#endif
