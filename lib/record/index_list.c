/* Lists of record indices. */
#include "record/index_list.h"

#include "base/decimal.h"

#include <math.h>

static enum status refuse(const struct index_list *l, double value, const char *what,
                          struct error *e)
{
	char place[NUMBERS_PLACE], text[DECIMAL_TEXT];
	numbers_place(&l->numbers, l->nread, place);
	decimal_format_double(value, text);
	return error_set(e, STATUS_MALFORMED, "%s: %s %s", place, text, what);
}

enum status index_list_advance(struct index_list *l, struct error *e)
{
	if (l->n == 0 && numbers_next(&l->numbers, &l->values, &l->n, e) != STATUS_OK)
		return e->status;
	l->ended = l->n == 0;
	if (l->ended)
		return STATUS_OK;
	double value = *l->values;
	if (!(value >= 0 && value < 0x1p53) || value != floor(value))
		return refuse(l, value, "is not the index of a record", e);
	if (l->nread > 0 && value <= (double)l->next)
		return refuse(l, value, "is not greater than the index before it", e);
	l->values++;
	l->n--;
	l->nread++;
	l->next = (uint64_t)value;
	return STATUS_OK;
}

enum status index_list_open(struct index_list *l, int fd, FILE *tied, struct error *e)
{
	*l = (struct index_list){0};
	if (numbers_init(&l->numbers, fd, tied, false, e) == STATUS_OK)
		index_list_advance(l, e);
	return e->status;
}

void index_list_release(struct index_list *l)
{
	numbers_release(&l->numbers);
}
