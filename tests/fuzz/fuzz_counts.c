/* States of nicethresh, one behind the other (state/counts.h). */
#include "fuzz.h"
#include "state/counts.h"

#include <unistd.h>

/* Merges all of them into *c, joined. */
static void merge_all(const void *data, size_t size, enum arrival arrival, struct counts *c,
                      struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*c = (struct counts){0};
	*e = (struct error){0};
	if (counts_merge_stream(c, fd, "it", e) == STATUS_OK)
		shard_set_join(&c->shards, e);
	fuzz_check_error(e);
	close(fd);
}

static void write_state(const struct counts *c, struct bytes *text)
{
	bytes_begin(text);
	counts_write(c, text->f);
	bytes_end(text);
}

/* It can be what data have left behind, and its text is read as the same. */
static void check(const struct counts *c)
{
	struct counts back;
	struct error e;
	struct bytes text, again;
	uint64_t normal = confusion_normal(&c->confusion), n = counts_n(c);
	must(normal <= n && confusion_errors(&c->confusion) <= n && c->nnan <= n);
	must(c->kind != COUNTS_NORMAL || normal == n);
	must(c->kind != COUNTS_ANOMALOUS || normal == 0);
	must(c->rule[0] != '\0');
	write_state(c, &text);
	merge_all(text.data, text.size, AT_ONCE, &back, &e);
	must(e.status == STATUS_OK);
	write_state(&back, &again);
	must(bytes_same(&again, text.data, text.size));
	bytes_release(&again);
	bytes_release(&text);
	counts_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counts c, other;
	struct error e, other_e;
	merge_all(data, size, AT_ONCE, &c, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		merge_all(data, size, a, &other, &other_e);
		must(fuzz_same_error(&e, &other_e) && counts_n(&other) == counts_n(&c));
		counts_release(&other);
	}
	if (e.status == STATUS_OK)
		check(&c);
	counts_release(&c);
	return 0;
}
