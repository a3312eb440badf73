/* Center, spread and noise of training records, against the rule of nicetrain(1) by hand. */
#include "train/scaling.h"
#include "tap.h"

#include <stdlib.h>

enum { D = 5, CONSTANT = 0, TWO_VALUES, INTEGERS, FEW_INTEGERS, OUTLIERS };

static const char *const names[D] = {"a constant", "one of two values", "integers",
                                     "three integers", "zeros and outliers"};

static double value(size_t i, size_t j)
{
	switch (j) {
	case CONSTANT:
		return 7;
	case TWO_VALUES:
		return i % 100 == 0 ? 10 : 0;
	case INTEGERS:
		return (double)(i % 30);
	case FEW_INTEGERS:
		return (double)(i % 3);
	default:
		return i < 3 ? 100 * (double)i : 0;
	}
}

static double stdev(size_t n, size_t j)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		sum += value(i, j);
	for (size_t i = 0; i < n; i++)
		squares += pow(value(i, j) - sum / (double)n, 2);
	return sqrt(squares / (double)(n - 1));
}

static void expect(const struct scaling *s, size_t j, double spread, double width)
{
	char what[100];
	snprintf(what, sizeof(what), "%s: spread", names[j]);
	ok_near(s->stdev[j], spread, 1e-9 * spread, what);
	snprintf(what, sizeof(what), "%s: width of the noise", names[j]);
	ok_near(s->width[j], width, 1e-9 * width, what);
}

/* Every second of 2 n records is measured; the others are far away. share: of a stdev, the noise.
 */
static void measure(size_t n, double share)
{
	double *rows = calloc(2 * n * D, sizeof(double));
	uint32_t *numbers = calloc(n, sizeof(uint32_t));
	struct scaling s = {0};
	struct error e = {0};
	for (size_t i = 0; i < 2 * n; i++) {
		for (size_t j = 0; j < D; j++)
			rows[i * D + j] = i % 2 == 0 ? value(i / 2, j) : 1e9 + (double)i;
		numbers[i / 2] = (uint32_t)(i / 2 * 2);
	}
	struct dataset_file file = {.bytes = {.data = (unsigned char *)rows}};
	struct dataset set = {.files = &file,
	                      .nfiles = 1,
	                      .type = ELEMENT_F64,
	                      .d = D,
	                      .record_bytes = D * sizeof(double),
	                      .nrecords = 2 * n};
	printf("# %zu records\n", n);
	ok(scaling_measure(&s, &set, numbers, n, true, true, &e) == STATUS_OK, "measured");
	double wide = stdev(n, INTEGERS), few = stdev(n, FEW_INTEGERS), far = stdev(n, OUTLIERS);
	expect(&s, CONSTANT, 1, share);
	expect(&s, TWO_VALUES, 20, 20);
	expect(&s, INTEGERS, wide, fmax(share * wide, 1));
	expect(&s, FEW_INTEGERS, few, fmax(share * few, 1));
	expect(&s, OUTLIERS, far, fmin(100, 2 * far));
	ok_near(s.mean[INTEGERS], 14.5, 1e-9, "integers: mean");
	ok_near(scaling_log_det(&s), -log(20) - log(wide) - log(few) - log(far), 1e-9,
	        "the determinant");
	scaling_release(&s);
	free(rows);
	free(numbers);
}

int main(void)
{
	measure(90, 1);
	measure(900, 0.5);
	measure(9000, 0.3);
	return tap_end();
}
