/* States of niceroc, one behind the other (state/sides.h). */
#include "fuzz.h"
#include "state/sides.h"

#include <unistd.h>

static void write_state(const struct sides *s, struct bytes *text)
{
	bytes_begin(text);
	sides_write(s, text->f);
	bytes_end(text);
}

static void check_side(const struct sample *side)
{
	for (size_t i = 1; i < side->n; i++)
		must(sample_compare(side->values[i - 1], side->values[i]) <= 0);
}

/* Merges all of them into *s, joined. */
static void merge_all(const void *data, size_t size, enum arrival arrival, struct sides *s,
                      struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*s = (struct sides){0};
	*e = (struct error){0};
	if (sides_merge_stream(s, fd, "it", e) == STATUS_OK)
		shard_set_join(&s->shards, e);
	sides_sort(s);
	fuzz_check_error(e);
	close(fd);
}

/* The first of them is in order, and its text is read as the same. */
static void check_first(const void *data, size_t size)
{
	struct sides s = {0}, back;
	struct state_text in;
	struct error e = {0}, back_e;
	struct bytes text, again;
	bool end;
	must(state_text_init(&in, fuzz_open(data, size, AT_ONCE), "it", &e) == STATUS_OK);
	if (sides_read(&s, &in, &end, &e) == STATUS_OK && !end) {
		check_side(&s.normal);
		check_side(&s.anomalous);
		sides_sort(&s);
		write_state(&s, &text);
		merge_all(text.data, text.size, AT_ONCE, &back, &back_e);
		must(back_e.status == STATUS_OK);
		write_state(&back, &again);
		must(bytes_same(&again, text.data, text.size));
		bytes_release(&again);
		bytes_release(&text);
		sides_release(&back);
	}
	close(in.lines.fd);
	state_text_release(&in);
	sides_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sides s, other;
	struct error e, other_e;
	struct bytes text, again;
	check_first(data, size);
	merge_all(data, size, AT_ONCE, &s, &e);
	write_state(&s, &text);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		merge_all(data, size, a, &other, &other_e);
		must(fuzz_same_error(&e, &other_e));
		write_state(&other, &again);
		must(bytes_same(&again, text.data, text.size));
		bytes_release(&again);
		sides_release(&other);
	}
	if (e.status == STATUS_OK) { /* the whole is a state, and it is itself */
		merge_all(text.data, text.size, AT_ONCE, &other, &other_e);
		must(other_e.status == STATUS_OK);
		write_state(&other, &again);
		must(bytes_same(&again, text.data, text.size));
		bytes_release(&again);
		sides_release(&other);
	}
	bytes_release(&text);
	sides_release(&s);
	return 0;
}
