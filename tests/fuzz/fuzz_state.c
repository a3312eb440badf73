/* States of nicestat, one behind the other (state.h). */
#include "fuzz.h"
#include "state.h"

#include <math.h>
#include <string.h>

static FILE *open_text(const void *data, size_t size, enum arrival arrival)
{
	FILE *f = size ? fmemopen((void *)(uintptr_t)data, size, "r") : fopen("/dev/null", "r");
	must(f);
	if (arrival == BYTE_BY_BYTE)
		must(setvbuf(f, NULL, _IONBF, 0) == 0);
	return f;
}

static void write_state(struct state *s, struct bytes *text)
{
	bytes_begin(text);
	state_write(s, text->f);
	bytes_end(text);
}

static void must_be_written_as(struct state *s, const struct bytes *text)
{
	struct bytes again;
	write_state(s, &again);
	must(bytes_same(&again, text->data, text->size));
	bytes_release(&again);
}

/* One that was read can be what numbers have left behind. */
static void check_state(struct state *s)
{
	const struct summary *summary = &s->summary;
	must(!s->keeps || s->sample.n == summary->sums.n);
	if (summary->sums.n == 0)
		return;
	double mean = exact_mean(&summary->sums);
	must(isfinite(summary->min) && isfinite(summary->max));
	must(summary->min <= mean && mean <= summary->max);
	if (summary->sums.n > 1) {
		double stdev = exact_stdev(&summary->sums);
		must(stdev >= 0 && stdev <= summary->max - summary->min);
	}
	if (s->keeps) {
		must(s->sample.values[0] == summary->min);
		must(s->sample.values[s->sample.n - 1] == summary->max);
		for (size_t i = 1; i < s->sample.n; i++)
			must(s->sample.values[i - 1] <= s->sample.values[i]);
	}
}

/* Written and read it is equal, and its text the same. */
static void read_back(const struct state *s, const struct bytes *text)
{
	static struct state back;
	struct error e = {0};
	uint64_t line = 0;
	bool end;
	FILE *f = open_text(text->data, text->size, AT_ONCE);
	state_init(&back, s->keeps);
	must(state_read(&back, f, &line, &end, &e) == STATUS_OK && !end);
	must(summary_equal(&s->summary, &back.summary) && s->sample.n == back.sample.n);
	must_be_written_as(&back, text);
	state_release(&back);
	fclose(f);
}

/* Merged with none, from either side, it is what it was. */
static void merge_with_none(struct state *s, const struct bytes *text)
{
	static struct state none;
	struct error e = {0};
	state_init(&none, s->keeps);
	must(state_merge(s, &none, &e) == STATUS_OK);
	must_be_written_as(s, text);
	must(state_merge(&none, s, &e) == STATUS_OK);
	must_be_written_as(&none, text);
	state_release(&none);
}

/* Reads all of them, merged into total, checks each, and writes them one behind the other to out. */
static void read_all(const uint8_t *data, size_t size, enum arrival arrival, bool keeps,
                     struct bytes *out, struct error *e)
{
	static struct state s;
	struct bytes text;
	uint64_t line = 0;
	bool end = false;
	FILE *f = open_text(data, size, arrival);
	*e = (struct error){0};
	bytes_begin(out);
	while (!end) {
		state_init(&s, keeps);
		if (state_read(&s, f, &line, &end, e) != STATUS_OK || end)
			break;
		check_state(&s);
		write_state(&s, &text);
		fwrite(text.data, 1, text.size, out->f);
		read_back(&s, &text);
		merge_with_none(&s, &text);
		bytes_release(&text);
		state_release(&s);
	}
	state_release(&s);
	fclose(f);
	bytes_end(out);
	fuzz_check_error(e);
}

/* Two states of the text, or one twice, merged either way. */
static void merge(const struct bytes *text, bool keeps)
{
	static struct state a, b, c;
	struct error e = {0}, other = {0};
	uint64_t line = 0;
	bool end;
	struct bytes merged;
	FILE *f = open_text(text->data, text->size, AT_ONCE);
	state_init(&a, keeps);
	state_init(&b, keeps);
	state_init(&c, keeps);
	must(state_read(&a, f, &line, &end, &e) == STATUS_OK);
	if (!end && state_read(&b, f, &line, &end, &e) == STATUS_OK && !end &&
	    state_merge(&c, &a, &e) == STATUS_OK && state_merge(&c, &b, &e) == STATUS_OK) {
		write_state(&c, &merged);
		must(state_merge(&b, &a, &other) == STATUS_OK);
		must_be_written_as(&b, &merged);
		bytes_release(&merged);
	}
	fuzz_check_error(&e);
	state_release(&a);
	state_release(&b);
	state_release(&c);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int keeps = 0; keeps < 2; keeps++) {
		struct bytes out, other;
		struct error e, other_e;
		read_all(data, size, AT_ONCE, keeps, &out, &e);
		if (fuzz_worthwhile(BYTE_BY_BYTE, size)) {
			read_all(data, size, BYTE_BY_BYTE, keeps, &other, &other_e);
			must(fuzz_same_error(&e, &other_e));
			must(bytes_same(&out, other.data, other.size));
			bytes_release(&other);
		}
		merge(&out, keeps);
		bytes_release(&out);
	}
	return 0;
}
