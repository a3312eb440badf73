/* The input of niceroc: files of numbers of both sides, or states. */
#include "niceroc.h"

#include "cli.h"
#include "io/input.h"
#include "state_shards.h"

#include <math.h>

/* Adds the numbers of each file, which is checked at its own end. */
static int read_files(const struct files *files, bool binary, struct sample *side)
{
	int status = EXIT_OK;
	for (size_t i = 0; i < files->n && status == EXIT_OK; i++) {
		struct error e = {0};
		int fd = -1;
		if (input_open(files->names[i], &fd, &e) == STATUS_OK)
			sample_read(side, fd, binary, &e);
		status = cli_close_input(files->names[i], fd, &e);
	}
	return status;
}

static int merge_files(const struct files *files, struct sides *s)
{
	int status = EXIT_OK;
	for (size_t i = 0; i < files->n && status == EXIT_OK; i++) {
		struct error e = {0};
		const char *name = files->names[i];
		int fd = -1;
		if (input_open(name, &fd, &e) == STATUS_OK)
			sides_merge_stream(s, fd, cli_input_name(name), &e);
		status = cli_close_input(name, fd, &e);
	}
	return status;
}

/* A side of one file is called by that file's name, another by what it is. */
static int check_side(const struct sample *side, const struct files *files, const char *kind,
                      bool may_be_empty)
{
	struct error e = {0};
	const char *file = files->n == 1 ? files->names[0] : NULL;
	const char *space = file ? "" : " ", *what = file ? "" : kind;
	char nan[64];
	if (side->n == 0 && !may_be_empty) {
		error_set(&e, STATUS_MALFORMED, "no%s%s numbers", space, what);
		return cli_fail(file, &e);
	}
	snprintf(nan, sizeof(nan), "%s%snumbers are nan", what, space);
	cli_warn_if_most(file, sample_below(side, -INFINITY), side->n, nan);
	return EXIT_OK;
}

int sides_collect(struct sides *s, const struct options *o)
{
	int status = o->merge ? merge_files(&o->states, s) : EXIT_OK;
	if (!o->merge)
		status = read_files(&o->normal, o->binary, &s->normal);
	if (!o->merge && status == EXIT_OK)
		status = read_files(&o->anomalous, o->binary, &s->anomalous);
	if (status == EXIT_OK)
		status = state_shards_finish(&s->shards, &o->shard, o->state);
	sides_sort(s);
	if (status == EXIT_OK)
		status = check_side(&s->normal, &o->normal, "normal", o->state);
	if (status == EXIT_OK)
		status = check_side(&s->anomalous, &o->anomalous, "anomalous", o->state);
	return status;
}
