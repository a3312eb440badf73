/* Knows how records are chosen. Does not know what is in them. */
#include "selection.h"

#include "stream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	if (stream_open(s->labels, &s->label_fd, e) != STATUS_OK)
		return labels_error(s, e);
	s->nlabels = 0;
	if (idx_open(&s->label_idx, s->label_fd, NULL, e) != STATUS_OK) {
		close(s->label_fd);
		return labels_error(s, e);
	}
	if (s->label_idx.rank != 1 || s->label_idx.type == ELEMENT_F32 ||
	    s->label_idx.type == ELEMENT_F64)
		error_set(e, STATUS_MISMATCH, "labels %s: not one integer for each record",
		          s->labels);
	else if (s->label_idx.nrecords != nrecords)
		error_set(e, STATUS_MISMATCH, "labels %s: %llu labels for %llu records", s->labels,
		          (unsigned long long)s->label_idx.nrecords, (unsigned long long)nrecords);
	return e->status;
}

static void close_labels(struct selection *s)
{
	if (!s->label_idx.gzip)
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

/* Range and classes, for the next record. */
static enum status next_candidate(struct selection *s, bool *wanted, struct error *e)
{
	bool of_class = true;
	if (s->labels && next_label(s, &of_class, e) != STATUS_OK)
		return e->status;
	*wanted = of_class && s->index >= s->first && s->index < s->last;
	s->index++;
	return STATUS_OK;
}

static enum status count_candidates(struct selection *s, uint64_t nrecords, uint64_t *count,
                                    struct error *e)
{
	*count = s->last - s->first;
	if (!s->labels)
		return STATUS_OK;
	*count = 0;
	if (open_labels(s, nrecords, e) == STATUS_OK) {
		bool wanted = false;
		while (s->index < nrecords && next_candidate(s, &wanted, e) == STATUS_OK)
			*count += wanted;
	}
	close_labels(s);
	s->index = 0;
	return e->status;
}

static enum status prepare_random(struct selection *s, uint64_t nrecords, struct error *e)
{
	uint64_t count;
	if (count_candidates(s, nrecords, &count, e) != STATUS_OK)
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
		                 "the range goes beyond the %llu records of the file",
		                 (unsigned long long)nrecords);
	if (s->random && prepare_random(s, nrecords, e) != STATUS_OK)
		return e->status;
	if (s->labels && open_labels(s, nrecords, e) != STATUS_OK)
		close_labels(s);
	return e->status;
}

void selection_release(struct selection *s)
{
	close_labels(s);
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
	size_t n;
	if (s->labels && idx_next(&s->label_idx, &s->label_batch, &n, e) != STATUS_OK)
		return labels_error(s, e);
	return e->status;
}
