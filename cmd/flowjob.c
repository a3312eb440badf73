/* Knows how records become pieces of work for several threads, and how results are written. */
#include "flowjob.h"

#include "num.h"
#include "parallel.h"
#include "pipeline.h"
#include "rng.h"
#include "stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what is written ---- */

static void write_number(double value, bool binary, char end)
{
	char text[NUM_TEXT];
	unsigned char raw[8];
	if (binary) {
		element_from_double(ELEMENT_F64, &value, 1, raw);
		fwrite(raw, 1, sizeof(raw), stdout);
	} else {
		num_format_double(value, text);
		fputs(text, stdout);
		putchar(end);
	}
}

static void write_likelihoods(const double *ll, size_t n, bool binary)
{
	for (size_t i = 0; i < n; i++)
		write_number(ll[i], binary, '\n');
}

static void write_f32(const double *values, size_t n)
{
	unsigned char raw[1 << 14];
	for (size_t i = 0; i < n; i += sizeof(raw) / 4) {
		size_t piece = n - i < sizeof(raw) / 4 ? n - i : sizeof(raw) / 4;
		element_from_double(ELEMENT_F32, values + i, piece, raw);
		fwrite(raw, 4, piece, stdout);
	}
}

/* ---- the three ways of the data ---- */

/* What one thread works on: a piece of the items. */
struct lane {
	struct flow_workspace workspace;
	double *x;      /* (MATMUL_MAX_ROWS, D); likelihoods take the place of the records they are of */
	uint64_t first; /* item */
	size_t n;
	struct error error;
};

/* Items are the records of a batch, the dequantisations of all of them, or samples. */
struct job {
	const struct flow_options *options;
	const struct flow *flow;
	struct progress progress;
	struct lane *lanes;
	size_t max_lanes, nlanes, nready; /* one per thread; at work; with memory */
	uint64_t next, end;       /* items that no lane has taken */
	size_t piece;             /* items that a lane takes */
	struct records in;
	const unsigned char *raw; /* the batch */
	uint64_t nbefore;         /* records before it */
	struct error error;       /* of reading on */
	struct bound bound;
	struct log_mean_exp seen; /* of the record that the next log-weight belongs to */
};

/* Records that are worth a thread of their own: with less, threads that share each product are faster. */
enum { WORTHWHILE = 96 };

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t share(uint64_t n, uint64_t nshares)
{
	return n / nshares + (n % nshares > 0);
}

static void offer(struct job *j, uint64_t nitems)
{
	j->next = 0;
	j->end = nitems;
	j->piece = (size_t)least(share(nitems, j->nlanes), least(j->options->batch, MATMUL_MAX_ROWS));
}

static enum status prepare(struct lane *l, const struct flow *f, struct error *e)
{
	if (flow_workspace_init(&l->workspace, f, e) == STATUS_OK &&
	    !(l->x = malloc(MATMUL_MAX_ROWS * f->d * sizeof(double))))
		error_memory(e);
	return e->status;
}

/* All items, by as many lanes as they are worth. */
static enum status run_lanes(struct job *j, const struct pipeline *stages, uint64_t nitems,
                             struct error *e)
{
	j->nlanes = (size_t)least(nitems / WORTHWHILE + (nitems < WORTHWHILE), j->max_lanes);
	for (; j->nready < j->nlanes; j->nready++) {
		if (prepare(&j->lanes[j->nready], j->flow, e) != STATUS_OK)
			return e->status;
	}
	offer(j, nitems);
	pipeline_run(stages, j->nlanes, j);
	for (size_t i = 0; i < j->nlanes && e->status == STATUS_OK; i++)
		*e = j->lanes[i].error;
	if (e->status == STATUS_OK)
		*e = j->error;
	return e->status;
}

static bool take(void *context, size_t lane)
{
	struct job *j = context;
	struct lane *l = &j->lanes[lane];
	l->first = j->next;
	l->n = (size_t)least(j->end - j->next, j->piece);
	j->next += l->n;
	return l->n > 0;
}

/* ---- records ---- */

/* The next batch, if it has arrived and all threads are at work already. */
static void read_on(struct job *j)
{
	size_t n;
	if (j->nlanes > 1 && j->nlanes == j->max_lanes &&
	    records_ready(&j->in, &j->raw, &n, &j->error) == STATUS_OK)
		offer(j, n);
}

static bool take_records(void *context, size_t lane)
{
	struct job *j = context;
	struct lane *l = &j->lanes[lane];
	if (j->next == j->end)
		read_on(j);
	if (!take(context, lane))
		return false;
	element_to_double(j->options->type, j->raw + l->first * j->in.record_bytes, l->n * j->flow->d,
	                  l->x);
	return true;
}

static bool work_records(void *context, size_t lane)
{
	struct job *j = context;
	struct lane *l = &j->lanes[lane];
	enum mode mode = j->options->mode;
	if (mode == LIKELIHOOD)
		flow_log_likelihood(j->flow, &l->workspace, l->n, l->x, l->x, &l->error);
	else if (mode == LATENT)
		flow_forward(j->flow, &l->workspace, l->n, l->x, l->x, &l->error);
	else
		flow_inverse(j->flow, &l->workspace, l->n, l->x, l->x, &l->error);
	return l->error.status == STATUS_OK;
}

static bool give_records(void *context, size_t lane)
{
	struct job *j = context;
	const struct lane *l = &j->lanes[lane];
	if (j->options->mode == LIKELIHOOD)
		write_likelihoods(l->x, l->n, j->options->binary);
	else
		write_f32(l->x, l->n * j->flow->d);
	progress_update(&j->progress, j->nbefore += l->n);
	return !ferror(stdout);
}

static enum status run_records(struct job *j, struct error *e)
{
	static const struct pipeline stages = {take_records, work_records, give_records};
	size_t n = 1;
	while (!ferror(stdout) && records_next(&j->in, &j->raw, &n, e) == STATUS_OK && n > 0) {
		if (run_lanes(j, &stages, n, e) != STATUS_OK)
			break;
	}
	return e->status;
}

/* ---- bounds ---- */

static void write_bound(const struct flow_options *o, size_t d, const struct log_mean_exp *m)
{
	double unit = o->bits ? (double)d * log(2) : 1;
	double value = log_mean_exp_value(m) / unit;
	write_number(o->bits ? -value : value, o->binary, o->spread ? '\t' : '\n');
	if (o->spread)
		write_number(log_mean_exp_stdev(m) / unit, o->binary, '\n');
}

static bool work_bounds(void *context, size_t lane)
{
	struct job *j = context;
	struct lane *l = &j->lanes[lane];
	return bound_log_weights(&j->bound, &l->workspace, j->raw, j->options->first + j->nbefore,
	                         l->first, l->n, l->x, l->x, &l->error) == STATUS_OK;
}

static void write_rows(struct job *j, const struct lane *l)
{
	for (size_t i = 0; i < l->n; i++) {
		log_mean_exp_add(&j->seen, l->x[i]);
		if ((l->first + i + 1) % j->bound.k == 0) {
			write_bound(j->options, j->flow->d, &j->seen);
			j->seen = LOG_MEAN_EXP;
		}
	}
}

/* A large K takes its time, so that what is known is written at once. */
static bool give_bounds(void *context, size_t lane)
{
	struct job *j = context;
	const struct lane *l = &j->lanes[lane];
	if (j->options->weights)
		write_likelihoods(l->x, l->n, true);
	else
		write_rows(j, l);
	fflush(stdout);
	progress_update(&j->progress, j->nbefore + (l->first + l->n) / j->bound.k);
	return !ferror(stdout);
}

static enum status run_bounds(struct job *j, struct error *e)
{
	static const struct pipeline stages = {take, work_bounds, give_bounds};
	size_t n = 1;
	j->bound = (struct bound){j->flow, j->options->k, j->options->seed};
	j->seen = LOG_MEAN_EXP;
	while (!ferror(stdout) && records_next(&j->in, &j->raw, &n, e) == STATUS_OK && n > 0) {
		j->nbefore = j->in.nrecords - n;
		if (run_lanes(j, &stages, (uint64_t)n * j->bound.k, e) != STATUS_OK)
			break;
	}
	return e->status;
}

/* Records in the file, if it is one; 0 otherwise. */
static uint64_t count_records(int fd, size_t record_bytes)
{
	struct stat st;
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	return regular ? (uint64_t)st.st_size / record_bytes : 0;
}

static enum status run_file(struct job *j, struct error *e)
{
	const struct flow_options *o = j->options;
	size_t d = j->flow->d, bytes = d * element_bytes(o->type);
	int fd = -1;
	if (stream_open(o->file, &fd, e) == STATUS_OK &&
	    records_init(&j->in, fd, stdout, bytes, o->batch, e) == STATUS_OK) {
		progress_start(&j->progress, o->progress, count_records(fd, bytes));
		if (o->mode == BOUND)
			run_bounds(j, e);
		else
			run_records(j, e);
		progress_end(&j->progress);
	}
	if (e->status == STATUS_TRUNCATED)
		error_add(e, STATUS_TRUNCATED, "the model takes records of %zu %s elements", d,
		          element_name(o->type));
	records_release(&j->in);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* ---- samples ---- */

/* Latent number i depends on (seed, i) alone. */
static bool work_samples(void *context, size_t lane)
{
	struct job *j = context;
	struct lane *l = &j->lanes[lane];
	size_t d = j->flow->d;
	for (size_t i = 0; i < l->n; i++) {
		struct rng rng;
		rng_init(&rng, j->options->seed, RNG_SAMPLES, j->options->first + l->first + i);
		for (size_t k = 0; k < d; k++)
			l->x[i * d + k] = j->options->temperature * rng_logistic(&rng);
	}
	return flow_inverse(j->flow, &l->workspace, l->n, l->x, l->x, &l->error) == STATUS_OK;
}

static bool give_samples(void *context, size_t lane)
{
	struct job *j = context;
	const struct lane *l = &j->lanes[lane];
	write_f32(l->x, l->n * j->flow->d);
	progress_update(&j->progress, l->first + l->n);
	return !ferror(stdout);
}

static enum status run_samples(struct job *j, struct error *e)
{
	static const struct pipeline stages = {take, work_samples, give_samples};
	progress_start(&j->progress, j->options->progress, j->options->nsamples);
	run_lanes(j, &stages, j->options->nsamples, e);
	progress_end(&j->progress);
	return e->status;
}

enum status flowjob_run(const struct flow *f, const struct flow_options *o, struct error *e)
{
	struct job j = {.options = o, .flow = f, .max_lanes = parallel_threads()};
	j.lanes = calloc(j.max_lanes, sizeof(*j.lanes));
	if (!j.lanes)
		return error_memory(e);
	if (o->mode == SAMPLES)
		run_samples(&j, e);
	else
		run_file(&j, e);
	for (size_t i = 0; i < j.max_lanes; i++) {
		flow_workspace_release(&j.lanes[i].workspace);
		free(j.lanes[i].x);
	}
	free(j.lanes);
	return e->status;
}
