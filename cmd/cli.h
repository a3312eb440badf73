/* What every command does alike: its name in front of messages, help and version, option
 * numbers, and the closing of standard output. The only place that prints errors. */
#ifndef CLI_H
#define CLI_H

#include "element.h"
#include "precision.h"
#include "sandbox.h"
#include "status.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, the same for every program. */
enum { EXIT_OK = 0, EXIT_BAD = 1, EXIT_USAGE = 2 };

struct cli {
	const char *name;
	const char *synopsis; /* "usage: ..." line(s) and the options, as --help prints them */
};

/* Sets the name in all messages, getopt's included, and a large buffer for standard output.
 * Call first. */
void cli_start(const struct cli *cli, char **argv);

/* For programs that compute on several threads: lets a waiting thread spin for some ten
 * microseconds, which bridges two products, and then sleep, unless the environment (OMP_WAIT_POLICY,
 * GOMP_SPINCOUNT) says how it shall wait. OpenMP's default of milliseconds costs two thirds of the
 * speed as soon as anything else wants a core. Call before any thread exists: OpenMP reads its
 * environment once, so the program starts itself anew. */
void cli_share_cores(char **argv);

/* Gives up what the program does not need any more (sandbox.h), where the system offers that; --version
 * tries, and tells. */
void cli_confine(enum sandbox sandbox);

/* The options that every program has; a command's table ends with CLI_OPTIONS and its short
 * options with "hV". Anything that a command does not know goes to cli_option, which exits: 0
 * for help and version, 2 otherwise. */
#define CLI_OPTIONS \
	{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}
_Noreturn void cli_option(int option);

/* "name: " and the text, one line on standard error; then exits 2. */
_Noreturn void cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The argument of an option, parsed whole and within bounds; exits 2 otherwise, naming the option
 * ("-j") and the bad value. */
uint64_t cli_u64(const char *option, const char *arg, uint64_t min, uint64_t max);
double cli_double(const char *option, const char *arg); /* finite */
enum precision cli_precision(const char *option, const char *arg);
enum element cli_element(const char *option, const char *arg);
/* "28x28": rank sizes of at least 1, whose product fits a size_t; sets *rank (1 .. max_rank). */
size_t cli_dims(const char *option, const char *arg, unsigned max_rank, uint32_t *dims,
                unsigned *rank);

/* The only operand, or "-" if there is none; exits 2 if there are more. */
const char *cli_operand(int argc, char **argv);

/* "name: file: text" on standard error ("standard input" for "-", no file for NULL). Returns
 * EXIT_BAD. */
int cli_fail(const char *file, const struct error *e);

/* Flushes and closes standard output; returns the exit status to end with: `status`, or EXIT_BAD
 * with a message if output was lost. */
int cli_finish(int status);

#endif
