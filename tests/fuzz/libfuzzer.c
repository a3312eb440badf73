/* Puts fuzz_repair behind libFuzzer's own mutations, three times of four, and ends the search when
 * the process has had FUZZ_SECONDS of CPU: libFuzzer itself counts the clock's, which on a busy
 * machine say little. */
#include "fuzz.h"

#include <signal.h>
#include <sys/resource.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What libFuzzer takes as the wish to end after the input in hand, with its figures and status 0.
 */
static void finish(int signal)
{
	(void)signal;
	raise(SIGUSR1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	const char *seconds = getenv("FUZZ_SECONDS");
	if (seconds) {
		signal(SIGXCPU, finish);
		setrlimit(RLIMIT_CPU, &(struct rlimit){strtoul(seconds, NULL, 10), RLIM_INFINITY});
	}
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 4)
		fuzz_repair(data, size);
	return size;
}
