/* Selection of records by range, class and chance. */
#include "record/selection.h"

#include "base/decimal.h"
#include "io/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool selection_parse_range(struct selection *s, const char *text)
{
	char copy[64];
	const char *colon = strchr(text, ':');
	uint64_t first = 0, last = UINT64_MAX;
	if (!colon || strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	copy[colon - text] = '\0';
	const char *after = copy + (colon - text) + 1;
	if ((*copy && !decimal_parse_u64(copy, 0, UINT32_MAX, &first)) ||
	    (*after && !decimal_parse_u64(after, 0, UINT32_MAX, &last)) || first > last)
		return false;
	s->first = first;
	s->last = last;
	return true;
}

bool selection_parse_classes(struct selection *s, const char *text)
{
	size_t n = 0;
	const char *p = text;
	do {
		char *end;
		if ((*p < '0' || *p > '9') && *p != '-')
			return false;
		long value = strtol(p, &end, 10);
		if (end == p || (*end != ',' && *end != '\0') || n == SELECTION_MAX_CLASSES ||
		    value < INT32_MIN || value > INT32_MAX)
			return false;
		s->classes[n++] = value;
		p = end + 1;
	} while (p[-1] == ',');
	s->nclasses = n;
	return true;
}

static enum status labels_error(const struct selection *s, struct error *e)
{
	return error_prefix(e, "labels %s: ", s->labels);
}

static enum status open_labels(struct selection *s, uint64_t nrecords, struct error *e)
{
	if (input_open(s->labels, &s->label_fd, e) != STATUS_OK)
		return labels_error(s, e);
	s->nlabels = 0;
	if (idx_open(&s->label_idx, s->label_fd, NULL, e) != STATUS_OK) {
		close(s->label_fd);
		return labels_error(s, e);
	}
	if (s->label_idx.rank != 1 || s->label_idx.type == ELEMENT_F32 ||
	    s->label_idx.type == ELEMENT_F64)
		error_set(e, STATUS_MISMATCH, "labels %s: not an IDX file of rank 1 with integers",
		          s->labels);
	else if (s->label_idx.nrecords != nrecords)
		error_set(e, STATUS_MISMATCH, "labels %s: %llu labels for %llu records", s->labels,
		          (unsigned long long)s->label_idx.nrecords, (unsigned long long)nrecords);
	return e->status;
}

static void close_labels(struct selection *s)
{
	if (!s->label_idx.body.gzip)
		return;
	idx_release(&s->label_idx);
	close(s->label_fd);
}

static bool class_wanted(const struct selection *s, int64_t label)
{
	for (size_t i = 0; i < s->nclasses; i++) {
		if (s->classes[i] == label)
			return true;
	}
	return false;
}

/* Whether the next record's class is wanted. */
static enum status next_label(struct selection *s, bool *wanted, struct error *e)
{
	int64_t label = 0;
	if (s->nlabels == 0 &&
	    idx_next(&s->label_idx, &s->label_batch, &s->nlabels, e) != STATUS_OK)
		return labels_error(s, e);
	element_big_endian_integer(s->label_idx.type, s->label_batch, &label);
	s->label_batch += s->label_idx.record_bytes;
	s->nlabels--;
	*wanted = class_wanted(s, label);
	return STATUS_OK;
}

static bool in_range(const struct selection *s, uint64_t index)
{
	return index >= s->first && index < s->last;
}

/* Whether the next record is in the range and of a wanted class. */
static enum status next_candidate(struct selection *s, bool *wanted, struct error *e)
{
	bool of_class = true;
	if (s->of_class)
		of_class = s->of_class[s->index / 8] >> s->index % 8 & 1;
	else if (s->labels && next_label(s, &of_class, e) != STATUS_OK)
		return e->status;
	*wanted = of_class && in_range(s, s->index);
	s->index++;
	return STATUS_OK;
}

/* Nothing may follow the last label. */
static enum status end_labels(struct selection *s, struct error *e)
{
	size_t n;
	if (idx_next(&s->label_idx, &s->label_batch, &n, e) != STATUS_OK)
		labels_error(s, e);
	return e->status;
}

/* Appends a bit to of_class, which grows with the labels read, not with what their header claims.
 */
static enum status remember(struct selection *s, uint64_t index, bool wanted, struct error *e)
{
	if (index / 8 == s->of_class_bytes) {
		size_t bytes = 2 * s->of_class_bytes + 4096;
		unsigned char *grown = realloc(s->of_class, bytes);
		if (!grown)
			return error_memory(e);
		memset(grown + s->of_class_bytes, 0, bytes - s->of_class_bytes);
		s->of_class = grown;
		s->of_class_bytes = bytes;
	}
	s->of_class[index / 8] |= (unsigned char)(wanted << index % 8);
	return STATUS_OK;
}

/* Reads all labels into of_class and counts the candidates. */
static enum status read_labels(struct selection *s, uint64_t nrecords, uint64_t *count,
                               struct error *e)
{
	uint64_t found = 0;
	if (open_labels(s, nrecords, e) == STATUS_OK) {
		for (uint64_t i = 0; i < nrecords && e->status == STATUS_OK; i++) {
			bool wanted = false;
			if (next_label(s, &wanted, e) == STATUS_OK &&
			    remember(s, i, wanted, e) == STATUS_OK)
				found += wanted && in_range(s, i);
		}
		if (e->status == STATUS_OK)
			end_labels(s, e);
	}
	close_labels(s);
	if (e->status == STATUS_OK)
		*count = found;
	return e->status;
}

static enum status prepare_random(struct selection *s, uint64_t nrecords, struct error *e)
{
	uint64_t count = s->last - s->first;
	if (s->labels && read_labels(s, nrecords, &count, e) != STATUS_OK)
		return e->status;
	if (s->npicks > count)
		return error_set(e, STATUS_MISMATCH, "cannot pick %llu of %llu records",
		                 (unsigned long long)s->npicks, (unsigned long long)count);
	s->sampler = (struct sampler){.seed = s->seed, .nrecords = count, .npicks = s->npicks};
	return STATUS_OK;
}

enum status selection_open(struct selection *s, uint64_t nrecords, struct error *e)
{
	if (s->last == UINT64_MAX && s->first <= nrecords)
		s->last = nrecords;
	if (s->last > nrecords)
		return error_set(e, STATUS_MISMATCH,
		                 "the range exceeds the %llu records of the file",
		                 (unsigned long long)nrecords);
	if (s->random)
		prepare_random(s, nrecords, e);
	else if (s->labels)
		open_labels(s, nrecords, e);
	return e->status;
}

void selection_release(struct selection *s)
{
	close_labels(s);
	free(s->of_class);
	s->of_class = NULL;
}

enum status selection_next(struct selection *s, bool *wanted, struct error *e)
{
	bool candidate = false;
	if (next_candidate(s, &candidate, e) != STATUS_OK)
		return e->status;
	*wanted = candidate;
	if (candidate && s->random)
		*wanted = (sampler_next(&s->sampler) != 0) != s->invert;
	return STATUS_OK;
}

enum status selection_finish(struct selection *s, struct error *e)
{
	return s->labels && !s->random ? end_labels(s, e) : e->status;
}
