/* Windows of training records: their order, and which pages are asked for and let go. */
#define _DEFAULT_SOURCE /* ftruncate */
#include "train/window.h"
#include "base/rng.h"
#include "tap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 1001, RECORDS = 130, BLOCK = 2 };

/* Training records 3 i: the others are held out. Of a file that is not mapped, which is not
 * touched. */
static uint32_t numbers[N];

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static bool is_permutation(const uint32_t *order)
{
	uint32_t sorted[N];
	memcpy(sorted, order, sizeof(sorted));
	qsort(sorted, N, sizeof(*sorted), compare);
	return memcmp(sorted, numbers, sizeof(sorted)) == 0;
}

/* The first of the records of a window, and the last one, if they are whole blocks. */
static bool has_whole_blocks(const struct window *w, const uint32_t *order, size_t first, size_t *n)
{
	size_t count[N / BLOCK + 1] = {0}, expected = 0;
	for (size_t i = first; i < w->nblocks && i < first + WINDOW_BLOCKS; i++) {
		size_t block = w->blocks[i], size = block == N / BLOCK ? N % BLOCK : BLOCK;
		count[block] += size;
		expected += size;
	}
	for (size_t i = 0; i < expected; i++)
		count[order[i] / 3 / BLOCK]--;
	for (size_t i = 0; i <= N / BLOCK; i++) {
		if (count[i] != 0)
			return false;
	}
	*n = expected;
	return true;
}

static void test_order(void)
{
	static uint32_t order[N], again[N];
	struct dataset_file file = {0};
	struct dataset read = {.files = &file, .nfiles = 1};
	struct window w = {0};
	struct error e = {0};
	double sum = 0;
	size_t place = 0, n = 0, nfirst = 0;
	bool whole = true, permutation = true;
	ok(window_init(&w, &read, numbers, N, RECORDS, &e) == STATUS_OK && w.block == BLOCK &&
	       w.nblocks == N / BLOCK + 1,
	   "blocks of a 64th of a window, and a rest");
	window_shuffle(&w, 5, 1, order);
	for (size_t i = 0; i < w.nblocks && whole; i += WINDOW_BLOCKS, place += n)
		whole = has_whole_blocks(&w, order + place, i, &n);
	ok(whole && place == N, "every window has the records of its blocks");
	for (uint64_t epoch = 0; epoch < 1000; epoch++) {
		window_shuffle(&w, 5, epoch, again);
		permutation = permutation && is_permutation(again);
		nfirst += again[0] == numbers[N - 1];
		for (size_t i = 0; i < N; i++)
			sum += again[i] == numbers[7] ? (double)i : 0;
	}
	ok(permutation, "every record once");
	ok_near(sum / 1000, (N - 1) / 2.0, 5 * N / sqrt(12 * 1000.0), "a record is anywhere");
	ok(nfirst < 10, "the rest is a block as any other");
	window_shuffle(&w, 5, 1, again);
	ok(memcmp(order, again, sizeof(order)) == 0, "the order of an epoch is its own");
	window_shuffle(&w, 6, 1, again);
	ok(memcmp(order, again, sizeof(order)) != 0, "another seed, another order");
	window_release(&w);
}

/* As trainings have had it since they began: Fisher and Yates over all. */
static void test_whole(void)
{
	static uint32_t order[N], expected[N];
	struct dataset_file file = {0};
	struct dataset read = {.files = &file, .nfiles = 1};
	struct window w = {0};
	struct error e = {0};
	struct rng rng;
	rng_init(&rng, 5, RNG_SHUFFLE, 3);
	memcpy(expected, numbers, sizeof(expected));
	for (size_t i = N; i > 1; i--) {
		size_t j = (size_t)rng_below(&rng, i);
		uint32_t swap = expected[i - 1];
		expected[i - 1] = expected[j];
		expected[j] = swap;
	}
	window_init(&w, &read, numbers, N, 0, &e);
	window_shuffle(&w, 5, 3, order);
	ok(memcmp(order, expected, sizeof(order)) == 0, "without windows all are shuffled");
	window_advance(&w, 0, 100);
	ok(w.nexpected == 0, "and no page is asked for");
	window_release(&w);
}

/* ---- pages: records of a page each, a window of 4 MB ---- */

enum { PAGE = 4096, NPAGES = 8192, PART = 3000, WINDOW = 1024 };

static double mapped_megabytes(void)
{
	char line[200];
	double kilobytes = NAN;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "RssFile: %lf kB", &kilobytes) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kilobytes / 1024;
}

static bool add_file(struct dataset *set, size_t first, size_t n)
{
	struct error e = {0};
	FILE *f = tmpfile();
	bool made = f && ftruncate(fileno(f), (off_t)(n * PAGE)) == 0;
	for (size_t i = 0; i < n && made; i++) {
		uint32_t number = (uint32_t)(first + i);
		made =
		    pwrite(fileno(f), &number, sizeof(number), (off_t)(i * PAGE)) == sizeof(number);
	}
	made = made && dataset_add(set, fileno(f), true, &e) == STATUS_OK;
	if (f)
		fclose(f);
	return made;
}

static bool is_record(const struct dataset *set, uint32_t number)
{
	return memcmp(dataset_record(set, number), &number, sizeof(number)) == 0;
}

static bool read_batch(struct window *w, const uint32_t *order, size_t begin, size_t n)
{
	bool right = true;
	window_advance(w, begin, begin + n);
	for (size_t i = begin; i < begin + n; i++)
		right = right && is_record(w->set, order[i]);
	return right;
}

static void test_pages(void)
{
	static uint32_t all[NPAGES], order[NPAGES];
	struct dataset set;
	struct window w = {0};
	struct error e = {0};
	bool right = true;
	double most = 0, before = mapped_megabytes();
	dataset_init(&set, ELEMENT_U8, PAGE);
	for (uint32_t i = 0; i < NPAGES; i++)
		all[i] = i;
	ok(add_file(&set, 0, PART) && add_file(&set, PART, 0) &&
	       add_file(&set, PART, NPAGES - PART),
	   "three files, one of them empty");
	double read_once = mapped_megabytes() - before;
	ok(window_init(&w, &set, all, NPAGES, WINDOW, &e) == STATUS_OK &&
	       (isnan(before) || mapped_megabytes() - before < read_once - 16),
	   "what was read before is let go");
	window_shuffle(&w, 0, 0, order);
	right = read_batch(&w, order, 0, 16) && w.nexpected == WINDOW_BLOCKS + 1;
	ok(right && read_batch(&w, order, 512, 16) && w.nexpected == 64 + 33,
	   "the next window is asked for as this one is worked on");
	for (size_t i = 528; i < NPAGES && right; i += 16) {
		right = read_batch(&w, order, i, 16);
		most = fmax(most, mapped_megabytes() - before);
	}
	ok(right && w.nexpected == w.nblocks, "all records are right, and were asked for");
	ok(isnan(before) || most < 16, "of 32 MB, less than a half is mapped");
	window_shuffle(&w, 0, 1, order);
	ok(read_batch(&w, order, 5000, 16) && w.first == 256 && w.nexpected == 256 + 64 + 57,
	   "an epoch may be begun in its middle");
	ok(read_batch(&w, order, NPAGES - 2000, 2000) && w.begin == 6144,
	   "a batch may be larger than a window");
	window_release(&w);
	dataset_release(&set);
}

int main(void)
{
	for (uint32_t i = 0; i < N; i++)
		numbers[i] = 3 * i;
	test_order();
	test_whole();
	test_pages();
	return tap_end();
}
