/* States of nicedrift (drift/drift_state.h). */
#include "drift/drift_state.h"
#include "fuzz.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* The checksum in the last line. */
void fuzz_repair(uint8_t *data, size_t size)
{
	static const char name[] = "crc32\t";
	char digits[9];
	for (size_t at = size; at-- > 0;) {
		if (size - at < 14 || memcmp(data + at, name, 6) != 0 ||
		    (at > 0 && data[at - 1] != '\n'))
			continue;
		snprintf(digits, sizeof(digits), "%08" PRIx32, fuzz_crc32(data, at));
		memcpy(data + at + 6, digits, 8);
		return;
	}
}

static void read_state(const void *data, size_t size, enum arrival arrival, struct drift_state *s,
                       struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*s = (struct drift_state){0};
	*e = (struct error){0};
	drift_state_read(s, fd, e);
	fuzz_check_error(e);
	close(fd);
}

static void write_state(const struct drift_state *s, struct bytes *text)
{
	bytes_begin(text);
	drift_state_write(s, &s->values, text->f);
	bytes_end(text);
}

/* What was read can be gone on from, and its text is read as the same. */
static void check_state(struct drift_state *s)
{
	struct bytes text, again;
	struct drift_state back;
	struct error e;
	for (int i = 0; i < 3; i++)
		must(s->martingale.capital[i] >= 0);
	must((s->ncalibration > 0) == (s->input != DRIFT_P_VALUES));
	must(s->values.n == (s->input == DRIFT_SCORES ? s->ncalibration + s->martingale.n : 0));
	for (size_t i = 1; i < s->values.n; i++)
		must(sample_compare(s->values.values[i - 1], s->values.values[i]) <= 0);
	write_state(s, &text);
	read_state(text.data, text.size, AT_ONCE, &back, &e);
	must(e.status == STATUS_OK && drift_state_check(&back, s, &e) == STATUS_OK);
	write_state(&back, &again);
	must(bytes_same(&again, text.data, text.size));
	for (int i = 0; i < 100; i++)
		martingale_add(&back.martingale, i / 100.0);
	martingale_log10(&back.martingale);
	bytes_release(&text);
	bytes_release(&again);
	drift_state_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drift_state s, other;
	struct error e, other_e;
	read_state(data, size, AT_ONCE, &s, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_state(data, size, a, &other, &other_e);
		must(fuzz_same_error(&e, &other_e) && s.values.n == other.values.n);
		drift_state_release(&other);
	}
	if (e.status == STATUS_OK)
		check_state(&s);
	drift_state_release(&s);
	return 0;
}
