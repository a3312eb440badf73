/* The options of nicevae, and its verbs. */
#ifndef NICEVAE_H
#define NICEVAE_H

#include "base/error.h"
#include "cli.h"
#include "lanes_options.h"
#include "vae/vae.h"

#include <stdbool.h>
#include <stddef.h>

struct nicevae_options {
	struct lanes_options common;
	size_t k; /* 0: the default */
	bool spread, weights, means;
};

enum { NICEVAE_K = 16 /* draws by default */ };

extern const struct program nicevae_program;

/* Does not return after -h, -V or a usage error. o->common.files: room for a list. */
void nicevae_parse(int argc, char **argv, struct nicevae_options *o);

/* Each of these writes to standard output, by as many threads as threads_count() says; whatever
 * their number, the output is the same. */

/* Bounds on the log-likelihoods of the records of the file, or the log-weights behind them. */
enum status nicevae_bound(const struct vae *v, const struct nicevae_options *o, struct error *e);

/* Posterior means of the records of the file, or means of the records of its latents. */
enum status nicevae_map(const struct vae *v, const struct nicevae_options *o, struct error *e);

/* Samples. */
enum status nicevae_sample(const struct vae *v, const struct nicevae_options *o, struct error *e);

#endif
