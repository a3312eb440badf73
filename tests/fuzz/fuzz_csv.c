/* Tables (table/csv.h): rows and cells, however the bytes arrive. */
#include "fuzz.h"
#include "table/csv.h"
#include "table/table_cell.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Writes the rows as they stand, a line each, and then their cells, all in quotes. */
static void read_rows(const uint8_t *data, size_t size, enum arrival arrival, struct bytes *rows,
                      struct bytes *cells, struct error *e)
{
	struct csv c = {0};
	struct csv_row row;
	bool more = true;
	size_t length;
	int fd = fuzz_open(data, size, arrival);
	*e = (struct error){0};
	bytes_begin(rows);
	bytes_begin(cells);
	must(csv_init(&c, fd, NULL, ',', false, e) == STATUS_OK);
	while (csv_next(&c, &row, &more, e) == STATUS_OK && more) {
		must(row.ncells >= 1 && row.ncells <= CSV_MAX_CELLS);
		fwrite(row.text, 1, row.length, rows->f);
		putc('\n', rows->f);
		for (size_t i = 0; i < row.ncells; i++) {
			struct table_cell cell = table_cell_read(&row, i);
			must(cell.kind != TABLE_CELL_NUMBER || isfinite(cell.number));
			const char *text = csv_text(&row, i, &length);
			must(!memchr(text, '\0', length) && length <= CSV_MAX_CELL);
			fputs(i > 0 ? ",\"" : "\"", cells->f);
			for (size_t k = 0; k < length; k++) {
				if (text[k] == '"')
					putc('"', cells->f);
				putc(text[k], cells->f);
			}
			putc('"', cells->f);
		}
		putc('\n', cells->f);
	}
	csv_release(&c);
	close(fd);
	bytes_end(rows);
	bytes_end(cells);
	fuzz_check_error(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rows, cells, other_rows, other_cells;
	struct error e, other_e;
	read_rows(data, size, AT_ONCE, &rows, &cells, &e);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		if (!fuzz_worthwhile(a, size))
			continue;
		read_rows(data, size, a, &other_rows, &other_cells, &other_e);
		must(fuzz_same_error(&e, &other_e));
		must(bytes_same(&rows, other_rows.data, other_rows.size));
		must(bytes_same(&cells, other_cells.data, other_cells.size));
		bytes_release(&other_rows);
		bytes_release(&other_cells);
	}
	/* All cells in quotes are a table with the same cells. */
	read_rows((uint8_t *)cells.data, cells.size, AT_ONCE, &other_rows, &other_cells, &other_e);
	must(other_e.status == STATUS_OK && bytes_same(&cells, other_cells.data, other_cells.size));
	bytes_release(&other_rows);
	bytes_release(&other_cells);
	bytes_release(&rows);
	bytes_release(&cells);
	return 0;
}
