/*
 * The options of a program as one table, which is parsed by getopt_long, range-checked, stored into
 * the program's struct, and printed as --help.
 */
#ifndef OPTION_H
#define OPTION_H

#include "cli.h"
#include "io/whole_file.h"
#include "progress.h"
#include "shard/shard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an argument is, and the type of the field that receives it. */
enum option_kind {
	OPTION_FLAG,   /* no argument; bool, set to true */
	OPTION_INPUT,  /* const char *, the name of a file to read */
	OPTION_OUTPUT, /* const char *, the name of a file to write */
	OPTION_TEXT,   /* const char * */
	OPTION_COUNT,  /* uint64_t, from min to max */
	OPTION_SIZE,   /* size_t, from min to max */
	OPTION_REAL,   /* double, finite, from low to high */
	OPTION_DIMS,   /* struct dims, of min to max sizes */
	OPTION_SHARD,  /* struct shard (shard/shard.h) */
	OPTION_CHOICE, /* an enum: one of the choices */
	OPTION_SET,    /* no argument; an enum, set to a value */
	OPTION_CUSTOM, /* anything; parse() stores it */
};

/* The shape of a record: "28x28". */
struct dims {
	size_t nelements; /* the product of the sizes; 0: not given */
	unsigned rank;
	uint32_t sizes[255]; /* rank of them, at least 1 each */
};

struct option_choice {
	const char *name; /* NULL ends a list */
	int value;
};

struct option_spec {
	char letter;          /* 0 for none */
	const char *name;     /* the long option; NULL ends a table */
	const char *argument; /* its name in --help; NULL for none */
	const char *help;
	enum option_kind kind;
	size_t offset; /* of the field in the program's struct */
	uint64_t min, max;
	double low, high;
	const struct option_choice *choices; /* of OPTION_CUSTOM: for completion alone */
	int value;
	bool old_letter; /* the letter works, with a warning, and is not shown */
	/* option: "-q", for messages; arg: NULL for none; options: the program's struct */
	void (*parse)(const char *option, const char *arg, void *options);
};

/* The rest of a row, for a field of the struct T; the type of the field is checked. */
#define OPTION_AT(T, field, type) (offsetof(T, field) + 0 * sizeof((type *)0 == &((T *)0)->field))
#define OPTION_FLAG(T, field)     .kind = OPTION_FLAG, .offset = OPTION_AT(T, field, bool)
#define OPTION_INPUT(T, field)    .kind = OPTION_INPUT, .offset = OPTION_AT(T, field, const char *)
#define OPTION_OUTPUT(T, field)   .kind = OPTION_OUTPUT, .offset = OPTION_AT(T, field, const char *)
#define OPTION_TEXT(T, field)     .kind = OPTION_TEXT, .offset = OPTION_AT(T, field, const char *)
#define OPTION_COUNT(T, field, least, greatest)                                                    \
	.kind = OPTION_COUNT, .offset = OPTION_AT(T, field, uint64_t), .min = least, .max = greatest
#define OPTION_SIZE(T, field, least, greatest)                                                     \
	.kind = OPTION_SIZE, .offset = OPTION_AT(T, field, size_t), .min = least, .max = greatest
#define OPTION_REAL(T, field, least, greatest)                                                     \
	.kind = OPTION_REAL, .offset = OPTION_AT(T, field, double), .low = least, .high = greatest
#define OPTION_DIMS(T, field, least, greatest)                                                     \
	.kind = OPTION_DIMS, .offset = OPTION_AT(T, field, struct dims), .min = least,             \
	.max = greatest
#define OPTION_SHARD(T, field) .kind = OPTION_SHARD, .offset = OPTION_AT(T, field, struct shard)
#define OPTION_CHOICE(T, field, list)                                                              \
	.kind = OPTION_CHOICE, .offset = offsetof(T, field), .choices = list
#define OPTION_SET(T, field, constant)                                                             \
	.kind = OPTION_SET, .offset = offsetof(T, field), .value = constant
#define OPTION_CUSTOM(function) .kind = OPTION_CUSTOM, .parse = function

/* Rows shared by several programs. */
#define OPTION_ANY_CONTENT(T, field)                                                               \
	{                                                                                          \
		.name = "any-content",                                                             \
		.help = "accept the input as raw records even if it looks like another format",    \
		OPTION_FLAG(T, field)                                                              \
	}

#define OPTION_NO_MAP(T, field)                                                                    \
	{                                                                                          \
		.name = "no-map",                                                                  \
		.help = "read files into memory instead of mapping them (for network storage)",    \
		OPTION_SET(T, field, WHOLE_FILE_COPY)                                              \
	}

#define OPTION_PRECISION(T, field)                                                                 \
	{                                                                                          \
		'p', "precision", "P", "matrix products in f32 (default) or bf16",                 \
		    OPTION_CHOICE(T, field, option_precisions)                                     \
	}

#define OPTION_THREADS(T, field)                                                                   \
	{                                                                                          \
		'j', "threads", "THREADS",                                                         \
		    "number of threads (default: one per available processor)",                    \
		    OPTION_SIZE(T, field, 1, 1024)                                                 \
	}

#define OPTION_PROGRESS(T, field)                                                                  \
	{                                                                                          \
		.name = "progress",                                                                \
		.help = "draw the progress line even if standard error is not a terminal",         \
		OPTION_SET(T, field, PROGRESS_ALWAYS)                                              \
	}

/* what: its help; some programs print a table, too. */
#define OPTION_QUIET(T, field, what)                                                               \
	{                                                                                          \
		'q', "quiet", NULL, what, OPTION_SET(T, field, PROGRESS_NEVER)                     \
	}

/* Choices shared by several programs. */
extern const struct option_choice option_elements[];   /* of an enum element: u8, f32, f64 */
extern const struct option_choice option_precisions[]; /* of an enum precision: f32, bf16 */

enum { OPTION_MAX = 48 }; /* rows of a table, including those that every program has */

/* Stores the options into the program's struct. Returns the index of the first operand; does not
 * return after -h, -V or a usage error. */
int option_parse(const struct program *program, const struct option_spec *table, int argc,
                 char **argv, void *options);

/* For parse(): convert the whole argument; one that is malformed or out of range is a usage error
 * that names option and value. */
uint64_t option_count(const char *option, const char *arg, uint64_t min, uint64_t max);
double option_real(const char *option, const char *arg, double low, double high);

/* At most max_rank sizes, whose product fits a size_t. */
void option_dims(const char *option, const char *arg, unsigned max_rank, struct dims *dims);

/* Returns the value of the choice named arg. */
int option_choose(const char *option, const char *arg, const struct option_choice *choices);

/* Ends the program with a usage error if two of the files that the rows and the operands name are
 * both standard input, or if two of these and standard output are one file of which at least one
 * is written (io/output.h). */
void option_check_files(const struct option_spec *table, const void *options,
                        const char *const *operands, size_t noperands);

#endif
