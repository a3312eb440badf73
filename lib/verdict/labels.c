/* Reader of label streams. */
#include "verdict/labels.h"

#include "base/decimal.h"
#include "io/input.h"

#include <inttypes.h>

enum status labels_open(struct labels *l, const char *path, FILE *tied, struct error *e)
{
	struct labels made = {0};
	if (input_open(path, &made.fd, e) != STATUS_OK)
		return e->status;
	if (numbers_init(&made.in, made.fd, tied, false, e) == STATUS_OK)
		*l = made;
	else
		input_close(made.fd);
	return e->status;
}

void labels_release(struct labels *l)
{
	numbers_release(&l->in);
	input_close(l->fd);
	*l = (struct labels){0};
}

static enum status fill(struct labels *l, struct error *e)
{
	return l->left > 0 ? STATUS_OK : numbers_next(&l->in, &l->batch, &l->left, e);
}

enum status labels_next(struct labels *l, bool *anomalous, struct error *e)
{
	if (fill(l, e) != STATUS_OK)
		return e->status;
	if (l->left == 0)
		return error_set(e, STATUS_TRUNCATED,
		                 "unexpected end of input after %" PRIu64
		                 " labels: there are more numbers",
		                 l->in.nnumbers);
	double label = *l->batch;
	if (label != 0 && label != 1) {
		char text[DECIMAL_TEXT], place[NUMBERS_PLACE];
		decimal_format_double(label, text);
		numbers_place(&l->in, l->in.nnumbers - l->left, place);
		return error_set(e, STATUS_MALFORMED, "%s: %s is not 0 or 1", place, text);
	}
	l->batch++;
	l->left--;
	*anomalous = label == 1;
	return STATUS_OK;
}

enum status labels_finish(struct labels *l, struct error *e)
{
	if (fill(l, e) == STATUS_OK && l->left > 0) {
		uint64_t nused = l->in.nnumbers - l->left;
		char place[NUMBERS_PLACE];
		numbers_place(&l->in, nused, place);
		error_set(e, STATUS_MISMATCH, "%s: extra label after %" PRIu64 " numbers", place,
		          nused);
	}
	return e->status;
}
