/* What niceflow does with a flow: records in, or numbers of samples, and results out. */
#ifndef FLOWJOB_H
#define FLOWJOB_H

#include "bound.h"
#include "element.h"
#include "flow.h"
#include "progress.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { LIKELIHOOD, LATENT, INVERSE, BOUND, SAMPLES, INFO };

struct flow_options {
	enum mode mode;
	const char *model, *file;
	enum element type;
	uint64_t nsamples, seed, first;
	double temperature;
	size_t k; /* dequantisations */
	bool bits, spread, weights;
	bool binary;
	enum precision precision;
	unsigned nthreads; /* 0: the default */
	size_t batch; /* 0: the default */
	enum progress_wish progress;
};

/* Reads the file and writes to standard output, by as many threads as parallel_threads() says;
 * whatever their number, the output is the same. Not for INFO. */
enum status flowjob_run(const struct flow *f, const struct flow_options *o, struct error *e);

#endif
