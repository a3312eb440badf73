/* States of nicestat, one behind the other (state/partial.h). */
#include "fuzz.h"
#include "state/partial.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static void open_lines(struct state_text *in, const void *data, size_t size, enum arrival arrival)
{
	struct error e = {0};
	must(state_text_init(in, fuzz_open(data, size, arrival), "it", &e) == STATUS_OK);
}

static void close_lines(struct state_text *in)
{
	close(in->lines.fd);
	state_text_release(in);
}

static void write_state(struct partial *s, struct bytes *text)
{
	bytes_begin(text);
	partial_write(s, text->f);
	bytes_end(text);
}

static void must_be_written_as(struct partial *s, const struct bytes *text)
{
	struct bytes again;
	write_state(s, &again);
	must(bytes_same(&again, text->data, text->size));
	bytes_release(&again);
}

/* Shards in order, apart from each other, and fewer than there are. */
static void check_shards(const struct shard_set *s)
{
	must((s->count == 0) == (s->n == 0));
	for (size_t i = 0; i < s->n; i++) {
		must(s->ranges[i].first <= s->ranges[i].last && s->ranges[i].last <= s->count);
		must(s->ranges[i].first > (i > 0 ? s->ranges[i - 1].last + 1 : 0));
	}
	must(s->count == 0 || !shard_set_whole(s));
}

/* One that was read can be what numbers have left behind. */
static void check_state(struct partial *s)
{
	const struct moments *moments = &s->moments;
	must(!s->keeps || s->sample.n == moments->sums.n);
	check_shards(&s->shards);
	must(scorer_known(&s->scorer) == (s->scorer.precision[0] != '\0'));
	if (moments->sums.n == 0)
		return;
	double mean = exact_sum_mean(&moments->sums);
	must(isfinite(moments->min) && isfinite(moments->max));
	must(moments->min <= mean && mean <= moments->max);
	if (moments->sums.n > 1) {
		double stdev = exact_sum_stdev(&moments->sums);
		must(stdev >= 0 && stdev / 2 <= moments->max / 2 - moments->min / 2);
	}
	if (s->keeps) {
		must(s->sample.values[0] == moments->min);
		must(s->sample.values[s->sample.n - 1] == moments->max);
		for (size_t i = 1; i < s->sample.n; i++)
			must(s->sample.values[i - 1] <= s->sample.values[i]);
	}
}

/* Written and read it is equal, and its text the same. */
static void read_back(const struct partial *s, const struct bytes *text)
{
	static struct partial back;
	struct error e = {0};
	struct state_text in;
	bool end;
	open_lines(&in, text->data, text->size, AT_ONCE);
	partial_init(&back, s->keeps);
	must(partial_read(&back, &in, &end, &e) == STATUS_OK && !end);
	must(scorer_same(&s->scorer, &back.scorer));
	must(moments_equal(&s->moments, &back.moments) && s->sample.n == back.sample.n);
	must_be_written_as(&back, text);
	partial_release(&back);
	close_lines(&in);
}

/* Merged with none, from either side, it is what it was. */
static void merge_with_none(struct partial *s, const struct bytes *text)
{
	static struct partial none;
	struct error e = {0};
	partial_init(&none, s->keeps);
	must(partial_merge(s, &none, &e) == STATUS_OK);
	must_be_written_as(s, text);
	must(partial_merge(&none, s, &e) == STATUS_OK);
	must_be_written_as(&none, text);
	partial_release(&none);
}

/* Reads all of them, merged into total, checks each, and writes them one behind the other to out.
 */
static void read_all(const uint8_t *data, size_t size, enum arrival arrival, bool keeps,
                     struct bytes *out, struct error *e)
{
	static struct partial s;
	struct bytes text;
	struct state_text in;
	bool end = false;
	open_lines(&in, data, size, arrival);
	*e = (struct error){0};
	bytes_begin(out);
	while (!end) {
		partial_init(&s, keeps);
		if (partial_read(&s, &in, &end, e) != STATUS_OK || end)
			break;
		check_state(&s);
		write_state(&s, &text);
		fwrite(text.data, 1, text.size, out->f);
		read_back(&s, &text);
		merge_with_none(&s, &text);
		bytes_release(&text);
		partial_release(&s);
	}
	partial_release(&s);
	close_lines(&in);
	bytes_end(out);
	fuzz_check_error(e);
}

/* Two states of the text, or one twice, merged either way. */
static void merge(const struct bytes *text, bool keeps)
{
	static struct partial a, b, c;
	struct error e = {0}, other = {0};
	struct state_text in;
	bool end;
	struct bytes merged;
	open_lines(&in, text->data, text->size, AT_ONCE);
	partial_init(&a, keeps);
	partial_init(&b, keeps);
	partial_init(&c, keeps);
	must(partial_read(&a, &in, &end, &e) == STATUS_OK);
	if (!end && partial_read(&b, &in, &end, &e) == STATUS_OK && !end &&
	    partial_merge(&c, &a, &e) == STATUS_OK && partial_merge(&c, &b, &e) == STATUS_OK &&
	    shard_set_join(&c.shards, &e) == STATUS_OK) {
		write_state(&c, &merged);
		must(partial_merge(&b, &a, &other) == STATUS_OK);
		must(shard_set_join(&b.shards, &other) == STATUS_OK);
		must_be_written_as(&b, &merged);
		bytes_release(&merged);
	}
	fuzz_check_error(&e);
	partial_release(&a);
	partial_release(&b);
	partial_release(&c);
	close_lines(&in);
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
