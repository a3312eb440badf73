/* Streams of labels (verdict/labels.h). */
#include "fuzz.h"
#include "verdict/labels.h"

#include <string.h>
#include <unistd.h>

/* Takes as many labels as there are, at most limit, and ends the stream. */
static size_t read_labels(const uint8_t *data, size_t size, enum arrival arrival, size_t limit,
                          struct bytes *out, struct error *e)
{
	struct labels l = {0};
	bool anomalous = false;
	size_t n = 0;
	*e = (struct error){0};
	bytes_begin(out);
	fuzz_serve(data, size, arrival);
	must(labels_open(&l, "labels", NULL, e) == STATUS_OK);
	while (n < limit && labels_next(&l, &anomalous, e) == STATUS_OK) {
		putc('0' + anomalous, out->f);
		n++;
	}
	if (e->status == STATUS_OK)
		labels_finish(&l, e);
	labels_release(&l);
	bytes_end(out);
	fuzz_check_error(e);
	return n;
}

/* The labels are the numbers of the stream, up to the first that is neither 0 nor 1. */
static void must_be_numbers(const uint8_t *data, size_t size, const struct bytes *labels)
{
	struct numbers in = {0};
	struct error e = {0};
	const double *values;
	size_t n = 1, i = 0;
	bool all = true;
	int fd = fuzz_open(data, size, AT_ONCE);
	must(numbers_init(&in, fd, NULL, false, &e) == STATUS_OK);
	while (n > 0 && all && numbers_next(&in, &values, &n, &e) == STATUS_OK) {
		for (size_t k = 0; k < n && all; k++) {
			all = values[k] == 0 || values[k] == 1;
			if (all) {
				must(i < labels->size && labels->data[i] == '0' + (values[k] == 1));
				i++;
			}
		}
	}
	must(i == labels->size);
	numbers_release(&in);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes labels, other;
	struct error e, other_e;
	size_t n = read_labels(data, size, AT_ONCE, SIZE_MAX, &labels, &e);
	must(e.status != STATUS_OK);
	must_be_numbers(data, size, &labels);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		must(read_labels(data, size, a, SIZE_MAX, &other, &other_e) == n);
		must(fuzz_same_error(&e, &other_e) && bytes_same(&labels, other.data, other.size));
		bytes_release(&other);
	}
	/* As many numbers as labels is right; one number fewer is not. */
	read_labels(data, size, AT_ONCE, n, &other, &other_e);
	bool cut = size > 0 && data[size - 1] != '\n';
	must((e.status == STATUS_TRUNCATED && !cut) == (other_e.status == STATUS_OK));
	must(bytes_same(&labels, other.data, other.size));
	bytes_release(&other);
	if (n > 0) {
		read_labels(data, size, AT_ONCE, n - 1, &other, &other_e);
		must(other_e.status == STATUS_MISMATCH);
		bytes_release(&other);
	}
	bytes_release(&labels);
	return 0;
}
