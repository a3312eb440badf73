/* States of nicedrift as text: named lines, the scores, and a checksum of all that. */
#include "drift/drift_state.h"

#include "base/crc.h"
#include "base/decimal.h"
#include "io/lines.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

static const char magic[] = "nicedrift-state", version[] = "1";
static const char *const inputs[] = {
    [DRIFT_P_VALUES] = "p-values", [DRIFT_SCORES] = "scores", [DRIFT_FIXED] = "fixed"};

void drift_state_release(struct drift_state *s)
{
	sample_release(&s->values);
	*s = (struct drift_state){0};
}

/* ---- writing: each piece goes to the file, if there is one, and to the checksum ---- */

struct text {
	FILE *f; /* or NULL */
	struct crc_table table;
	uint32_t crc;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *format, ...)
{
	char line[200];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	t->crc = crc_add(&t->table, t->crc, line, (size_t)length);
	if (t->f)
		fwrite(line, 1, (size_t)length, t->f);
}

static void put_numbers(struct text *t, const struct sample *s)
{
	char number[DECIMAL_TEXT];
	for (size_t i = 0; i < s->n; i++) {
		decimal_format_double(s->values[i], number);
		put(t, "%s\n", number);
	}
}

void drift_state_note(struct drift_state *s, const struct sample *sorted)
{
	s->ncalibration = sorted->n;
	s->calibration = sample_crc(sorted);
}

void drift_state_write(const struct drift_state *s, const struct sample *values, FILE *f)
{
	struct text t = {.f = f};
	const struct martingale *m = &s->martingale;
	char method[MARTINGALE_TEXT], capital[3][DECIMAL_TEXT];
	crc_table_init(&t.table);
	martingale_format(m, method);
	for (int i = 0; i < 3; i++)
		decimal_format_double(m->capital[i], capital[i]);
	put(&t, "%s\t%s\nmethod\t%s\ninput\t%s\n", magic, version, method, inputs[s->input]);
	put(&t, "seed\t%" PRIu64 "\ncalibration\t%" PRIu64 "\n", s->seed, s->ncalibration);
	put(&t, "calibration_crc32\t%08" PRIx32 "\n", s->calibration);
	put(&t, "n\t%" PRIu64 "\nexponent\t%" PRId64 "\n", m->n, m->exponent);
	for (int i = 0; i < 3; i++)
		put(&t, "capital\t%s\n", capital[i]);
	if (s->input == DRIFT_SCORES)
		put_numbers(&t, values);
	fprintf(f, "crc32\t%08" PRIx32 "\n", t.crc);
}

/* ---- reading ---- */

struct reading {
	struct lines in;
	struct crc_table table;
	uint32_t crc; /* of the lines so far */
	struct error *e;
};

static enum status malformed(const struct reading *r, const char *expected)
{
	return error_set(r->e, STATUS_MALFORMED, "line %" PRIu64 ": expected %s", r->in.nlines,
	                 expected);
}

/* The next line; NULL if there is an error, also at the end. */
static const char *next_line(struct reading *r)
{
	char *text;
	if (r->e->status != STATUS_OK || lines_next(&r->in, &text, r->e) != STATUS_OK)
		return NULL;
	if (!text) {
		error_set(r->e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input",
		          r->in.nlines + 1);
		return NULL;
	}
	return text;
}

static void add_to_checksum(struct reading *r, const char *line)
{
	r->crc = crc_add(&r->table, r->crc, line, strlen(line));
	r->crc = crc_add(&r->table, r->crc, "\n", 1);
}

/* The value of the next line, "name<TAB>value"; NULL if there is an error. */
static const char *next_value(struct reading *r, const char *name)
{
	char expected[80];
	const char *line = next_line(r);
	size_t length = strlen(name);
	if (!line)
		return NULL;
	add_to_checksum(r, line);
	if (strncmp(line, name, length) == 0 && line[length] == '\t')
		return line + length + 1;
	snprintf(expected, sizeof(expected), "'%s', a tab and a value", name);
	malformed(r, expected);
	return NULL;
}

static void read_count(struct reading *r, const char *name, uint64_t max, uint64_t *out)
{
	const char *text = next_value(r, name);
	if (text && !decimal_parse_u64(text, 0, max, out))
		malformed(r, "a count");
}

static void read_exponent(struct reading *r, int64_t *out)
{
	const char *text = next_value(r, "exponent");
	uint64_t size = 0;
	bool negative = text && text[0] == '-';
	if (text && !decimal_parse_u64(text + negative, 0, INT64_MAX / 2, &size))
		malformed(r, "an exponent");
	*out = negative ? -(int64_t)size : (int64_t)size;
}

/* Eight lower-case hexadecimal digits. */
static bool parse_crc(const char *text, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t crc = 0;
	for (int i = 0; i < 8; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return false;
		crc = crc << 4 | (uint32_t)(digit - digits);
	}
	*out = crc;
	return text[8] == '\0';
}

static void read_start(struct reading *r, struct drift_state *s)
{
	char why[MARTINGALE_REASON];
	const char *text = next_value(r, magic);
	if (text && strcmp(text, version) != 0)
		error_set(r->e, STATUS_UNSUPPORTED, "unsupported state version '%.20s', not %s",
		          text, version);
	text = next_value(r, "method");
	if (text && !martingale_parse(text, &s->martingale, why))
		malformed(r, "a method");
	text = next_value(r, "input");
	for (s->input = DRIFT_P_VALUES; text && strcmp(text, inputs[s->input]) != 0; s->input++)
		if (s->input == DRIFT_FIXED) {
			malformed(r, "p-values, scores or fixed");
			break;
		}
}

static void read_calibration(struct reading *r, struct drift_state *s)
{
	read_count(r, "seed", UINT64_MAX, &s->seed);
	read_count(r, "calibration", UINT64_MAX / 2, &s->ncalibration);
	const char *text = next_value(r, "calibration_crc32");
	if (text && !parse_crc(text, &s->calibration))
		malformed(r, "eight hexadecimal digits");
	if (r->e->status == STATUS_OK && (s->ncalibration > 0) != (s->input != DRIFT_P_VALUES))
		malformed(r, "a calibration for scores, and for them alone");
}

static void read_capital(struct reading *r, struct martingale *m)
{
	read_count(r, "n", UINT64_MAX / 2, &m->n);
	read_exponent(r, &m->exponent);
	for (int i = 0; i < 3; i++) {
		const char *text = next_value(r, "capital");
		if (text && (!decimal_parse_double(text, strlen(text), &m->capital[i]) ||
		             !(m->capital[i] >= 0)))
			malformed(r, "a capital");
	}
}

/* The scores, in ascending order. Memory is taken as they are read. */
static void read_values(struct reading *r, struct drift_state *s)
{
	uint64_t n = s->input == DRIFT_SCORES ? s->ncalibration + s->martingale.n : 0;
	for (uint64_t i = 0; i < n && r->e->status == STATUS_OK; i++) {
		double value;
		const char *text = next_line(r);
		if (!text)
			return;
		add_to_checksum(r, text);
		if (!decimal_parse_double(text, strlen(text), &value) ||
		    (i > 0 && sample_compare(s->values.values[i - 1], value) > 0))
			malformed(r, "a number, not less than the one before it");
		else
			sample_add(&s->values, &value, 1, r->e);
	}
}

static void read_end(struct reading *r)
{
	static const char name[] = "crc32\t";
	uint32_t crc;
	char *more;
	const char *line = next_line(r);
	if (!line)
		return;
	if (strncmp(line, name, strlen(name)) != 0 || !parse_crc(line + strlen(name), &crc))
		malformed(r, "'crc32', a tab and eight hexadecimal digits");
	else if (crc != r->crc)
		error_set(r->e, STATUS_MALFORMED,
		          "damaged: its checksum is %08" PRIx32 ", but crc32 is %08" PRIx32, r->crc,
		          crc);
	else if (lines_next(&r->in, &more, r->e) == STATUS_OK && more)
		malformed(r, "the end");
}

enum status drift_state_read(struct drift_state *s, int fd, struct error *e)
{
	struct reading r = {.e = e};
	crc_table_init(&r.table);
	lines_init(&r.in, fd, e);
	read_start(&r, s);
	read_calibration(&r, s);
	read_capital(&r, &s->martingale);
	read_values(&r, s);
	read_end(&r);
	lines_release(&r.in);
	return e->status;
}

/* ---- of the same watch? ---- */

enum status drift_state_check(const struct drift_state *read, const struct drift_state *given,
                              struct error *e)
{
	char is[MARTINGALE_TEXT], wanted[MARTINGALE_TEXT];
	martingale_format(&read->martingale, is);
	martingale_format(&given->martingale, wanted);
	if (strcmp(is, wanted) != 0)
		return error_set(e, STATUS_MISMATCH,
		                 "the state has method %s, the command line has %s", is, wanted);
	if (read->input != given->input)
		return error_set(e, STATUS_MISMATCH,
		                 "the state has input %s, the command line has %s",
		                 inputs[read->input], inputs[given->input]);
	if (read->seed != given->seed)
		return error_set(e, STATUS_MISMATCH,
		                 "the state has seed %" PRIu64 ", the command line has %" PRIu64,
		                 read->seed, given->seed);
	if (read->ncalibration != given->ncalibration || read->calibration != given->calibration)
		return error_set(
		    e, STATUS_MISMATCH,
		    "the state is of another calibration: %" PRIu64
		    " scores with checksum %08" PRIx32 ", not %" PRIu64 " with %08" PRIx32,
		    read->ncalibration, read->calibration, given->ncalibration, given->calibration);
	return STATUS_OK;
}
