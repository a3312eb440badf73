/* Knows the terminal manners of the toolkit. Does not know what any command computes. */
#include "cli.h"

#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli *self;

/* The next file opened would become a closed standard output, and be written to. What we put there
 * instead refuses to be read or written, just as a closed descriptor does. */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
	}
}

void cli_start(const struct cli *cli, char **argv)
{
	static char buffer[1 << 16];
	self = cli;
	hold_standard_descriptors();
	argv[0] = (char *)(uintptr_t)cli->name; /* for getopt's messages */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

void cli_share_cores(char **argv)
{
#ifdef __linux__
	if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT") &&
	    setenv("GOMP_SPINCOUNT", "5000", 1) == 0)
		execv("/proc/self/exe", argv); /* if that fails, threads spin */
#else
	(void)argv;
#endif
}

void cli_confine(enum sandbox sandbox)
{
	int was = errno;
	sandbox_enter(sandbox); /* a kernel that refuses is no reason to refuse the data */
	errno = was;
}

/* Whether there is a sandbox is known once it has been entered. */
static void print_version(void)
{
	const char *name = sandbox_name();
	bool entered = sandbox_enter(SANDBOX_CLOSED);
	printf("%s (nicetools) %s\nsandbox: %s\n", self->name, NICETOOLS_VERSION,
	       entered || strcmp(name, "none") == 0 ? name : "refused by the kernel");
}

_Noreturn void cli_option(int option)
{
	if (option == 'h') {
		fputs(self->synopsis, stdout);
		exit(cli_finish(EXIT_OK));
	}
	if (option == 'V') {
		print_version();
		exit(cli_finish(EXIT_OK));
	}
	/* getopt has said what is wrong */
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
	fprintf(stderr, "\nTry '%s --help'.\n", self->name);
	exit(EXIT_USAGE);
}

uint64_t cli_u64(const char *option, const char *arg, uint64_t min, uint64_t max)
{
	uint64_t value;
	if (!num_parse_u64(arg, min, max, &value))
		cli_usage("%s: '%s' is not a whole number from %llu to %llu", option, arg,
		          (unsigned long long)min, (unsigned long long)max);
	return value;
}

double cli_double(const char *option, const char *arg)
{
	double value;
	if (!num_parse_double(arg, strlen(arg), &value) || !isfinite(value))
		cli_usage("%s: '%s' is not a finite number", option, arg);
	return value;
}

enum element cli_element(const char *option, const char *arg)
{
	enum element type;
	if (!element_parse_raw(arg, &type))
		cli_usage("%s: '%s' is not one of the types u8, f32, f64", option, arg);
	return type;
}

enum precision cli_precision(const char *option, const char *arg)
{
	enum precision precision;
	if (!precision_parse(arg, &precision))
		cli_usage("%s: '%s' is not one of the precisions f32, bf16", option, arg);
	return precision;
}

size_t cli_dims(const char *option, const char *arg, unsigned max_rank, uint32_t *dims,
                unsigned *rank)
{
	char copy[3000]; /* 255 dimensions of up to 10 digits */
	uint64_t size, product = 1;
	unsigned n = 0;
	char *part = copy;
	if (strlen(arg) >= sizeof(copy))
		cli_usage("%s: '%s' is too long", option, arg);
	strcpy(copy, arg);
	for (char *next = copy; next; part = next) {
		next = strchr(part, 'x');
		if (next)
			*next++ = '\0';
		if (n == max_rank || !num_parse_u64(part, 1, UINT32_MAX, &size) ||
		    !num_mul(product, size, &product) || product > SIZE_MAX / 16)
			cli_usage("%s: '%s' is not a size like 28x28 (at most %u dimensions)", option,
			          arg, max_rank);
		dims[n++] = (uint32_t)size;
	}
	*rank = n;
	return (size_t)product;
}

const char *cli_operand(int argc, char **argv)
{
	if (argc - optind > 1)
		cli_usage("more than one file: '%s'", argv[optind + 1]);
	return optind < argc ? argv[optind] : "-";
}

int cli_fail(const char *file, const struct error *e)
{
	fflush(stdout); /* what is right comes first */
	if (ferror(stdout) && e->status == STATUS_SYSTEM)
		return EXIT_BAD; /* lost output is reported once, by cli_finish */
	struct error told = *e; /* a file's name may be hostile, too: error_prefix makes it printable */
	if (file)
		error_prefix(&told, "%.2000s: ", strcmp(file, "-") == 0 ? "standard input" : file);
	fprintf(stderr, "%s: %s\n", self->name, told.text);
	return EXIT_BAD;
}

int cli_finish(int status)
{
	struct error e = {0};
	int lost = ferror(stdout);
	if (fclose(stdout) != 0 || lost) {
		error_system(&e, "cannot write");
		return cli_fail("standard output", &e);
	}
	return status;
}
