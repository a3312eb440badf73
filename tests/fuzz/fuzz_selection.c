/* Which records are chosen, and by which labels (record/selection.h). The input: six bytes, a list
 * of classes up to a NUL, a file of labels. */
#include "base/bytes.h"
#include "fuzz.h"
#include "record/selection.h"

#include <string.h>

enum { LABELS = 1, RANDOM = 2, OPEN_END = 4, OTHER_COUNT = 8, CONFIG_BYTES = 6 };

struct wish {
	struct selection selection; /* what is asked for */
	uint64_t nrecords;
	const uint8_t *labels;
	size_t size;
};

/* Accepted classes are as many as the list has parts, and read again the same. */
static bool parse_classes(const char *text, struct selection *s)
{
	struct selection again = {0};
	struct bytes list;
	size_t nparts = 1;
	if (!selection_parse_classes(s, text))
		return false;
	for (const char *p = text; *p; p++)
		nparts += *p == ',';
	must(s->nclasses == nparts && nparts <= SELECTION_MAX_CLASSES);
	bytes_begin(&list);
	for (size_t i = 0; i < s->nclasses; i++) {
		must(s->classes[i] >= INT32_MIN && s->classes[i] <= INT32_MAX);
		fprintf(list.f, "%s%lld", i ? "," : "", (long long)s->classes[i]);
	}
	bytes_end(&list);
	must(selection_parse_classes(&again, list.data));
	must(memcmp(s->classes, again.classes, nparts * sizeof(*s->classes)) == 0);
	bytes_release(&list);
	return true;
}

/* False if the input is too short or its classes are refused. */
static bool make_wish(const uint8_t *data, size_t size, struct wish *w)
{
	const uint8_t *nul =
	    size > CONFIG_BYTES ? memchr(data + CONFIG_BYTES, '\0', size - CONFIG_BYTES) : NULL;
	*w = (struct wish){0};
	struct selection *s = &w->selection;
	if (!nul || !parse_classes((const char *)data + CONFIG_BYTES, s))
		return false;
	w->labels = nul + 1;
	w->size = (size_t)(data + size - w->labels);
	bool labelled = data[0] & LABELS && w->size >= 8;
	w->nrecords = labelled ? bytes_be32(w->labels + 4) : data[1];
	w->nrecords += (data[0] & OTHER_COUNT) != 0;
	s->labels = labelled ? "labels" : NULL;
	s->first = data[2];
	s->last = data[0] & OPEN_END ? UINT64_MAX : s->first + data[3];
	s->random = data[0] & RANDOM;
	s->npicks = data[4];
	s->seed = data[5];
	return true;
}

/* One digit a record, 1 for those chosen. */
static size_t choose(const struct wish *w, enum arrival arrival, bool random, bool invert,
                     struct bytes *out, struct error *e)
{
	struct selection s = w->selection;
	bool wanted = false;
	size_t n = 0;
	s.random = random;
	s.invert = invert;
	*e = (struct error){0};
	fuzz_serve(w->labels, w->size, arrival);
	bytes_begin(out);
	if (selection_open(&s, w->nrecords, e) == STATUS_OK) {
		for (uint64_t i = 0; i < w->nrecords && selection_next(&s, &wanted, e) == STATUS_OK;
		     i++) {
			putc('0' + wanted, out->f);
			n += wanted;
		}
		if (e->status == STATUS_OK)
			selection_finish(&s, e);
	}
	selection_release(&s);
	bytes_end(out);
	fuzz_check_error(e);
	return n;
}

/* The candidates are what is picked and what is left, and nothing is both. */
static void must_divide(const struct wish *w, const struct bytes *picked, size_t npicked)
{
	struct bytes all, left;
	struct error e;
	size_t nall = choose(w, AT_ONCE, false, false, &all, &e);
	must(e.status == STATUS_OK);
	size_t nleft = choose(w, AT_ONCE, true, true, &left, &e);
	must(e.status == STATUS_OK && npicked == w->selection.npicks && nall == npicked + nleft);
	for (size_t i = 0; i < all.size; i++)
		must(all.data[i] - '0' == picked->data[i] - '0' + left.data[i] - '0');
	bytes_release(&all);
	bytes_release(&left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wish w;
	struct bytes chosen, other;
	struct error e, other_e;
	if (!make_wish(data, size, &w))
		return 0;
	bool random = w.selection.random;
	size_t n = choose(&w, AT_ONCE, random, false, &chosen, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		choose(&w, a, random, false, &other, &other_e);
		must(fuzz_same_error(&e, &other_e) && bytes_same(&chosen, other.data, other.size));
		bytes_release(&other);
	}
	if (e.status == STATUS_OK) {
		must(chosen.size == w.nrecords);
		if (random)
			must_divide(&w, &chosen, n);
	}
	bytes_release(&chosen);
	return 0;
}
