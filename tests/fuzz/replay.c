/*
 * fuzz_NAME [-m N] FILE...: runs the harness over each file, and over N mutations of it, the same
 * ones every time: bits flipped, bytes set, pieces cut, doubled or taken from the file before.
 * Prints how many inputs that were. An input that ends the program is left in the file "input" of
 * the working directory.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* An input may take 5 s of the processor and 1 GiB, and what its size adds: generous, for
 * sanitizers and slow machines; what is quadratic or believes a header takes more. */
enum { MAX_SECONDS = 5, BYTES_A_SECOND = 1 << 17, MAX_KIB = 1 << 20 };
enum { MAX_MUTATED = 1 << 15, MAX_SECONDS_IN_ALL = 120 };

struct input {
	uint8_t *data;
	size_t size;
};

static uint64_t state;

/* splitmix64 */
static uint64_t next_random(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(size_t n)
{
	return n ? (size_t)(next_random() % n) : 0;
}

static struct input copy_of(const uint8_t *data, size_t size, size_t room)
{
	struct input made = {malloc(room ? room : 1), size};
	must(made.data);
	if (size > 0)
		memcpy(made.data, data, size);
	return made;
}

static void check_use(clock_t start, size_t size)
{
	struct rusage use;
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	must(seconds <= MAX_SECONDS + (double)size / BYTES_A_SECOND);
	must(getrusage(RUSAGE_SELF, &use) == 0);
#ifdef __linux__ /* where the unit is KiB */
	must((size_t)use.ru_maxrss <= MAX_KIB + size / 16);
#endif
}

/* In memory of exactly its size, for what looks at bounds, and on disk, for what asks why. */
static void run(int fd, const struct input *in)
{
	struct input exact = copy_of(in->data, in->size, in->size);
	must(ftruncate(fd, 0) == 0 && pwrite(fd, in->data, in->size, 0) == (ssize_t)in->size);
	clock_t start = clock();
	LLVMFuzzerTestOneInput(exact.data, exact.size);
	check_use(start, exact.size);
	free(exact.data);
}

/* Inserts the piece, or what fits of it. */
static void insert(struct input *in, size_t at, const uint8_t *piece, size_t n)
{
	struct input copy = copy_of(piece, n, n); /* it may be of the input itself */
	n = n < MAX_MUTATED - in->size ? n : MAX_MUTATED - in->size;
	memmove(in->data + at + n, in->data + at, in->size - at);
	memcpy(in->data + at, copy.data, n);
	in->size += n;
	free(copy.data);
}

static void mutate_once(struct input *in, const struct input *other)
{
	static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '-', '9', 'e', 0x9b};
	size_t at = below(in->size), n = below(in->size - at) / (1 + below(8)) + 1;
	switch (in->size > 0 ? below(7) : 6) {
	case 0:
	case 1:
		in->data[at] ^= (uint8_t)(1 << below(8));
		break;
	case 2:
		in->data[at] = telling[below(sizeof(telling))];
		break;
	case 3:
		in->size = at;
		break;
	case 4:
		memmove(in->data + at, in->data + at + n, in->size - at - n);
		in->size -= n;
		break;
	case 5:
		insert(in, at, in->data + at, n);
		break;
	default:
		insert(in, at, other->data, below(other->size + 1));
	}
}

static void run_mutations(int fd, const struct input *in, const struct input *other, uint64_t n)
{
	state = in->size ^ (uint64_t)fuzz_crc32(in->data, in->size) << 32;
	for (uint64_t i = 0; i < n; i++) {
		struct input mutated = copy_of(in->data, in->size, MAX_MUTATED);
		for (size_t times = 1 + below(4); times > 0; times--)
			mutate_once(&mutated, other);
		if (below(4))
			fuzz_repair(mutated.data, mutated.size);
		run(fd, &mutated);
		free(mutated.data);
	}
}

static struct input read_file(const char *path)
{
	struct bytes all;
	int c;
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
	bytes_begin(&all);
	while ((c = getc(f)) != EOF)
		putc(c, all.f);
	bytes_end(&all);
	fclose(f);
	return (struct input){(uint8_t *)all.data, all.size};
}

int main(int argc, char **argv)
{
	const struct rlimit limit = {MAX_SECONDS_IN_ALL,
	                             MAX_SECONDS_IN_ALL}; /* of the processor: none hangs */
	uint64_t nmutations = 0, nruns = 0;
	struct input other = copy_of(NULL, 0, 0);
	int option, fd = open("input", O_RDWR | O_CREAT | O_TRUNC, 0666);
	setrlimit(RLIMIT_CPU, &limit);
	must(fd >= 0);
	while ((option = getopt(argc, argv, "m:")) != -1) {
		if (option != 'm')
			return 2;
		nmutations = strtoull(optarg, NULL, 10);
	}
	for (; optind < argc; optind++) {
		struct input in = read_file(argv[optind]);
		uint64_t n = in.size < MAX_MUTATED / 2 ? nmutations : 0;
		run(fd, &in);
		run_mutations(fd, &in, &other, n);
		nruns += 1 + n;
		free(other.data);
		other = in;
		other.size = in.size < MAX_MUTATED ? in.size : MAX_MUTATED;
	}
	free(other.data);
	close(fd);
	unlink("input");
	printf("%llu\n", (unsigned long long)nruns);
	return 0;
}
