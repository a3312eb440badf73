/* Counts of right and wrong verdicts as text. */
#include "state/counts.h"

#include "base/checked.h"
#include "base/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char magic[] = "nicethresh-state";
static const char *const kinds[] = {
    [COUNTS_NORMAL] = "normal", [COUNTS_ANOMALOUS] = "anomalous", [COUNTS_LABELS] = "labels"};
enum { NKINDS = 3 };

void counts_release(struct counts *c)
{
	shard_set_release(&c->shards);
}

uint64_t counts_n(const struct counts *c)
{
	return confusion_normal(&c->confusion) + confusion_anomalous(&c->confusion);
}

void counts_write(const struct counts *c, FILE *f)
{
	char promised[DECIMAL_TEXT];
	const struct confusion *n = &c->confusion;
	decimal_format_double(c->promised, promised);
	fprintf(f, "%s\t1\n", magic);
	state_text_write_shards(&c->shards, f);
	fprintf(f, "data\t%s\nrule\t%s\npromised\t%s\n", kinds[c->kind], c->rule, promised);
	fprintf(f, "nan\t%" PRIu64 "\n", c->nnan);
	fprintf(f, "true_positives\t%" PRIu64 "\nfalse_positives\t%" PRIu64 "\n", n->true_positives,
	        n->false_positives);
	fprintf(f, "true_negatives\t%" PRIu64 "\nfalse_negatives\t%" PRIu64 "\n", n->true_negatives,
	        n->false_negatives);
}

/* ---- reading ---- */

static enum status malformed(const struct state_text *in, const char *what, struct error *e)
{
	return error_set(e, STATUS_MALFORMED, "line %" PRIu64 ": %s", in->lines.nlines, what);
}

static void read_kind(enum counts_kind *kind, struct state_text *in, struct error *e)
{
	const char *text = state_text_value(in, "data", e);
	for (int i = 0; text && i < NKINDS; i++) {
		if (strcmp(text, kinds[i]) == 0) {
			*kind = (enum counts_kind)i;
			return;
		}
	}
	if (text)
		malformed(in, "expected normal, anomalous or labels", e);
}

static void read_rule(char rule[COUNTS_RULE], struct state_text *in, struct error *e)
{
	const char *text = state_text_value(in, "rule", e);
	size_t length = text ? strlen(text) : 0;
	bool good = length > 0 && length < COUNTS_RULE;
	for (size_t i = 0; good && i < length; i++)
		good = text[i] >= ' ' && text[i] <= '~';
	if (good)
		strcpy(rule, text);
	else if (text)
		malformed(in, "expected a rule, as printable ASCII", e);
}

static void read_promised(double *promised, struct state_text *in, struct error *e)
{
	double value;
	const char *text = state_text_value(in, "promised", e);
	if (!text)
		return;
	if (!decimal_parse_double(text, strlen(text), &value) || isinf(value))
		malformed(in, "expected a rate, or nan", e);
	else
		*promised = value;
}

/* Their rates have exact intervals up to so many. */
#define MOST_VERDICTS (UINT64_C(1) << 53)

/* Whether the counts can be those of data of that kind, at most 2^53 in all. */
static bool possible(const struct counts *c)
{
	const struct confusion *n = &c->confusion;
	uint64_t flagged, passed, all;
	return checked_add(n->true_positives, n->false_positives, &flagged) &&
	       checked_add(n->true_negatives, n->false_negatives, &passed) &&
	       checked_add(flagged, passed, &all) && all <= MOST_VERDICTS && c->nnan <= flagged &&
	       (c->kind != COUNTS_NORMAL || confusion_anomalous(n) == 0) &&
	       (c->kind != COUNTS_ANOMALOUS || confusion_normal(n) == 0);
}

enum status counts_read(struct counts *c, struct state_text *in, bool *end, struct error *e)
{
	*end = state_text_begin(in, magic, 1, e) == 0 && e->status == STATUS_OK;
	if (*end || e->status != STATUS_OK)
		return e->status;
	if (state_text_at(in, "shards", e))
		state_text_shards(in, &c->shards, e);
	read_kind(&c->kind, in, e);
	read_rule(c->rule, in, e);
	read_promised(&c->promised, in, e);
	state_text_count(in, "nan", UINT64_MAX, &c->nnan, e);
	state_text_count(in, "true_positives", UINT64_MAX, &c->confusion.true_positives, e);
	state_text_count(in, "false_positives", UINT64_MAX, &c->confusion.false_positives, e);
	state_text_count(in, "true_negatives", UINT64_MAX, &c->confusion.true_negatives, e);
	state_text_count(in, "false_negatives", UINT64_MAX, &c->confusion.false_negatives, e);
	if (e->status == STATUS_OK && !possible(c))
		malformed(in, "the state that ends here is malformed", e);
	return e->status;
}

/* ---- merging ---- */

/* Equal, NaN to NaN. */
static bool same_promise(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static enum status check_same(const struct counts *c, const struct counts *other, struct error *e)
{
	if (c->kind != other->kind)
		return error_set(e, STATUS_MISMATCH,
		                 "counts of data '%s', after those of '%s': they do not merge",
		                 kinds[other->kind], kinds[c->kind]);
	if (strcmp(c->rule, other->rule) != 0)
		return error_set(e, STATUS_MISMATCH,
		                 "counts by '%s', after those by '%s': they do not merge",
		                 other->rule, c->rule);
	if (!same_promise(c->promised, other->promised))
		return error_set(e, STATUS_MISMATCH,
		                 "counts that promise another rate than those before");
	return STATUS_OK;
}

static void add(uint64_t *to, uint64_t n, bool *fits)
{
	*fits = checked_add(*to, n, to) && *fits;
}

enum status counts_merge(struct counts *c, const struct counts *other, struct error *e)
{
	bool first = c->rule[0] == '\0', fits = true;
	struct counts sum = *c;
	if (!first && check_same(c, other, e) != STATUS_OK)
		return e->status;
	if (shard_set_merge(&c->shards, &other->shards, !first, e) != STATUS_OK)
		return e->status;
	sum.shards = c->shards;
	if (first) {
		sum.kind = other->kind;
		sum.promised = other->promised;
		strcpy(sum.rule, other->rule);
	}
	add(&sum.nnan, other->nnan, &fits);
	add(&sum.confusion.true_positives, other->confusion.true_positives, &fits);
	add(&sum.confusion.false_positives, other->confusion.false_positives, &fits);
	add(&sum.confusion.true_negatives, other->confusion.true_negatives, &fits);
	add(&sum.confusion.false_negatives, other->confusion.false_negatives, &fits);
	if (!fits || !possible(&sum))
		return error_set(e, STATUS_UNSUPPORTED, "more than 2^53 numbers");
	*c = sum;
	return STATUS_OK;
}

static void merge_next(void *total, struct state_text *in, bool *end, struct error *e)
{
	struct counts next = {0};
	if (counts_read(&next, in, end, e) == STATUS_OK && !*end &&
	    counts_merge(total, &next, e) == STATUS_MISMATCH)
		state_text_blame(in, e);
	counts_release(&next);
}

enum status counts_merge_stream(struct counts *c, int fd, const char *source, struct error *e)
{
	return state_text_merge(fd, source, merge_next, c, e);
}
