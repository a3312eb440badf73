/* Payoff matrices and strategies as text. */
#include "game/matrix.h"

#include "base/decimal.h"
#include "game/fraction.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Numbers of which more will come. */
struct row {
	mpq_t *entries;
	size_t n, capacity;
};

static mpq_t *add(struct row *r)
{
	if (r->n == r->capacity) {
		r->entries = bignum_resize(r->entries, r->n, 2 * r->n, sizeof(*r->entries));
		r->capacity *= 2;
	}
	mpq_init(r->entries[r->n]);
	return &r->entries[r->n++];
}

static struct row start(void)
{
	return (struct row){.entries = bignum_array(16, sizeof(mpq_t)), .capacity = 16};
}

/* Appends the numbers of a line. */
static enum status add_line(struct row *r, const char *text, struct error *e)
{
	const char *begin;
	size_t length, n = 0;
	while (e->status == STATUS_OK && text[strspn(text, " \t")] != '\0') {
		if (r->n == MATRIX_MAX_ENTRIES)
			return error_set(e, STATUS_UNSUPPORTED, "more than %d numbers",
			                 MATRIX_MAX_ENTRIES);
		const char *wrong = fraction_next(&text, *add(r), &begin, &length);
		n++;
		if (wrong && length == 0)
			error_set(e, STATUS_MALFORMED, "number %zu: a comma without a number", n);
		else if (wrong)
			error_set(e, STATUS_MALFORMED, "number %zu: '%.*s' %s", n,
			          length > 40 ? 40 : (int)length, begin, wrong);
	}
	return e->status;
}

enum status matrix_read(struct matrix *m, struct lines *in, struct error *e)
{
	struct row all = start();
	size_t nrows = 0, ncolumns = 0;
	char *line;
	in->limit = MATRIX_MAX_LINE;
	while (lines_next(in, &line, e) == STATUS_OK && line) {
		size_t before = all.n, length = strlen(line);
		if (length > 0 && line[length - 1] == '\r') /* CR LF */
			line[length - 1] = '\0';
		if (add_line(&all, line, e) == STATUS_OK && all.n == before)
			error_set(e, STATUS_MALFORMED, "no numbers");
		else if (e->status == STATUS_OK && nrows > 0 && all.n - before != ncolumns)
			error_set(e, STATUS_MALFORMED, "%zu numbers, but the lines before have %zu",
			          all.n - before, ncolumns);
		if (e->status != STATUS_OK)
			return error_prefix(e, "line %" PRIu64 ": ", in->nlines);
		ncolumns = all.n - before;
		nrows++;
	}
	if (e->status == STATUS_OK && nrows == 0)
		error_set(e, STATUS_MALFORMED, "no numbers");
	if (e->status == STATUS_OK)
		*m = (struct matrix){nrows, ncolumns, all.entries};
	return e->status;
}

/* Names the sum, as a fraction if that is short. */
static enum status refuse_sum(mpq_t sum, struct error *e)
{
	char *text = mpq_get_str(NULL, 10, sum), decimal[DECIMAL_TEXT];
	decimal_format_double(fraction_to_double(sum), decimal);
	return error_set(e, STATUS_MALFORMED,
	                 "the numbers sum to %s, not exactly to 1 (fractions may: 1/3)",
	                 strlen(text) <= 20 ? text : decimal);
}

enum status matrix_read_strategy(const char *text, mpq_t **weights, size_t *n, struct error *e)
{
	struct row r = start();
	size_t length = strlen(text);
	mpq_t sum;
	mpq_init(sum);
	if (length > 0 && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1])))
		return error_set(e, STATUS_MALFORMED, "it begins or ends with a blank");
	if (add_line(&r, text, e) != STATUS_OK)
		return e->status;
	for (size_t j = 0; j < r.n; j++) {
		if (mpq_sgn(r.entries[j]) < 0)
			return error_set(e, STATUS_MALFORMED, "number %zu is negative", j + 1);
		mpq_add(sum, sum, r.entries[j]);
	}
	if (mpq_cmp_ui(sum, 1, 1) != 0)
		return refuse_sum(sum, e);
	*weights = r.entries;
	*n = r.n;
	return STATUS_OK;
}
