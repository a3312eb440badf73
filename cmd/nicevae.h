/* The options of nicevae, and its verbs. */
#ifndef NICEVAE_H
#define NICEVAE_H

#include "base/element.h"
#include "base/error.h"
#include "cli.h"
#include "io/whole_file.h"
#include "progress.h"
#include "shard/shard.h"
#include "vae/vae.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { BOUND, LATENT, INVERSE, SAMPLES, INFO };

struct nicevae_options {
	enum mode mode;
	const char *model;
	enum whole_file_way way; /* of the model */
	struct input_list *files;
	enum element type;
	bool type_given;
	uint64_t nsamples, seed, first;
	size_t k; /* 0: the default */
	bool spread, weights, means;
	bool binary, any_content;
	struct shard shard; /* count 0: not given */
	enum precision precision;
	size_t nthreads; /* 0: the default */
	size_t batch;    /* 0: the default */
	enum progress_wish progress;
};

enum { NICEVAE_K = 16 /* draws by default */ };

extern const struct program nicevae_program;

/* Does not return after -h, -V or a usage error. o->files: room for a list. */
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
