/* The options that niceflow and nicevae share. */
#ifndef LANES_OPTIONS_H
#define LANES_OPTIONS_H

#include "base/element.h"
#include "io/input.h"
#include "io/whole_file.h"
#include "linear/precision.h"
#include "model/tensors.h"
#include "option.h"
#include "progress.h"
#include "shard/shard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LIKELIHOOD, without an option for it, is a bound in nicevae, which has neither of the last two.
 */
enum mode { LIKELIHOOD, LATENT, INVERSE, SAMPLES, INFO, BOUND, ATTRIBUTE };

/* The first member of a program's own options. */
struct lanes_options {
	enum mode mode;
	const char *modes; /* the options that set one, for messages */
	const char *model;
	enum whole_file_way way; /* of the model */
	struct input_list *files;
	enum element type;
	bool type_given;
	uint64_t nsamples, seed, first;
	bool binary, any_content;
	struct shard shard; /* count 0: not given */
	enum precision precision;
	size_t nthreads; /* 0: the default */
	size_t batch;    /* 0: the default */
	enum progress_wish progress;
};

/* For the parse() of an option that sets a mode: one only. */
void lanes_options_set_mode(struct lanes_options *o, enum mode mode);

/* Functions for OPTION_CUSTOM. */
void lanes_options_parse_latent(const char *option, const char *arg, void *options);
void lanes_options_parse_inverse(const char *option, const char *arg, void *options);
void lanes_options_parse_samples(const char *option, const char *arg, void *options);
void lanes_options_parse_info(const char *option, const char *arg, void *options);
void lanes_options_parse_type(const char *option, const char *arg, void *options);

/* Rows of a table. */
#define LANES_OPTIONS_TYPE                                                                         \
	{                                                                                          \
		't', "type", "TYPE",                                                               \
		    "element type of the input: u8, f32, f64 (default: the type recorded in the "  \
		    "model, or f32)",                                                              \
		    OPTION_CUSTOM(lanes_options_parse_type), .choices = option_elements            \
	}
#define LANES_OPTIONS_SAMPLES                                                                      \
	{                                                                                          \
		'n', "samples", "N", "write N samples from the model, as raw f32",                 \
		    OPTION_CUSTOM(lanes_options_parse_samples)                                     \
	}
#define LANES_OPTIONS_SHARD                                                                        \
	{                                                                                          \
		.name = "shard", .argument = "I/N",                                                \
		.help = "read only part I of N equal parts of all records of the files",           \
		OPTION_SHARD(struct lanes_options, shard)                                          \
	}
#define LANES_OPTIONS_BATCH                                                                        \
	{                                                                                          \
		'B', "batch", "BATCH",                                                             \
		    "maximum number of records processed at once (default: 384 per thread, or "    \
		    "256 KiB)",                                                                    \
		    OPTION_SIZE(struct lanes_options, batch, 1, 1 << 20)                           \
	}
#define LANES_OPTIONS_INFO                                                                         \
	{                                                                                          \
		'i', "info", NULL, "print a description of the model",                             \
		    OPTION_CUSTOM(lanes_options_parse_info)                                        \
	}

/* The last rows, in this order. */
#define LANES_OPTIONS_LAST                                                                         \
	OPTION_PRECISION(struct lanes_options, precision),                                         \
	    OPTION_THREADS(struct lanes_options, nthreads), LANES_OPTIONS_BATCH,                   \
	    LANES_OPTIONS_INFO, OPTION_PROGRESS(struct lanes_options, progress),                   \
	    OPTION_QUIET(struct lanes_options, progress, "draw no progress line"),                 \
	    OPTION_ANY_CONTENT(struct lanes_options, any_content)

/* After the program's own checks: takes the operands from argv[first] on, and ends the program if
 * an option does not fit. */
void lanes_options_finish(struct lanes_options *o, const struct option_spec *table, int argc,
                          char **argv, int first);

/* Without -t: records are of the type that training noted, bounds are of pixels, latents are f32.
 */
void lanes_options_choose_type(struct lanes_options *o, const struct tensors *model);

#endif
