/* Partial statistics of whole streams. */
#include "state/partial_source.h"

#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>

static enum status refuse(const struct numbers *in, uint64_t index, double value, struct error *e)
{
	char place[NUMBERS_PLACE];
	const char *name = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
	numbers_place(in, index, place);
	return error_set(e, STATUS_MALFORMED, "%s: %s is not a finite number", place, name);
}

static enum status add_numbers(struct partial *p, struct numbers *in, uint64_t *nskipped,
                               struct error *e)
{
	const double *values;
	size_t n = 1, added;
	while (n > 0 && numbers_next(in, &values, &n, e) == STATUS_OK) {
		for (size_t i = 0; i < n; i++) {
			if (partial_add(p, values + i, n - i, &added, e) != STATUS_OK)
				return e->status;
			i += added;
			if (i < n && !(nskipped && isnan(values[i])))
				return refuse(in, in->nnumbers - n + i, values[i], e);
			if (i < n)
				++*nskipped;
		}
	}
	return e->status;
}

enum status partial_add_stream(struct partial *p, int fd, bool binary, uint64_t *nskipped,
                               struct error *e)
{
	struct numbers in = {0};
	if (numbers_init(&in, fd, NULL, binary, e) == STATUS_OK)
		add_numbers(p, &in, nskipped, e);
	numbers_release(&in);
	return e->status;
}

static void merge_next(void *total, struct state_text *in, bool *end, struct error *e)
{
	struct partial *p = total, next;
	partial_init(&next, p->keeps);
	if (partial_read(&next, in, end, e) == STATUS_OK && !*end &&
	    partial_merge(p, &next, e) == STATUS_MISMATCH)
		state_text_blame(in, e);
	partial_release(&next);
}

enum status partial_merge_stream(struct partial *p, int fd, const char *source, struct error *e)
{
	return state_text_merge(fd, source, merge_next, p, e);
}
