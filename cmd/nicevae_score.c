/* nicevae: bounds on log-likelihoods, posterior means (-z), decoded latents (-x), samples (-n). */
#include "density/pixel_bound.h"
#include "lanes.h"
#include "nicevae.h"

#include <math.h>
#include <stdio.h>

static enum status init(struct lanes *l, const struct vae *v, const struct nicevae_options *o,
                        struct error *e)
{
	struct lanes_setup setup = {.model = v,
	                            .options = o,
	                            .workspace_init = vae_workspace_new,
	                            .workspace_release = vae_workspace_free,
	                            .rows = v->rows,
	                            .room = v->d > v->latent ? v->d : v->latent,
	                            .batch = o->common.batch,
	                            .progress = o->common.progress,
	                            .files = o->common.files,
	                            .type = o->common.type,
	                            .d = o->common.mode == INVERSE ? v->latent : v->d,
	                            .any_content = o->common.any_content,
	                            .shard = o->common.shard};
	return lanes_init(l, &setup, e);
}

/* n records of the batch, from that one on, into own->x. */
static void take_records(const struct lanes *l, struct lane *own, uint64_t first, size_t n)
{
	element_to_double(l->setup.type, l->raw + first * l->in.record_bytes, n * l->setup.d,
	                  own->x);
}

/* ---- bounds: items are draws, K of each record ---- */

struct bounds {
	struct lanes lanes;
	struct log_mean_exp seen; /* of the record that the next log-weight belongs to */
};

static bool weigh_draws(void *context, size_t lane)
{
	const struct lanes *l = context;
	const struct nicevae_options *o = l->setup.options;
	struct lane *own = &l->all[lane];
	struct vae_draw draws[LINEAR_MAX_ROWS];
	uint64_t first = o->common.first + l->part.first + l->nbefore;
	uint64_t record = own->first / o->k, last = (own->first + own->n - 1) / o->k;
	size_t nrecords = (size_t)(last - record + 1);
	for (size_t i = 0; i < own->n; i++) {
		uint64_t at = own->first + i, in = at / o->k;
		draws[i] = (struct vae_draw){
		    .row = (size_t)(in - record), .index = first + in, .k = at % o->k};
	}
	take_records(l, own, record, nrecords);
	return vae_log_weights(l->setup.model, own->workspace, nrecords, own->x, o->common.seed,
	                       own->n, draws, own->x, &own->error) == STATUS_OK;
}

static void write_bound(struct bounds *b)
{
	const struct nicevae_options *o = b->lanes.setup.options;
	double value = log_mean_exp_value(&b->seen);
	b->lanes.nodd += isfinite(value) ? 0 : 1;
	lanes_write_number(value, o->common.binary, o->spread ? '\t' : '\n');
	if (o->spread)
		lanes_write_number(log_mean_exp_stdev(&b->seen), o->common.binary, '\n');
	b->seen = LOG_MEAN_EXP;
}

/* A large K takes its time, so that what is known is written at once. */
static bool write_draws(void *context, size_t lane)
{
	struct bounds *b = context;
	struct lanes *l = &b->lanes;
	const struct nicevae_options *o = l->setup.options;
	const struct lane *own = &l->all[lane];
	if (o->weights)
		lanes_write_numbers(own->x, own->n, true);
	for (size_t i = 0; i < own->n && !o->weights; i++) {
		log_mean_exp_add(&b->seen, own->x[i]);
		if ((own->first + i + 1) % o->k == 0)
			write_bound(b);
	}
	fflush(stdout);
	progress_update(&l->progress, l->nbefore + (own->first + own->n) / o->k);
	return !ferror(stdout);
}

static enum status bound_batch(struct lanes *l, size_t n, struct error *e)
{
	static const struct ordered_map stages = {lanes_take, weigh_draws, write_draws};
	const struct nicevae_options *o = l->setup.options;
	l->nbefore = l->in.nrecords - n;
	return lanes_run(l, &stages, (uint64_t)n * o->k, e);
}

enum status nicevae_bound(const struct vae *v, const struct nicevae_options *o, struct error *e)
{
	struct bounds b = {.seen = LOG_MEAN_EXP};
	if (init(&b.lanes, v, o, e) == STATUS_OK)
		lanes_read(&b.lanes, bound_batch, e);
	lanes_release(&b.lanes);
	return e->status;
}

/* ---- records to latents, and back ---- */

static bool map_records(void *context, size_t lane)
{
	const struct lanes *l = context;
	const struct nicevae_options *o = l->setup.options;
	struct lane *own = &l->all[lane];
	take_records(l, own, own->first, own->n);
	if (o->common.mode == LATENT)
		vae_encode(l->setup.model, own->workspace, own->n, own->x, own->x, &own->error);
	else
		vae_decode(l->setup.model, own->workspace, own->n, own->x, own->x, &own->error);
	return own->error.status == STATUS_OK;
}

static bool write_records(void *context, size_t lane)
{
	struct lanes *l = context;
	const struct nicevae_options *o = l->setup.options;
	const struct vae *v = l->setup.model;
	const struct lane *own = &l->all[lane];
	lanes_write_f32(own->x, own->n * (o->common.mode == LATENT ? v->latent : v->d));
	progress_update(&l->progress, l->nbefore + own->first + own->n);
	return !ferror(stdout);
}

static enum status map_batch(struct lanes *l, size_t n, struct error *e)
{
	static const struct ordered_map stages = {lanes_take, map_records, write_records};
	l->nbefore = l->in.nrecords - n;
	return lanes_run(l, &stages, n, e);
}

enum status nicevae_map(const struct vae *v, const struct nicevae_options *o, struct error *e)
{
	struct lanes lanes;
	if (init(&lanes, v, o, e) == STATUS_OK)
		lanes_read(&lanes, map_batch, e);
	lanes_release(&lanes);
	return e->status;
}

/* ---- samples ---- */

static bool make_samples(void *context, size_t lane)
{
	const struct lanes *l = context;
	const struct nicevae_options *o = l->setup.options;
	struct lane *own = &l->all[lane];
	return vae_sample(l->setup.model, own->workspace, o->common.seed,
	                  o->common.first + own->first, own->n, !o->means, own->x, own->x,
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

enum status nicevae_sample(const struct vae *v, const struct nicevae_options *o, struct error *e)
{
	static const struct ordered_map stages = {lanes_take, make_samples, write_samples};
	struct lanes lanes;
	if (init(&lanes, v, o, e) == STATUS_OK) {
		progress_start(&lanes.progress, o->common.progress, o->common.nsamples);
		lanes_run(&lanes, &stages, o->common.nsamples, e);
		progress_end(&lanes.progress);
	}
	lanes_release(&lanes);
	return e->status;
}
