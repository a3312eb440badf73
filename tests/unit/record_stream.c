/* Records from descriptors that dribble, are interrupted or do not block. */
#include "io/record_stream.h"
#include "io/input.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 5, NRECORDS = 7, BYTES = RECORD * NRECORDS };

static unsigned char data[BYTES];

static void nap(long milliseconds)
{
	struct timespec t = {0, milliseconds * 1000000};
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* A child that writes n bytes of data in pieces, with naps between; returns the reading end. */
static int producer(size_t n, size_t piece, long milliseconds, pid_t *child)
{
	int ends[2];
	if (pipe(ends) != 0 || (*child = fork()) < 0)
		abort();
	if (*child == 0) {
		close(ends[0]);
		for (size_t i = 0; i < n; i += piece) {
			size_t size = n - i < piece ? n - i : piece;
			if (write(ends[1], data + i, size) != (ssize_t)size)
				_exit(1);
			nap(milliseconds);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void finish(int fd, pid_t child)
{
	close(fd);
	waitpid(child, NULL, 0);
}

/* Reads to the end or an error; whether the records were those of data, in order. */
static bool read_all(int fd, size_t max_records, uint64_t *nrecords, struct error *e)
{
	struct record_stream r;
	const unsigned char *batch;
	size_t n = 1, seen = 0;
	bool same = true;
	if (record_stream_init(&r, fd, NULL, RECORD, max_records, e) != STATUS_OK)
		return false;
	while (n > 0 && record_stream_next(&r, &batch, &n, e) == STATUS_OK) {
		same = same && n <= max_records && seen + n * RECORD <= BYTES &&
		       memcmp(batch, data + seen, n * RECORD) == 0;
		seen += n * RECORD;
	}
	*nrecords = r.nrecords;
	record_stream_release(&r);
	return same;
}

static void dribbling(void)
{
	for (size_t piece = 1; piece <= 2 * RECORD + 1; piece++) {
		for (size_t max = 1; max <= 3; max++) {
			struct error e = {0};
			pid_t child;
			uint64_t n = 0;
			int fd = producer(BYTES, piece, 0, &child);
			bool same = read_all(fd, max, &n, &e);
			ok(same && n == NRECORDS && e.status == STATUS_OK,
			   "%d records in pieces of %zu, batches of %zu", NRECORDS, piece, max);
			finish(fd, child);
		}
	}
}

static void short_last_record(void)
{
	for (size_t n = 0; n < 2 * RECORD + 1; n++) {
		struct error e = {0};
		pid_t child;
		uint64_t nrecords = 9;
		char expected[100];
		int fd = producer(n, 3, 0, &child);
		bool same = read_all(fd, 4, &nrecords, &e);
		snprintf(expected, sizeof(expected),
		         "record %zu (byte %zu): unexpected end of input after %zu of %d bytes",
		         n / RECORD, n / RECORD * RECORD, n % RECORD, RECORD);
		ok(same && nrecords == n / RECORD &&
		       e.status == (n % RECORD ? STATUS_TRUNCATED : STATUS_OK) &&
		       strcmp(e.text, n % RECORD ? expected : "") == 0,
		   "the end after %zu bytes: '%s'", n, e.text);
		finish(fd, child);
	}
}

/* The first record is there long before the second: it must not wait for it. */
static void served_at_once(void)
{
	struct error e = {0};
	struct record_stream r;
	const unsigned char *batch;
	size_t n = 0;
	pid_t child;
	int fd = producer(2 * RECORD, RECORD + 2, 300, &child);
	record_stream_init(&r, fd, NULL, RECORD, 100, &e);
	ok(record_stream_next(&r, &batch, &n, &e) == STATUS_OK && n == 1,
	   "one record, as soon as it is there");
	ok(waitpid(child, NULL, WNOHANG) == 0, "while its producer still lives");
	ok(record_stream_next(&r, &batch, &n, &e) == STATUS_OK && n == 1 &&
	       memcmp(batch, data + RECORD, RECORD) == 0,
	   "then the second, of which two bytes came early");
	ok(record_stream_next(&r, &batch, &n, &e) == STATUS_OK && n == 0, "then the end");
	record_stream_release(&r);
	finish(fd, child);
}

/* What has not arrived is not waited for; what has is not lost, nor is the end. */
static void ready_or_not(void)
{
	struct error e = {0};
	struct record_stream r;
	const unsigned char *batch;
	size_t n = 9;
	int ends[2];
	if (pipe(ends) != 0)
		exit(1);
	record_stream_init(&r, ends[0], NULL, RECORD, 4, &e);
	ok(record_stream_ready(&r, &batch, &n, &e) == STATUS_OK && n == 0, "nothing has arrived");
	bool written = write(ends[1], data, RECORD + 2) == RECORD + 2;
	ok(written && record_stream_ready(&r, &batch, &n, &e) == STATUS_OK && n == 1 &&
	       memcmp(batch, data, RECORD) == 0,
	   "one record has arrived");
	ok(record_stream_ready(&r, &batch, &n, &e) == STATUS_OK && n == 0,
	   "part of a record is none");
	written = write(ends[1], data + RECORD + 2, RECORD - 1) == RECORD - 1;
	close(ends[1]);
	ok(written && record_stream_ready(&r, &batch, &n, &e) == STATUS_OK && n == 1 &&
	       memcmp(batch, data + RECORD, RECORD) == 0,
	   "the rest of it makes it one");
	ok(record_stream_ready(&r, &batch, &n, &e) == STATUS_TRUNCATED && r.nrecords == 2,
	   "an end in a record: '%s'", e.text);
	record_stream_release(&r);
	close(ends[0]);
}

static volatile sig_atomic_t ticks;

static void on_tick(int signal)
{
	(void)signal;
	ticks++;
}

/* Signals without SA_RESTART end system calls with EINTR. */
static void interrupted(void)
{
	struct sigaction action = {.sa_handler = on_tick};
	struct itimerval every = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
	struct error e = {0};
	pid_t child;
	uint64_t n = 0;
	int fd = producer(BYTES, 4, 20, &child);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	bool same = read_all(fd, 2, &n, &e);
	setitimer(ITIMER_REAL, &never, NULL);
	ok(same && n == NRECORDS && e.status == STATUS_OK, "signals do not disturb: '%s'", e.text);
	ok(ticks > 10, "there were %d of them", (int)ticks);
	finish(fd, child);
}

static void non_blocking(void)
{
	struct error e = {0};
	pid_t child;
	uint64_t n = 0;
	int fd = producer(BYTES, 4, 20, &child);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	clock_t before = clock();
	bool same = read_all(fd, 2, &n, &e);
	double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
	ok(same && n == NRECORDS && e.status == STATUS_OK, "non-blocking is waited for: '%s'",
	   e.text);
	ok(seconds < 0.1, "without burning time: %.3f s", seconds); /* of 180 ms */
	finish(fd, child);
}

/* What is tied is flushed before a read waits, and not otherwise. */
static void tied_output(void)
{
	struct error e = {0};
	unsigned char byte;
	char seen[8] = {0};
	size_t got = 0;
	int in[2], out[2];
	if (pipe(in) != 0 || pipe(out) != 0)
		abort();
	FILE *tied = fdopen(out[1], "w");
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fputs("x", tied);
	ok(write(in[1], "ab", 2) == 2 && input_read(in[0], tied, &byte, 1, &got, &e) == STATUS_OK &&
	       got == 1 && byte == 'a',
	   "a byte that is there is read");
	ok(read(out[0], seen, sizeof(seen)) < 0 && errno == EAGAIN, "and nothing flushed for it");
	pid_t child = fork();
	if (child == 0) {
		nap(100);
		_exit(write(in[1], seen, read(out[0], seen, sizeof(seen)) == 1 ? 1 : 0) != 1);
	}
	close(in[1]);
	input_read(in[0], tied, &byte, 1, &got, &e);
	ok(input_read(in[0], tied, &byte, 1, &got, &e) == STATUS_OK && got == 1 && byte == 'x',
	   "the output was flushed before the read that had to wait");
	ok(input_read(in[0], tied, &byte, 1, &got, &e) == STATUS_OK && got == 0,
	   "the end is 0 bytes");
	waitpid(child, NULL, 0);
	fclose(tied);
	close(in[0]);
	close(out[0]);
}

/* A read that fails behind whole records: first they are handed out, then the error is. */
static void failing_read(void)
{
	struct error e = {0};
	struct record_stream r;
	const unsigned char *batch;
	size_t n = 0;
	int ends[2];
	if (pipe(ends) != 0)
		abort();
	record_stream_init(&r, ends[0], NULL, RECORD, 4, &e);
	ok(write(ends[1], data, RECORD + 1) == RECORD + 1 &&
	       record_stream_next(&r, &batch, &n, &e) == STATUS_OK && n == 1,
	   "a record and a byte of the next");
	/* A directory in the pipe's place cannot be read. */
	int directory = open("/", O_RDONLY);
	dup2(directory, ends[0]);
	close(directory);
	ok(record_stream_next(&r, &batch, &n, &e) == STATUS_SYSTEM && r.nrecords == 1,
	   "a failing read is told: '%s'", e.text);
	record_stream_release(&r);
	close(ends[0]);
	close(ends[1]);
}

/* The same within one call: memory whose next page is not mapped reads short, then fails. */
static void failing_read_behind_records(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct error e = {0};
	struct record_stream r;
	const unsigned char *batch;
	size_t n = 0;
	int fd = open("/proc/self/mem", O_RDONLY);
	FILE *two_pages = tmpfile();
	unsigned char *map = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, fileno(two_pages), 0);
	if (ftruncate(fileno(two_pages), (off_t)page) != 0 || map == MAP_FAILED)
		abort();
	if (fd < 0 || lseek(fd, (off_t)(uintptr_t)(map + page - 2 * RECORD - 1), SEEK_SET) < 0) {
		ok(true, "a failing read behind records # skip no /proc/self/mem");
	} else {
		record_stream_init(&r, fd, NULL, RECORD, 4, &e);
		ok(record_stream_next(&r, &batch, &n, &e) == STATUS_OK && n == 2 &&
		       e.status == STATUS_OK,
		   "two records before a failing read");
		ok(record_stream_next(&r, &batch, &n, &e) == STATUS_SYSTEM && r.nrecords == 2,
		   "then the failure: '%s'", e.text);
		record_stream_release(&r);
	}
	munmap(map, 2 * page);
	fclose(two_pages);
	close(fd);
}

static void open_files(void)
{
	struct error e = {0};
	int fd = -7;
	ok(input_open("/", &fd, &e) == STATUS_SYSTEM && fd == -7, "a directory: '%s'", e.text);
	e = (struct error){0};
	ok(input_open("/nowhere/at/all", &fd, &e) == STATUS_SYSTEM && fd == -7,
	   "a missing file: '%s'", e.text);
	e = (struct error){0};
	ok(input_open("-", &fd, &e) == STATUS_OK && fd == STDIN_FILENO, "- is standard input");
	struct record_stream r = {0};
	ok(record_stream_init(&r, fd, NULL, SIZE_MAX / 2, 3, &e) == STATUS_MEMORY && !r.data,
	   "a batch beyond the address space: '%s'", e.text);
}

int main(void)
{
	for (size_t i = 0; i < BYTES; i++)
		data[i] = (unsigned char)(i * 37 + 1);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* children must not print our lines again */
	dribbling();
	short_last_record();
	served_at_once();
	ready_or_not();
	interrupted();
	non_blocking();
	tied_output();
	failing_read();
	failing_read_behind_records();
	open_files();
	return tap_end();
}
