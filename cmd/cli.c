/* Start and end of every program, and its error messages. */
#include "cli.h"

#include "io/input.h"
#include "io/writer.h"
#include "startup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct program *self;
static struct writer standard_output;

/* With glibc, where stdout can be assigned, makes it a writer, which loses no error; elsewhere, or
 * without memory, stdout stays as it is. */
static void open_standard_output(void)
{
	static char buffer[1 << 16];
#ifdef __GLIBC__
	FILE *f = writer_open(&standard_output, STDOUT_FILENO);
	if (f)
		stdout = f;
#endif
	standard_output.terminal = isatty(STDOUT_FILENO);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

void cli_start(const struct program *program, char **argv)
{
	self = program;
	startup(program->name);
	argv[0] = (char *)(uintptr_t)program->name; /* for getopt's messages */
	open_standard_output();
}

void cli_confine(enum sandbox sandbox)
{
	int was = errno;
	sandbox_enter(sandbox); /* without one, the program still works */
	errno = was;
}

/* Only entering the sandbox shows whether the kernel allows it. */
void cli_print_version(void)
{
	const char *name = sandbox_name();
	bool entered = sandbox_enter(SANDBOX_CLOSED);
	printf("%s (nicetools) %s\nsandbox: %s\n", self->name, NICETOOLS_VERSION,
	       entered || strcmp(name, "none") == 0 ? name : "refused by the kernel");
}

_Noreturn void cli_try_help(void)
{
	fprintf(stderr, "Try '%s --help'.\n", self->name);
	exit(EXIT_USAGE);
}

_Noreturn void cli_usage(const char *format, ...)
{
	va_list args;
	fprintf(stderr, "%s: ", self->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	cli_try_help();
}

const char *cli_operand(int argc, char **argv, int first)
{
	if (argc - first > 1)
		cli_usage("more than one file: '%s'", argv[first + 1]);
	return first < argc ? argv[first] : "-";
}

void cli_operands(int argc, char **argv, int first, struct input_list *files)
{
	static const char *const none[] = {"-"};
	*files = (struct input_list){.names = none, .n = 1, .fd = -1};
	if (first < argc) {
		files->names = (const char *const *)argv + first;
		files->n = (size_t)(argc - first);
	}
}

const char *cli_input_name(const char *file)
{
	return strcmp(file, "-") == 0 ? "standard input" : file;
}

static int report(const char *file, const struct error *e)
{
	struct error told = *e; /* error_prefix makes the name printable, which may be hostile */
	if (file)
		error_prefix(&told, "%.2000s: ", cli_input_name(file));
	fprintf(stderr, "%s: %s%s\n", self->name, told.text,
	        e->status == STATUS_CONTENT ? " (use --any-content to accept it as raw records)"
	                                    : "");
	return EXIT_BAD;
}

void cli_warn(const char *file, const char *format, ...)
{
	struct error e = {0};
	char text[1000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error_set(&e, STATUS_MISMATCH, "%s", text);
	report(file, &e);
}

void cli_warn_if_most(const char *file, uint64_t odd, uint64_t n, const char *what)
{
	if (odd > n / 2)
		cli_warn(file, "%" PRIu64 " of %" PRIu64 " %s", odd, n, what);
}

int cli_fail(const char *file, const struct error *e)
{
	fflush(stdout); /* results come before the error */
	if (ferror(stdout) && e->status == STATUS_SYSTEM)
		return EXIT_BAD; /* cli_finish reports lost output, once */
	return report(file, e);
}

int cli_close_input(const char *file, int fd, const struct error *e)
{
	input_close(fd);
	return e->status == STATUS_OK ? EXIT_OK : cli_fail(file, e);
}

const char *cli_output_name(const char *file)
{
	return strcmp(file, "-") == 0 ? "standard output" : file;
}

int cli_fail_output(const char *file, const struct error *e)
{
	return cli_fail(cli_output_name(file), e);
}

int cli_finish(int status)
{
	struct error e = {0};
	if (!writer_close(&standard_output, stdout)) {
		if (standard_output.refused)
			error_set(
			    &e, STATUS_UNSUPPORTED,
			    "raw data are not written to a terminal, but to a file or a pipe");
		else
			error_system(&e, "cannot write");
		return report("standard output", &e); /* which is closed */
	}
	return status;
}
