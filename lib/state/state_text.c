/* What the text formats of states share. */
#include "state/state_text.h"

#include "base/decimal.h"
#include "stats/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum status state_text_init(struct state_text *t, int fd, const char *source, struct error *e)
{
	*t = (struct state_text){.source = source};
	return lines_init(&t->lines, fd, e);
}

void state_text_release(struct state_text *t)
{
	lines_release(&t->lines);
}

/* The next line, which stays the next one; NULL at the end, and with an error. */
static char *look(struct state_text *t, struct error *e)
{
	if (e->status == STATUS_OK && !t->ahead)
		lines_next(&t->lines, &t->ahead, e);
	return e->status == STATUS_OK ? t->ahead : NULL;
}

/* The next line; NULL with an error, which the end is. */
static char *next(struct state_text *t, struct error *e)
{
	char *line = look(t, e);
	t->ahead = NULL;
	if (!line)
		error_set(e, STATUS_TRUNCATED, "line %" PRIu64 ": unexpected end of input",
		          t->lines.nlines + 1);
	return line;
}

/* About the line that was read last. */
static enum status malformed(const struct state_text *t, const char *expected, struct error *e)
{
	return error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": expected %s",
	                 t->lines.nlines - (t->ahead != NULL), expected);
}

static bool has_name(const char *line, const char *name)
{
	size_t length = strlen(name);
	return strncmp(line, name, length) == 0 && line[length] == '\t';
}

const char *state_text_value(struct state_text *t, const char *name, struct error *e)
{
	const char *line = next(t, e);
	if (!line)
		return NULL;
	if (has_name(line, name))
		return line + strlen(name) + 1;
	error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": expected '%s', a tab and a value",
	          t->lines.nlines, name);
	return NULL;
}

enum status state_text_count(struct state_text *t, const char *name, uint64_t max, uint64_t *out,
                             struct error *e)
{
	const char *text = state_text_value(t, name, e);
	if (text && !decimal_parse_u64(text, 0, max, out))
		error_set(e, STATUS_MALFORMED,
		          "line %" PRIu64 ": expected a count of at most %" PRIu64, t->lines.nlines,
		          max);
	return e->status;
}

bool state_text_at(struct state_text *t, const char *name, struct error *e)
{
	const char *line = look(t, e);
	return line && has_name(line, name);
}

int state_text_begin(struct state_text *t, const char *magic, int nversions, struct error *e)
{
	uint64_t version;
	if (!look(t, e))
		return 0;
	const char *text = state_text_value(t, magic, e);
	if (!text)
		return 0;
	if (text[0] != '0' && decimal_parse_u64(text, 1, (uint64_t)nversions, &version))
		return (int)version;
	char others[24] = "";
	if (nversions > 1)
		snprintf(others, sizeof(others), " to %d", nversions);
	error_set(e, STATUS_UNSUPPORTED,
	          "line %" PRIu64 ": unsupported state version '%.20s', not 1%s", t->lines.nlines,
	          text, others);
	return 0;
}

/* ---- shards ---- */

/* Parses "3" or "3-5", which must be more than one after the range before. */
static bool parse_range(const char *text, const struct shard_set *s, uint64_t *first,
                        uint64_t *last)
{
	char begin[24];
	size_t length = strcspn(text, "-");
	uint64_t least = s->n > 0 ? s->ranges[s->n - 1].last + 2 : 1;
	if (length >= sizeof(begin))
		return false;
	memcpy(begin, text, length);
	begin[length] = '\0';
	if (!decimal_parse_u64(begin, least, s->count, first))
		return false;
	*last = *first;
	return text[length] == '\0' ||
	       decimal_parse_u64(text + length + 1, *first + 1, s->count, last);
}

enum status state_text_shards(struct state_text *t, struct shard_set *s, struct error *e)
{
	uint64_t count = 0, first, last;
	if (state_text_count(t, "shards", SHARD_MAX_COUNT, &count, e) != STATUS_OK)
		return e->status;
	s->count = count;
	do {
		const char *text = state_text_value(t, "shard", e);
		if (text && !parse_range(text, s, &first, &last))
			malformed(t, "a shard, or a range of some, after those before", e);
		else if (text)
			shard_set_add(s, first, last, t->source, e);
	} while (state_text_at(t, "shard", e));
	if (e->status == STATUS_OK && shard_set_whole(s))
		malformed(t, "fewer shards than there are", e);
	return e->status;
}

bool state_text_has_shards(const struct shard_set *s)
{
	return !shard_set_whole(s);
}

void state_text_write_shards(const struct shard_set *s, FILE *f)
{
	if (!state_text_has_shards(s))
		return;
	fprintf(f, "shards\t%" PRIu64 "\n", s->count);
	for (size_t i = 0; i < s->n; i++) {
		const struct shard_range *r = &s->ranges[i];
		fprintf(f, "shard\t%" PRIu64, r->first);
		if (r->last > r->first)
			fprintf(f, "-%" PRIu64, r->last);
		putc('\n', f);
	}
}

/* ---- numbers ---- */

enum status state_text_number(struct state_text *t, enum state_numbers which, double *value,
                              struct error *e)
{
	double read;
	const char *line = next(t, e);
	if (!line)
		return e->status;
	if (!decimal_parse_delimited(line, strlen(line), &read) ||
	    (which == STATE_FINITE && !isfinite(read)))
		return malformed(t, which == STATE_FINITE ? "a finite number" : "a number", e);
	if (sample_compare(read, *value) < 0)
		return error_set(e, STATUS_MALFORMED,
		                 "line %" PRIu64
		                 ": the numbers of a state must be in ascending order",
		                 t->lines.nlines);
	*value = read;
	return STATUS_OK;
}

/* ---- several states ---- */

void state_text_blame(const struct state_text *t, struct error *e)
{
	error_prefix(e, "the state that ends in line %" PRIu64 ": ", t->lines.nlines);
}

enum status state_text_merge(int fd, const char *source, state_merger *merge_next, void *total,
                             struct error *e)
{
	struct state_text t = {0};
	bool end = false;
	state_text_init(&t, fd, source, e);
	while (e->status == STATUS_OK && !end)
		merge_next(total, &t, &end, e);
	if (e->status == STATUS_OK && t.lines.nlines == 0)
		error_set(e, STATUS_TRUNCATED, "no state found");
	state_text_release(&t);
	return e->status;
}
