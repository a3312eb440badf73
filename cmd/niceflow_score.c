/* niceflow: likelihoods of records, latents (-z), inverses (-x). */
#include "niceflow_lanes.h"

#include <math.h>
#include <stdio.h>

/* The next batch, if it has arrived and all threads are at work already. */
static void read_on(struct lanes *l)
{
	size_t n;
	if (l->n > 1 && l->n == l->max &&
	    record_stream_ready(&l->in, &l->raw, &n, &l->error) == STATUS_OK)
		lanes_offer(l, n);
}

static bool take_records(void *context, size_t lane)
{
	struct lanes *l = context;
	struct lane *own = &l->all[lane];
	if (l->next == l->end)
		read_on(l);
	if (!lanes_take(l, lane))
		return false;
	element_to_double(l->setup.type, l->raw + own->first * l->in.record_bytes,
	                  own->n * l->setup.d, own->x);
	return true;
}

static bool score_records(void *context, size_t lane)
{
	const struct lanes *l = context;
	struct lane *own = &l->all[lane];
	const struct niceflow_options *o = l->setup.options;
	enum mode mode = o->common.mode;
	if (mode == LIKELIHOOD)
		density_log_density(l->setup.model, own->workspace, own->n, own->x, own->x,
		                    &own->error);
	else if (mode == LATENT)
		density_encode(l->setup.model, own->workspace, own->n, own->x, own->x, &own->error);
	else
		density_decode(l->setup.model, own->workspace, own->n, own->x, own->x, &own->error);
	return own->error.status == STATUS_OK;
}

static bool write_records(void *context, size_t lane)
{
	struct lanes *l = context;
	const struct niceflow_options *o = l->setup.options;
	const struct lane *own = &l->all[lane];
	for (size_t i = 0; o->common.mode == LIKELIHOOD && i < own->n; i++)
		l->nodd += isfinite(own->x[i]) ? 0 : 1;
	if (o->common.mode == LIKELIHOOD)
		lanes_write_numbers(own->x, own->n, o->common.binary);
	else
		lanes_write_f32(own->x, own->n * l->setup.d);
	progress_update(&l->progress, l->nbefore += own->n);
	return !ferror(stdout);
}

static enum status score_batch(struct lanes *l, size_t n, struct error *e)
{
	static const struct ordered_map stages = {take_records, score_records, write_records};
	return lanes_run(l, &stages, n, e);
}

enum status niceflow_score(const struct density *f, const struct niceflow_options *o,
                           struct error *e)
{
	struct lanes lanes;
	if (niceflow_lanes_init(&lanes, f, o, e) == STATUS_OK)
		lanes_read(&lanes, score_batch, e);
	lanes_release(&lanes);
	return e->status;
}
