/* nicethresh: decides which log-likelihoods are anomalies: by a threshold, or by their p-values. */
#include "nicethresh.h"

#include "cli.h"
#include "state_shards.h"

enum { EXIT_ANOMALY = 3 };

/* Prints the counts, or their state. */
static int end_run(struct run *r)
{
	const struct options *o = r->o;
	struct counts *counts = &r->counts;
	if (r->e.status != STATUS_OK)
		return cli_fail(r->culprit, &r->e);
	if (state_shards_finish(&counts->shards, &o->shard, o->state) != EXIT_OK)
		return EXIT_BAD;
	if (o->state)
		counts_write(counts, stdout);
	else if (!o->indices && (o->merge || options_expect(o)))
		report_counts(counts);
	return o->exit_code && r->anomalies > 0 ? EXIT_ANOMALY : EXIT_OK;
}

static int decide(struct run *r)
{
	const struct options *o = r->o;
	int status = detector_read(&r->detector, o);
	if (status != EXIT_OK)
		return status;
	if (options_expect(o))
		counts_begin(r);
	decide_all(r);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct input_list files = {0};
	struct options o = {.files = &files};
	cli_start(&nicethresh_program, argv);
	options_parse(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	struct run run = {.o = &o, .paste = {.fd = -1}};
	int status = EXIT_OK;
	if (o.merge)
		merge_all(&run);
	else
		status = decide(&run);
	if (status == EXIT_OK) {
		cli_warn_if_most(files.n > 1 ? NULL : files.names[0], run.counts.nnan, run.n,
		                 "numbers are nan");
		status = end_run(&run);
	}
	paste_release(&run.paste);
	labels_release(&run.labels);
	detector_release(&run.detector);
	counts_release(&run.counts);
	return cli_finish(status);
}
