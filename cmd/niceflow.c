/* niceflow: likelihoods, latents, samples of a NICE flow: its model. The options are in
 * niceflow_options.c; each verb has a file: niceflow_score.c, niceflow_bound.c, niceflow_sample.c,
 * niceflow_attribute.c, niceflow_info.c. */
#include "niceflow.h"
#include "cli.h"
#include "io/input.h"
#include "model/model_file.h"
#include "threads/threads.h"

#include <stdlib.h>
#include <unistd.h>

/* baseline: of attributions. */
static enum status load(struct niceflow_options *o, struct density *f, double **baseline,
                        struct error *e)
{
	struct tensors tensors = {0};
	int fd = -1;
	if (input_open(o->common.model, &fd, e) == STATUS_OK &&
	    model_file_read(fd, o->common.way, &tensors, e) == STATUS_OK &&
	    density_open(f, &tensors, linear_for(o->common.precision), o->common.precision, e) ==
	        STATUS_OK &&
	    o->common.mode == INFO)
		niceflow_info(f, &tensors, e);
	lanes_options_choose_type(&o->common, &tensors);
	if (e->status == STATUS_OK && o->common.mode == ATTRIBUTE &&
	    niceflow_baseline(o, f->d, &tensors, baseline, e) == STATUS_OK &&
	    o->method != ATTRIBUTION_REPLACE)
		density_open_gradient(f, &tensors, e);
	tensors_release(&tensors);
	if (fd > 0)
		close(fd);
	return e->status;
}

static int run(const struct density *f, const struct niceflow_options *o, double *baseline)
{
	struct error e = {0};
	if (o->baseline && niceflow_read_baseline(o, f->d, baseline) != EXIT_OK)
		return EXIT_BAD;
	if (o->common.mode == BOUND)
		niceflow_bound(f, o, &e);
	else if (o->common.mode == SAMPLES)
		niceflow_sample(f, o, &e);
	else if (o->common.mode == ATTRIBUTE)
		niceflow_attribute(f, o, baseline, &e);
	else if (o->common.mode != INFO)
		niceflow_score(f, o, &e);
	if (e.status == STATUS_OK)
		return EXIT_OK;
	return cli_fail(o->common.mode == SAMPLES ? NULL : input_list_name(o->common.files), &e);
}

int main(int argc, char **argv)
{
	struct input_list files;
	struct niceflow_options o = {.common = {.files = &files}};
	struct error e = {0};
	struct density density = {0};
	double *baseline = NULL;
	cli_start(&niceflow_program, argv);
	niceflow_parse(argc, argv, &o);
	cli_confine(SANDBOX_READING);
	if (o.common.nthreads > 0)
		threads_set_count((unsigned)o.common.nthreads);
	int status = load(&o, &density, &baseline, &e) == STATUS_OK ? run(&density, &o, baseline)
	                                                            : cli_fail(o.common.model, &e);
	free(baseline);
	density_release(&density);
	return cli_finish(status);
}
