/* niceflow -k: importance-weighted bounds on the log-probabilities of pixels. */
#include "niceflow_lanes.h"

#include "density/pixel_bound.h"

#include <math.h>
#include <stdio.h>

struct context {
	struct lanes lanes; /* items are dequantisations */
	struct bound bound;
	struct log_mean_exp seen; /* of the record that the next log-weight belongs to */
};

static void write_bound(const struct niceflow_options *o, size_t d, const struct log_mean_exp *m)
{
	double unit = o->bits ? (double)d * log(2) : 1;
	double value = log_mean_exp_value(m) / unit;
	lanes_write_number(o->bits ? -value : value, o->common.binary, o->spread ? '\t' : '\n');
	if (o->spread)
		lanes_write_number(log_mean_exp_stdev(m) / unit, o->common.binary, '\n');
}

static bool weigh_rows(void *context, size_t lane)
{
	const struct context *c = context;
	const struct lanes *l = &c->lanes;
	const struct niceflow_options *o = l->setup.options;
	struct lane *own = &l->all[lane];
	return bound_log_weights(&c->bound, own->workspace, l->raw,
	                         o->common.first + l->part.first + l->nbefore, own->first, own->n,
	                         own->x, own->x, &own->error) == STATUS_OK;
}

static void write_bounds(struct context *c, const struct lane *own)
{
	for (size_t i = 0; i < own->n; i++) {
		log_mean_exp_add(&c->seen, own->x[i]);
		if ((own->first + i + 1) % c->bound.k == 0) {
			write_bound(c->lanes.setup.options, c->lanes.setup.d, &c->seen);
			c->seen = LOG_MEAN_EXP;
		}
	}
}

/* A large K takes its time, so that what is known is written at once. */
static bool write_rows(void *context, size_t lane)
{
	struct context *c = context;
	const struct niceflow_options *o = c->lanes.setup.options;
	const struct lane *own = &c->lanes.all[lane];
	if (o->weights)
		lanes_write_numbers(own->x, own->n, true);
	else
		write_bounds(c, own);
	fflush(stdout);
	progress_update(&c->lanes.progress, c->lanes.nbefore + (own->first + own->n) / c->bound.k);
	return !ferror(stdout);
}

static enum status bound_batch(struct lanes *l, size_t n, struct error *e)
{
	static const struct ordered_map stages = {lanes_take, weigh_rows, write_rows};
	const struct context *c = (const struct context *)l;
	l->nbefore = l->in.nrecords - n;
	return lanes_run(l, &stages, (uint64_t)n * c->bound.k, e);
}

enum status niceflow_bound(const struct density *f, const struct niceflow_options *o,
                           struct error *e)
{
	struct context c = {.bound = {f, o->k, o->common.seed}, .seen = LOG_MEAN_EXP};
	if (niceflow_lanes_init(&c.lanes, f, o, e) == STATUS_OK)
		lanes_read(&c.lanes, bound_batch, e);
	lanes_release(&c.lanes);
	return e->status;
}
