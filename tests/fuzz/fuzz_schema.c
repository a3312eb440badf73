/* Schemas of tables (table/schema.h). */
#include "fuzz.h"
#include "table/schema.h"
#include "table/schema_row.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static void read_schema(const void *data, size_t size, enum arrival arrival, struct schema *s,
                        char **text, struct error *e)
{
	int fd = fuzz_open(data, size, arrival);
	*s = (struct schema){0};
	*e = (struct error){0};
	schema_read(s, fd, text, e);
	fuzz_check_error(e);
	close(fd);
}

/* Each element belongs to one column; each has a name. */
static void check_elements(const struct schema *s)
{
	struct bytes name;
	size_t n = 0;
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct schema_column *c = &s->columns[i];
		must(c->first == n && c->nelements >= 1);
		n += c->nelements;
		for (size_t k = 0; k < c->nlevels; k++)
			must(schema_find_level(c, c->levels[k].text, c->levels[k].length) == k);
		must(c->kind == SCHEMA_NUMBER || (c->other >= c->first && c->other < n));
		if (c->kind == SCHEMA_NUMBER)
			must(isfinite(c->fill) && c->step >= 0);
	}
	must(n == s->nelements);
	bytes_begin(&name);
	for (size_t i = 0; i < s->ncolumns && i < 100; i++)
		schema_write_column(s, i, name.f);
	bytes_end(&name);
	must(n == 0 || name.size > 0);
	bytes_release(&name);
}

/* Gaps only, and the last code of each column. */
static void encode(const struct schema *s)
{
	double *codes = malloc(s->ncolumns * sizeof(*codes));
	double *record = malloc(s->nelements * sizeof(*record));
	must(codes && record);
	for (int gaps = 0; gaps < 2; gaps++) {
		for (size_t i = 0; i < s->ncolumns; i++)
			codes[i] = gaps ? NAN : (double)s->columns[i].nlevels;
		memset(record, 0xff, s->nelements * sizeof(*record)); /* NaN */
		schema_row_encode(s, codes, record);
		for (size_t i = 0; i < s->nelements; i++)
			must(isfinite(record[i]));
	}
	free(codes);
	free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct schema s, other;
	struct error e, other_e;
	char *text = NULL, *again = NULL;
	size_t length;
	read_schema(data, size, AT_ONCE, &s, &text, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_schema(data, size, a, &other, NULL, &other_e);
		must(fuzz_same_error(&e, &other_e) && s.nelements == other.nelements);
		schema_release(&other);
	}
	if (e.status != STATUS_OK) {
		must(!text && s.ncolumns == 0);
		return 0;
	}
	must(strlen(text) == size && memcmp(text, data, size) == 0);
	check_elements(&s);
	encode(&s);
	/* What is written of it is a fixed point. */
	must(schema_format(&s, &again, &length, &e) == STATUS_OK);
	free(text);
	read_schema(again, length, AT_ONCE, &other, &text, &other_e);
	must(other_e.status == STATUS_OK && other.nelements == s.nelements);
	must(strcmp(text, again) == 0);
	schema_release(&other);
	schema_release(&s);
	free(text);
	free(again);
	return 0;
}
