/* Pieces of work for several threads, their input and their output. */
#include "lanes.h"

#include "base/decimal.h"
#include "cli.h"
#include "io/input.h"
#include "io/numbers.h"
#include "linear/linear.h"
#include "threads/threads.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Records that are worth a thread of their own: with less, threads that share each product are
 * faster. */
enum { WORTHWHILE = 96 };

/* What a batch has at the least: when it ends, threads wait for each other and for the producer. */
enum { BATCH_BYTES = 1 << 18 };

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Records of a batch: `rows` for each thread, several times over if they are small. */
static size_t default_batch(size_t rows, size_t record_bytes)
{
	size_t once = (size_t)threads_count() * rows;
	return once * (1 + (BATCH_BYTES - 1) / (once * record_bytes));
}

enum status lanes_init(struct lanes *l, const struct lanes_setup *setup, struct error *e)
{
	*l = (struct lanes){.setup = *setup, .max = threads_count()};
	if (setup->batch == 0)
		l->setup.batch = default_batch(setup->rows, setup->d * element_bytes(setup->type));
	l->all = calloc(l->max, sizeof(*l->all));
	return l->all ? STATUS_OK : error_memory(e);
}

void lanes_release(struct lanes *l)
{
	for (size_t i = 0; l->all && i < l->max; i++) {
		l->setup.workspace_release(l->all[i].workspace);
		free(l->all[i].x);
	}
	free(l->all);
}

static enum status prepare(struct lane *l, const struct lanes_setup *s, struct error *e)
{
	if (s->workspace_init(&l->workspace, s->model, e) == STATUS_OK &&
	    !(l->x = malloc(s->rows * s->room * sizeof(double))))
		error_memory(e);
	return e->status;
}

static uint64_t share(uint64_t n, uint64_t nshares)
{
	return n / nshares + (n % nshares > 0);
}

void lanes_offer(struct lanes *l, uint64_t nitems)
{
	l->next = 0;
	l->end = nitems;
	l->piece = (size_t)least(share(nitems, l->n), least(l->setup.batch, l->setup.rows));
}

enum status lanes_run(struct lanes *l, const struct ordered_map *stages, uint64_t nitems,
                      struct error *e)
{
	l->n = (size_t)least(nitems / WORTHWHILE + (nitems < WORTHWHILE), l->max);
	for (; l->nready < l->n; l->nready++) {
		if (prepare(&l->all[l->nready], &l->setup, e) != STATUS_OK)
			return e->status;
	}
	lanes_offer(l, nitems);
	ordered_map_run(stages, l->n, l);
	for (size_t i = 0; i < l->n && e->status == STATUS_OK; i++)
		*e = l->all[i].error;
	if (e->status == STATUS_OK)
		*e = l->error;
	return e->status;
}

bool lanes_take(void *lanes, size_t lane)
{
	struct lanes *l = lanes;
	struct lane *own = &l->all[lane];
	own->first = l->next;
	own->n = (size_t)least(l->end - l->next, l->piece);
	l->next += own->n;
	return own->n > 0;
}

/* Records in the rest of the open file, and in those after it; 0 if one is no file. */
static uint64_t count_records(const struct input_list *files, size_t record_bytes)
{
	struct stat st;
	bool regular = fstat(files->fd, &st) == 0 && S_ISREG(st.st_mode);
	off_t at = regular ? lseek(files->fd, 0, SEEK_CUR) : -1;
	regular = at >= 0 && at <= st.st_size;
	uint64_t n = regular ? (uint64_t)(st.st_size - at) / record_bytes : 0;
	for (size_t i = files->nopened; regular && i < files->n; i++) {
		regular = strcmp(files->names[i], "-") != 0 && stat(files->names[i], &st) == 0 &&
		          S_ISREG(st.st_mode);
		n += regular ? (uint64_t)st.st_size / record_bytes : 0;
	}
	return regular ? n : 0;
}

/* Opens the first file, or that in which the shard begins. */
static enum status open_input(struct lanes *l, size_t record_bytes, struct error *e)
{
	const struct lanes_setup *s = &l->setup;
	bool sharded = s->shard.count > 0;
	if (sharded && shard_part_find(&s->shard, s->files, record_bytes, s->any_content, &l->part,
	                               e) != STATUS_OK)
		return e->status;
	if (sharded && l->part.n > 0)
		shard_part_open(&l->part, s->files, record_bytes, e);
	else if (!sharded)
		input_list_open_next(s->files, e);
	if (e->status != STATUS_OK || record_stream_init(&l->in, s->files->fd, stdout, record_bytes,
	                                                 s->batch, e) != STATUS_OK)
		return e->status;
	l->in.files = s->files;
	l->in.any_content = s->any_content;
	l->in.element_bytes = element_bytes(s->type);
	if (sharded)
		shard_part_limit(&l->part, &l->in);
	return STATUS_OK;
}

enum status lanes_read(struct lanes *l,
                       enum status (*run)(struct lanes *l, size_t n, struct error *e),
                       struct error *e)
{
	const struct lanes_setup *s = &l->setup;
	size_t bytes = s->d * element_bytes(s->type), n;
	char odd[200];
	if (open_input(l, bytes, e) == STATUS_OK) {
		progress_start(&l->progress, s->progress,
		               s->shard.count > 0 ? l->part.n : count_records(s->files, bytes));
		while (!ferror(stdout) && record_stream_next(&l->in, &l->raw, &n, e) == STATUS_OK &&
		       n > 0 && run(l, n, e) == STATUS_OK)
			;
		progress_end(&l->progress);
	}
	snprintf(odd, sizeof(odd),
	         "log-likelihoods are nan or infinite; check the element type (-t, here %s) and "
	         "the scale of the records",
	         element_name(s->type));
	cli_warn_if_most(s->files->n > 1 ? NULL : s->files->names[0], l->nodd, l->in.nrecords, odd);
	if (e->status == STATUS_TRUNCATED)
		error_add(e, STATUS_TRUNCATED, "the model takes records of %zu %s elements", s->d,
		          element_name(s->type));
	record_stream_release(&l->in);
	input_list_close(s->files);
	return e->status;
}

void lanes_write_number(double value, bool binary, char end)
{
	char text[DECIMAL_TEXT];
	unsigned char raw[8];
	if (binary) {
		element_from_double(ELEMENT_F64, &value, 1, raw);
		fwrite(raw, 1, sizeof(raw), stdout);
	} else {
		decimal_format_double(value, text);
		fputs(text, stdout);
		putchar(end);
	}
}

void lanes_write_numbers(const double *values, size_t n, bool binary)
{
	numbers_write(stdout, values, n, binary);
}

void lanes_write_f32(const double *values, size_t n)
{
	unsigned char raw[1 << 14];
	for (size_t i = 0; i < n; i += sizeof(raw) / 4) {
		size_t piece = n - i < sizeof(raw) / 4 ? n - i : sizeof(raw) / 4;
		element_from_double(ELEMENT_F32, values + i, piece, raw);
		fwrite(raw, 4, piece, stdout);
	}
}
