/* niceflow -n: samples of the model. */
#include "niceflow_lanes.h"

#include <stdio.h>

static bool make_samples(void *context, size_t lane)
{
	const struct lanes *l = context;
	const struct niceflow_options *o = l->setup.options;
	struct lane *own = &l->all[lane];
	density_sample_latents(l->setup.model, o->common.seed, o->common.first + own->first, own->n,
	                       o->temperature, own->x);
	return density_decode(l->setup.model, own->workspace, own->n, own->x, own->x,
	                      &own->error) == STATUS_OK;
}

static bool write_samples(void *context, size_t lane)
{
	struct lanes *l = context;
	const struct lane *own = &l->all[lane];
	lanes_write_f32(own->x, own->n * l->setup.d);
	progress_update(&l->progress, own->first + own->n);
	return !ferror(stdout);
}

enum status niceflow_sample(const struct density *f, const struct niceflow_options *o,
                            struct error *e)
{
	static const struct ordered_map stages = {lanes_take, make_samples, write_samples};
	struct lanes lanes;
	if (niceflow_lanes_init(&lanes, f, o, e) == STATUS_OK) {
		progress_start(&lanes.progress, o->common.progress, o->common.nsamples);
		lanes_run(&lanes, &stages, o->common.nsamples, e);
		progress_end(&lanes.progress);
	}
	lanes_release(&lanes);
	return e->status;
}
