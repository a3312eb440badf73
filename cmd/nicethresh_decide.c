/* The decisions of nicethresh: each number, its label, its verdict. */
#include "nicethresh.h"

#include "io/input.h"
#include "io/numbers.h"
#include "io/record_stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void decide(struct run *r, double value)
{
	bool anomalous = r->o->expect == EXPECT_ANOMALOUS, known = options_expect(r->o);
	uint64_t rank = detector_rank(&r->detector, value);
	uint64_t index = r->o->first + r->n;
	bool anomaly = detector_flags(&r->detector, value, rank, index);
	if (r->o->labels && labels_next(&r->labels, &anomalous, &r->e) != STATUS_OK) {
		r->culprit = r->o->labels;
		return;
	}
	if (known)
		confusion_add(&r->counts.confusion, anomalous, anomaly);
	if (r->o->paste)
		paste_row(r, value, anomaly, rank);
	else if (r->o->indices && (known ? anomaly != anomalous : anomaly))
		printf("%" PRIu64 "\n", index);
	else if (!r->o->indices && !known)
		report_verdict(r, value, anomaly, rank);
	r->n++;
	r->counts.nnan += isnan(value) ? 1 : 0;
	r->anomalies += anomaly;
}

static void decide_each(struct run *r, int fd)
{
	struct numbers in = {0};
	const double *values;
	size_t n = 1;
	numbers_init(&in, fd, stdout, r->o->binary, &r->e);
	while (r->e.status == STATUS_OK && n > 0 && !ferror(stdout) &&
	       numbers_next(&in, &values, &n, &r->e) == STATUS_OK)
		for (size_t i = 0; i < n && r->e.status == STATUS_OK; i++)
			decide(r, values[i]);
	numbers_release(&in);
}

/* With --fdr, which p-values are small enough depends on all of them. */
static void decide_on_sample(struct run *r, const struct sample *s)
{
	struct detector *d = &r->detector;
	if (r->e.status == STATUS_OK)
		conformal_fdr_cut(&d->conformal, s->values, s->n, r->o->fdr, &d->cut, &r->e);
	for (size_t i = 0; i < s->n && r->e.status == STATUS_OK; i++)
		decide(r, s->values[i]);
}

/* Each window as soon as it is full; the last, which may be shorter, is left in r->held. */
static void decide_in_windows(struct run *r, int fd)
{
	struct numbers in = {0};
	const double *values;
	size_t n = 1;
	numbers_init(&in, fd, stdout, r->o->binary, &r->e);
	while (r->e.status == STATUS_OK && n > 0 && !ferror(stdout) &&
	       numbers_next(&in, &values, &n, &r->e) == STATUS_OK) {
		for (size_t i = 0; i < n && r->e.status == STATUS_OK; i++) {
			sample_add(&r->held, values + i, 1, &r->e);
			if (r->held.n < r->o->window)
				continue;
			decide_on_sample(r, &r->held);
			r->held.n = 0;
		}
	}
	numbers_release(&in);
}

/* The numbers of the files in turn; those that are not decided on one by one are held back. */
static void decide_files(struct run *r)
{
	const struct options *o = r->o;
	struct input_list *files = o->files;
	while (r->e.status == STATUS_OK && !ferror(stdout) && files->nopened < files->n) {
		enum status opened = input_list_open_next(files, &r->e);
		r->culprit = input_list_name(files);
		if (opened == STATUS_OK && o->window > 0)
			decide_in_windows(r, files->fd);
		else if (opened == STATUS_OK && o->fdr > 0)
			sample_read(&r->held, files->fd, o->binary, &r->e);
		else if (opened == STATUS_OK)
			decide_each(r, files->fd);
	}
	input_list_close(files);
	if (o->fdr > 0 && (o->window == 0 || r->held.n > 0))
		decide_on_sample(r, &r->held);
	sample_release(&r->held);
}

void decide_all(struct run *r)
{
	r->culprit = r->o->labels;
	if (r->o->labels && labels_open(&r->labels, r->o->labels, stdout, &r->e) != STATUS_OK)
		return;
	if (r->o->paste)
		paste_open(r);
	if (r->e.status != STATUS_OK)
		return;
	decide_files(r);
	if (r->e.status == STATUS_OK && r->o->labels &&
	    labels_finish(&r->labels, &r->e) != STATUS_OK)
		r->culprit = r->o->labels;
	if (r->e.status == STATUS_OK && r->o->paste && !ferror(stdout))
		paste_finish(r);
}
