/* Parsing against strtod on a million decimals, and streams of numbers in awkward pieces. */
#include "io/numbers.h"
#include "base/decimal.h"
#include "base/rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static double of_bits(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t to_bits(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

enum { TEXT = 200 };

/* What calibrations are made of, in any number of digits. */
static void likelihood(struct rng *r, char text[TEXT])
{
	double value = (rng_uniform(r) - 0.5) * pow(10, (double)rng_below(r, 9) - 3);
	snprintf(text, TEXT, "%.*g", 1 + (int)rng_below(r, 20), value);
}

/* Any digits, with or without a point and an exponent around the limits of the fast path. */
static void any_digits(struct rng *r, char text[TEXT])
{
	static const char *signs[] = {"", "-", "+"};
	size_t used = (size_t)snprintf(text, TEXT, "%s", signs[rng_below(r, 3)]);
	size_t ndigits = 1 + rng_below(r, 22), point = rng_below(r, 24);
	for (size_t i = 0; i < ndigits; i++) {
		if (i == point)
			text[used++] = '.';
		text[used++] = (char)('0' + (rng_below(r, 3) ? rng_below(r, 10) : 0));
	}
	text[used] = '\0';
	if (rng_below(r, 2))
		snprintf(text + used, TEXT - used, "%c%s%d", rng_below(r, 2) ? 'e' : 'E',
		         rng_below(r, 2) ? "" : "-", (int)rng_below(r, 32));
}

/* Halfway between two doubles, or a last digit off: where a double rounding shows. */
static void halfway(struct rng *r, char text[TEXT])
{
	uint64_t exponent = 1023 - 60 + rng_below(r, 140);
	uint64_t bits = exponent << 52 | (rng_u64(r) >> 12);
	double low = of_bits(bits), high = of_bits(bits + 1);
	long double middle = ((long double)low + high) / 2;
	snprintf(text, TEXT, "%.*Lg", 17 + (int)rng_below(r, 8), middle);
	char *last = text + strcspn(text, "e") - 1;
	if (rng_below(r, 2) && *last >= '1' && *last <= '8')
		*last = (char)(*last + 1 - 2 * (int)rng_below(r, 2));
}

/* A whole number of 54 to 64 bits on, or next to, the border between two doubles. */
static void whole_halfway(struct rng *r, char text[TEXT])
{
	unsigned shift = 1 + (unsigned)rng_below(r, 11);
	uint64_t m = (rng_u64(r) >> 12 | UINT64_C(1) << 52) << shift | UINT64_C(1) << (shift - 1);
	snprintf(text, TEXT, "%llu", (unsigned long long)(m + rng_below(r, 3) - 1));
}

static void any_double(struct rng *r, char text[TEXT])
{
	decimal_format_double(of_bits(rng_u64(r)), text);
}

static void against_strtod(const char *what, void (*make)(struct rng *, char *), uint64_t seed)
{
	enum { N = 200000 };
	struct rng r;
	char text[TEXT], wrong[TEXT] = "";
	int nwrong = 0;
	rng_init(&r, seed, RNG_SAMPLES, 0);
	for (int i = 0; i < N; i++) {
		double value = 0;
		make(&r, text);
		size_t length = strlen(text);
		bool good = decimal_parse_delimited(text, length, &value);
		double expected = strtod(text, NULL);
		if (!good || (to_bits(value) != to_bits(expected) && expected == expected)) {
			memcpy(wrong, text, TEXT);
			nwrong++;
		}
	}
	ok(nwrong == 0, "%d of %d %s parse otherwise than by strtod %s", nwrong, N, what, wrong);
}

static void refusals(void)
{
	static const char *bad[] = {"",    ".",     "-",     "+",      "e5",    "1e",
	                            "1e+", "--1",   "1 ",    " 1",     "1,5",   "0x10",
	                            "1p3", "1e5.5", "1.2.3", "nan(1)", "infin", "1_000",
	                            "1d5", "1f",    "-.e1",  "1\r",    "1\t2",  "\xef\xbb\xbf 1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		double value = 7;
		ok(!decimal_parse_delimited(bad[i], strlen(bad[i]), &value) && value == 7,
		   "refused: case %zu", i);
	}
	double value;
	ok(!decimal_parse_delimited("1\0", 2, &value), "refused: NUL behind a number");
	ok(decimal_parse_delimited("-0.000e99", 9, &value) && to_bits(value) == UINT64_C(1) << 63,
	   "minus zero keeps its sign");
	ok(decimal_parse_delimited("1e400", 5, &value) && isinf(value),
	   "too large a number is infinite");
	ok(decimal_parse_delimited("-NaN", 4, &value) && isnan(value), "nan is a number");
}

/* Writes text to a pipe, or a file if it is long, and opens it as a stream. */
static int source(const char *text, size_t length)
{
	FILE *f = tmpfile();
	fwrite(text, 1, length, f);
	fflush(f);
	int fd = dup(fileno(f));
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Reads all; returns how many numbers came before the end or the error. */
static size_t count(const char *text, size_t length, bool binary, struct error *e)
{
	struct numbers s = {0};
	const double *values;
	size_t n = 1, total = 0;
	int fd = source(text, length);
	if (numbers_init(&s, fd, NULL, binary, e) == STATUS_OK)
		while (n > 0 && numbers_next(&s, &values, &n, e) == STATUS_OK)
			total += n;
	numbers_release(&s);
	close(fd);
	return total;
}

static void expect(const char *text, size_t length, bool binary, size_t n, const char *error)
{
	struct error e = {0};
	size_t got = count(text, length, binary, &e);
	if (!ok(got == n && strcmp(e.text, error) == 0, "%zu numbers, then: %s", n,
	        *error ? error : "the end"))
		printf("# got %zu, then: %s\n", got, e.text);
}

#define EXPECT(text, n, error) expect(text, sizeof(text) - 1, false, n, error)

/* What is said of a last line without its newline. */
#define CUT(place, number)                                                                         \
	place ": unexpected end of input after '" number                                           \
	      "': without a newline the number may be incomplete"

static void texts(void)
{
	EXPECT("", 0, "");
	EXPECT("1\n2\n", 2, "");
	EXPECT("1\r\n2\r\n", 2, "");
	EXPECT("1\n2", 1, CUT("line 2 (byte 2)", "2"));
	EXPECT("1\n2\r", 1, CUT("line 2 (byte 2)", "2"));
	EXPECT("1e400\n-INF\n+nan\nInfinity\n", 4, "");
	EXPECT("\xef\xbb\xbf"
	       "1\n",
	       0, "line 1 (byte 0): '\\xef\\xbb\\xbf1' is not a number");
	EXPECT("1\n\xc2\xa0"
	       "2\n",
	       1, "line 2 (byte 2): '\\xc2\\xa02' is not a number");
	EXPECT("1\n2,5\n", 1, "line 2 (byte 2): '2,5' is not a number");
	EXPECT("1\nnan(1)\n", 1, "line 2 (byte 2): 'nan(1)' is not a number");
	EXPECT("1\ninfinit\n", 1, "line 2 (byte 2): 'infinit' is not a number");
	EXPECT("1\n\n2\n", 1, "line 2 (byte 2): an empty line is not a number");
	EXPECT("\r\n", 0, "line 1 (byte 0): an empty line is not a number");
	EXPECT("1\n 2\n", 1, "line 2 (byte 2): ' 2' is not a number");
	EXPECT("1\n2\n3 4\n", 2, "line 3 (byte 4): '3 4' is not a number");
	EXPECT("1\n0x10", 1, "line 2 (byte 2): '0x10' is not a number");
	EXPECT("1\n2\0\n", 1, "line 2 (byte 2): '2\\x00' is not a number");
	EXPECT("1\n\x1b[31m\n", 1, "line 2 (byte 2): '\\x1b[31m' is not a number");
	EXPECT("1\n2\r3\n", 1, "line 2 (byte 2): '2\\x0d3' is not a number");
	expect("12345678", 8, true, 1, "");
	expect("12345678abc", 11, true, 1,
	       "record 1 (byte 8): unexpected end of input after 3 of 8 bytes");
}

static void long_lines(void)
{
	static char text[1 << 20];
	memset(text, '1', sizeof(text));
	text[0] = '0';
	text[1] = '.';
	text[NUMBERS_MAX_LINE] = '\n';
	expect(text, NUMBERS_MAX_LINE + 1, false, 1, "");
	text[NUMBERS_MAX_LINE] = '1';
	expect(text, NUMBERS_MAX_LINE + 1, false, 0,
	       "line 1 (byte 0): more than 1199 bytes in a line");
	expect(text, sizeof(text), false, 0, "line 1 (byte 0): more than 1199 bytes in a line");
	memset(text, '0', sizeof(text));
	text[NUMBERS_MAX_LINE] = '\n';
	expect(text, NUMBERS_MAX_LINE + 1, false, 1, "");
	text[NUMBERS_MAX_LINE] = '\r';
	text[NUMBERS_MAX_LINE + 1] = '\n';
	expect(text, NUMBERS_MAX_LINE + 2, false, 1, "");
	text[NUMBERS_MAX_LINE] = '0';
	expect(text, NUMBERS_MAX_LINE + 2, false, 0,
	       "line 1 (byte 0): more than 1199 bytes in a line");
}

/* Many numbers of all lengths, so that lines lie across the borders of buffer and batch; then an
 * error far behind, at the right place. */
static void many(void)
{
	enum { N = 100000 };
	struct error e = {0};
	struct numbers s = {0};
	struct rng r;
	char line[TEXT];
	const double *values;
	size_t n = 1, total = 0, wrong = 0;
	static double expected[N];
	FILE *f = tmpfile();
	rng_init(&r, 9, RNG_SAMPLES, 0);
	for (size_t i = 0; i < N; i++) {
		any_digits(&r, line);
		expected[i] = strtod(line, NULL);
		fprintf(f, "%s%s", line, rng_below(&r, 2) ? "\n" : "\r\n");
	}
	long end = ftell(f);
	fputs("x\n", f);
	rewind(f);
	numbers_init(&s, fileno(f), NULL, false, &e);
	while (n > 0 && numbers_next(&s, &values, &n, &e) == STATUS_OK) {
		for (size_t i = 0; i < n && total + i < N; i++)
			wrong += to_bits(values[i]) != to_bits(expected[total + i]);
		total += n;
	}
	snprintf(line, sizeof(line), "line %d (byte %ld): 'x' is not a number", N + 1, end);
	ok(total == N && wrong == 0, "%d numbers across all buffers are right", N);
	if (!ok(strcmp(e.text, line) == 0, "the error behind them names its line and byte"))
		printf("# %s, expected %s\n", e.text, line);
	numbers_release(&s);
	fclose(f);
}

static void writing(void)
{
	enum { N = 1000 };
	struct error e = {0};
	struct numbers s = {0};
	const double *values;
	double written[N];
	struct rng r;
	rng_init(&r, 10, RNG_SAMPLES, 0);
	for (size_t i = 0; i < N; i++)
		written[i] = of_bits(rng_u64(&r) & ~(UINT64_C(1) << 52));
	written[0] = -INFINITY;
	for (int binary = 0; binary < 2; binary++) {
		size_t n = 0, same = 0;
		FILE *f = tmpfile();
		numbers_write(f, written, N, binary);
		rewind(f);
		numbers_init(&s, fileno(f), NULL, binary, &e);
		numbers_next(&s, &values, &n, &e);
		for (size_t i = 0; i < n && n <= N; i++)
			same += to_bits(values[i]) == to_bits(written[i]);
		ok(n == N && same == N, "what is written as %s reads back",
		   binary ? "f64" : "text");
		numbers_release(&s);
		fclose(f);
	}
}

int main(void)
{
	against_strtod("log-likelihoods", likelihood, 1);
	against_strtod("decimals", any_digits, 2);
	against_strtod("halfway decimals", halfway, 3);
	against_strtod("halfway whole numbers", whole_halfway, 4);
	against_strtod("shortest decimals", any_double, 5);
	refusals();
	texts();
	long_lines();
	many();
	writing();
	return tap_end();
}
