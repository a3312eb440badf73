/* Rows of a table with the verdicts of nicethresh after their cells. */
#include "nicethresh.h"

#include "io/input.h"

#include <inttypes.h>
#include <stdio.h>

static void end_line(const struct csv_row *row)
{
	fputs(row->crlf ? "\r\n" : "\n", stdout);
}

static void put_row(const struct csv_row *row)
{
	fwrite(row->text, 1, row->length, stdout);
}

static void print_header(struct run *r)
{
	struct csv_row row;
	bool more;
	char separator = r->o->separator;
	if (csv_next(&r->paste.csv, &row, &more, &r->e) != STATUS_OK)
		return;
	if (!more) {
		error_set(&r->e, STATUS_MALFORMED, "no header: the table is empty");
		return;
	}
	put_row(&row);
	printf("%clog_likelihood%cverdict", separator, separator);
	if (r->o->scores)
		printf("%cp_value", separator);
	end_line(&row);
}

void paste_open(struct run *r)
{
	r->culprit = r->o->paste;
	if (input_open(r->o->paste, &r->paste.fd, &r->e) == STATUS_OK &&
	    csv_init(&r->paste.csv, r->paste.fd, stdout, r->o->separator, !r->o->no_header,
	             &r->e) == STATUS_OK &&
	    !r->o->no_header)
		print_header(r);
}

void paste_release(struct paste *p)
{
	csv_release(&p->csv);
	input_close(p->fd);
}

void paste_row(struct run *r, double value, bool anomaly, uint64_t rank)
{
	struct csv_row row;
	bool more;
	csv_next(&r->paste.csv, &row, &more, &r->e);
	if (r->e.status == STATUS_OK && !more)
		error_set(&r->e, STATUS_MISMATCH,
		          "unexpected end of the table after %" PRIu64
		          " rows: there are more numbers",
		          r->n);
	if (r->e.status != STATUS_OK) {
		r->culprit = r->o->paste;
	} else if (anomaly || r->o->only == ONLY_ALL) {
		put_row(&row);
		report_cells(r, value, anomaly, rank, r->o->separator);
		end_line(&row);
	}
}

void paste_finish(struct run *r)
{
	struct csv_row row;
	bool more;
	char place[CSV_PLACE];
	r->culprit = r->o->paste;
	if (csv_next(&r->paste.csv, &row, &more, &r->e) != STATUS_OK || !more)
		return;
	csv_place(&r->paste.csv, place);
	error_set(&r->e, STATUS_MISMATCH,
	          "%s: extra row after %" PRIu64 " numbers; were rows with gaps left out?", place,
	          r->n);
}
