/* Cells of tables: numbers, gaps, texts. */
#include "table/table_cell.h"

#include "base/decimal.h"

#include <math.h>
#include <string.h>

static bool is_gap(const char *text, size_t length)
{
	static const char *const words[] = {"", "NA", "N/A", "NaN", "nan", "NULL", "null"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
			return true;
	return false;
}

static size_t count_of(const char *text, size_t length, const char *bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < length; i++)
		n += strchr(bytes, text[i]) != NULL;
	return n;
}

/* Whether somebody meant a number: one out of range, an infinity, a hexadecimal one, or digits
 * with marks between them. */
static bool is_misspelt(const char *text, size_t length)
{
	double value;
	if (decimal_parse_double(text, length, &value))
		return true;
	if (length > 0 && (*text == '-' || *text == '+'))
		text++, length--;
	if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return count_of(text + 2, length - 2, "0123456789abcdefABCDEF.") == length - 2;
	return length > 2 && count_of(text, 1, "0123456789") == 1 &&
	       count_of(text, length, "0123456789.,_' ") == length &&
	       count_of(text, length, ",_' ") > 0;
}

static const char *trim(const char *text, size_t *length)
{
	size_t n = *length;
	for (; n > 0 && (*text == ' ' || *text == '\t'); text++)
		n--;
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	*length = n;
	return text;
}

static struct table_cell read_slowly(const char *text, size_t length)
{
	size_t n = length;
	const char *inner = trim(text, &n);
	struct table_cell cell = {.text = text, .length = length};
	if (is_gap(inner, n))
		cell.kind = TABLE_CELL_GAP;
	else if (decimal_parse_double(inner, n, &cell.number) && isfinite(cell.number))
		cell.kind = TABLE_CELL_NUMBER;
	else
		cell.kind = is_misspelt(inner, n) ? TABLE_CELL_MISSPELT : TABLE_CELL_TEXT;
	return cell;
}

struct table_cell table_cell_read(const struct csv_row *row, size_t column)
{
	const struct csv_cell *c = &row->cells[column];
	const char *text = row->text + c->begin;
	struct table_cell cell = {.kind = TABLE_CELL_NUMBER};
	size_t length;
	if (decimal_parse_short(text, &cell.number) == text + c->length ||
	    (c->length > 0 && decimal_parse_prefix(text, &cell.number) == text + c->length))
		return cell;
	text = csv_text(row, column, &length);
	return read_slowly(text, length);
}

struct table_cell table_cell_read_text(const struct csv_row *row, size_t column)
{
	struct table_cell cell = {.kind = TABLE_CELL_TEXT};
	cell.text = csv_text(row, column, &cell.length);
	size_t n = cell.length;
	const char *inner = trim(cell.text, &n);
	if (is_gap(inner, n))
		cell.kind = TABLE_CELL_GAP;
	return cell;
}
