/* niceflow --attribute: what each element of a record contributes to its log-likelihood. */
#include "niceflow_lanes.h"

#include "attribution/attribution_sum.h"
#include "cli.h"
#include "density/nice_names.h"
#include "io/input.h"

#include <stdio.h>
#include <stdlib.h>

struct context {
	struct lanes lanes; /* items are those of lib/attribution */
	struct attribution attribution;
	struct attribution_sum sum; /* of the record that is being written */
};

void niceflow_check_attribute(const struct niceflow_options *o)
{
	bool attributes = o->common.mode == ATTRIBUTE;
	bool path = attributes && o->method == ATTRIBUTION_PATH;
	if (o->baseline && (!attributes || o->method == ATTRIBUTION_GRADIENT))
		cli_usage("--baseline requires --attribute replace or path");
	if ((o->steps > 0 || o->check) && !path)
		cli_usage("--steps and --check require --attribute path");
	if (o->common.binary && attributes && !o->check)
		cli_usage("-b: attributions are raw f32");
}

int niceflow_read_baseline(const struct niceflow_options *o, size_t d, double *baseline)
{
	struct error failure = {0}, *e = &failure;
	struct record_stream in = {0};
	const unsigned char *raw;
	size_t n, more;
	int fd = -1;
	if (input_open(o->baseline, &fd, e) == STATUS_OK)
		record_stream_init(&in, fd, NULL, d * element_bytes(o->common.type), 1, e);
	in.any_content = o->common.any_content;
	if (e->status == STATUS_OK && record_stream_next(&in, &raw, &n, e) == STATUS_OK) {
		if (n > 0)
			element_to_double(o->common.type, raw, d, baseline);
		if (n == 0 || (record_stream_next(&in, &raw, &more, e) == STATUS_OK && more > 0))
			error_set(e, STATUS_MALFORMED, "%s",
			          n > 0 ? "more than one record" : "no record");
	}
	if (e->status == STATUS_TRUNCATED || e->status == STATUS_MALFORMED)
		error_add(e, e->status, "a baseline is one record of %zu %s elements", d,
		          element_name(o->common.type));
	record_stream_release(&in);
	return cli_close_input(o->baseline, fd, e);
}

enum status niceflow_baseline(const struct niceflow_options *o, size_t d, const struct tensors *t,
                              double **out, struct error *e)
{
	const struct tensor *noted = tensors_find(t, NICE_NAMES_BASELINE);
	const struct tensor *own = noted ? noted : tensors_find(t, NICE_NAMES_MEAN);
	double *baseline = calloc(d, sizeof(double));
	if (!baseline)
		error_memory(e);
	else if (!o->baseline && o->method != ATTRIBUTION_GRADIENT && !own)
		error_set(e, STATUS_MISMATCH, "the model has no baseline; give one by --baseline");
	else if (!o->baseline && own && own->nelements != d)
		error_set(e, STATUS_MISMATCH, "baseline has %zu elements, not %zu", own->nelements,
		          d);
	else if (!o->baseline && own)
		tensor_to_double(own, 0, d, baseline);
	if (e->status == STATUS_OK)
		*out = baseline;
	else
		free(baseline);
	return e->status;
}

static bool compute_items(void *context, size_t lane)
{
	const struct context *c = context;
	const struct lanes *l = &c->lanes;
	struct lane *own = &l->all[lane];
	return attribution_compute(&c->attribution, own->workspace, l->raw, own->first, own->n,
	                           own->x, &own->error) == STATUS_OK;
}

static void write_sum(const struct context *c)
{
	const struct niceflow_options *o = c->lanes.setup.options;
	if (o->check)
		lanes_write_number(c->sum.remainder, o->common.binary, '\n');
	else
		lanes_write_f32(c->sum.values, c->lanes.setup.d);
}

static bool write_items(void *context, size_t lane)
{
	struct context *c = context;
	const struct lane *own = &c->lanes.all[lane];
	size_t nitems = attribution_items(&c->attribution);
	for (size_t i = 0; i < own->n; i++) {
		uint64_t at = own->first + i;
		const unsigned char *raw = c->lanes.raw + at / nitems * c->lanes.in.record_bytes;
		if (attribution_sum_add(&c->sum, raw, (size_t)(at % nitems),
		                        attribution_result(&c->attribution, own->x, i)))
			write_sum(c);
	}
	fflush(stdout);
	progress_update(&c->lanes.progress, c->lanes.nbefore + (own->first + own->n) / nitems);
	return !ferror(stdout);
}

static enum status attribute_batch(struct lanes *l, size_t n, struct error *e)
{
	static const struct ordered_map stages = {lanes_take, compute_items, write_items};
	const struct context *c = (const struct context *)l;
	l->nbefore = l->in.nrecords - n;
	return lanes_run(l, &stages, (uint64_t)n * attribution_items(&c->attribution), e);
}

enum status niceflow_attribute(const struct density *f, const struct niceflow_options *o,
                               const double *baseline, struct error *e)
{
	struct context c = {.attribution = {f, o->method, baseline, o->steps ? o->steps : STEPS,
	                                    o->check, o->common.type}};
	if (attribution_sum_init(&c.sum, &c.attribution, e) == STATUS_OK) {
		if (niceflow_lanes_init(&c.lanes, f, o, e) == STATUS_OK)
			lanes_read(&c.lanes, attribute_batch, e);
		lanes_release(&c.lanes);
	}
	attribution_sum_release(&c.sum);
	return e->status;
}
