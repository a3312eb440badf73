/*
 * What every program does at its start and end: standard streams, sandbox, error messages, exit
 * status. Only this prints errors.
 */
#ifndef CLI_H
#define CLI_H

#include "base/error.h"
#include "io/input.h"
#include "io/output.h"
#include "system/sandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, the same for every program. */
enum { EXIT_OK = 0, EXIT_BAD = 1, EXIT_USAGE = 2 };

struct program {
	const char *name;
	const char *usage;   /* lines "usage: ..." */
	const char *purpose; /* one sentence */
};

/* Call first. Sets the program's name in all messages, including those of getopt; makes standard
 * output a writer (io/writer.h) with a large buffer; keeps closed standard streams from being
 * opened as something else; turns the signal for a file that reaches its size limit (RLIMIT_FSIZE)
 * into a failed write, and that for a mapped file that was truncated (SIGBUS) into a message and
 * EXIT_BAD. */
void cli_start(const struct program *program, char **argv);

/* Gives up the rights that the program no longer needs (system/sandbox.h), where the system
 * supports that; --version says whether it does. */
void cli_confine(enum sandbox sandbox);

/* Prints what --version prints; enters the sandbox. */
void cli_print_version(void);

/* Prints "name: ", the text and a pointer to --help on standard error, and exits with EXIT_USAGE.
 */
_Noreturn void cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a usage error that has already been reported. */
_Noreturn void cli_try_help(void);

/* Returns the only operand, argv[first], or "-" if there is none; more are a usage error. */
const char *cli_operand(int argc, char **argv, int first);

/* All operands from argv[first] on, or "-" if there is none. */
void cli_operands(int argc, char **argv, int first, struct input_list *files);

/* Flushes standard output, then prints "name: file: text" on standard error; "-" is called standard
 * input, NULL is left out. Returns EXIT_BAD. */
int cli_fail(const char *file, const struct error *e);

/* A line like cli_fail's that is no failure. */
void cli_warn(const char *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same if more than half of n numbers are odd: "odd of n what". */
void cli_warn_if_most(const char *file, uint64_t odd, uint64_t n, const char *what);

/* The end of an input (io/record_stream.h): closes fd, unless it is standard input or -1, and
 * reports the error if there is one. Returns EXIT_OK or EXIT_BAD. */
int cli_close_input(const char *file, int fd, const struct error *e);

/* How messages call an input: "-" is standard input. */
const char *cli_input_name(const char *file);

/* As cli_fail for an output file: "-" is called standard output. */
int cli_fail_output(const char *file, const struct error *e);
const char *cli_output_name(const char *file);

/* Flushes and closes standard output. Returns the status to exit with: `status`, or EXIT_BAD, after
 * a message, if output was lost. */
int cli_finish(int status);

#endif
