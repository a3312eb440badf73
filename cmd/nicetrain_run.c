/* A training from its options to its model, by this process or by a team of them. */
#include "nicetrain.h"

#include "threads/threads.h"

#include <stdlib.h>

struct run {
	struct options o; /* its defaults are decided when the records are there */
	struct dataset records, valid;
	struct tensors initial;
	struct outputs out;
	struct trainer trainer;
};

static int start_trainer(struct run *r)
{
	struct error e = {0};
	const struct dataset *valid = r->o.valid ? &r->valid : NULL;
	defaults_by_number(&r->o, r->records.nrecords);
	if (trainer_init(&r->trainer, &r->o.trainer, &r->records, valid, &e) != STATUS_OK)
		return cli_fail(nicetrain_input(&r->o), &e);
	if (r->o.init && trainer_take_model(&r->trainer, &r->initial, &e) != STATUS_OK)
		return cli_fail(r->o.init, &e);
	return checkpoint_resume(&r->trainer, &r->o);
}

/* All that a process does alone. Process 0 writes. */
static int set_up(struct run *r, struct signals *signals)
{
	struct error e = {0};
	int status = EXIT_OK;
	if (!r->o.schema && trainer_check(&r->o.trainer, r->o.checkpoint != NULL, &e) != STATUS_OK)
		return cli_fail(NULL, &e);
	if (r->o.trainer.team->rank == 0)
		status = outputs_prepare(&r->out, &r->o);
	if (status == EXIT_OK)
		status = initial_read(&r->initial, &r->o);
	if (status == EXIT_OK)
		status = records_read(&r->records, &r->valid, &r->o);
	if (status == EXIT_OK)
		status = loop_hold_signals(signals);
	return status == EXIT_OK ? start_trainer(r) : status;
}

/* More processes than can have work. */
static void warn_of_idle(const struct run *r)
{
	const struct team *team = r->o.trainer.team;
	size_t parts = r->trainer.gradients.count;
	if (team->rank == 0 && parts < team->size)
		cli_warn(NULL,
		         "%zu of %zu processes compute no gradients, since a batch has %zu "
		         "micro-batches; see --batch and --micro-batch",
		         team->size - parts, team->size, parts);
}

/* Process 0 first, the others at once after it: what all would report is said once. */
static int set_up_in_turn(struct run *r, struct signals *signals)
{
	const struct team *team = r->o.trainer.team;
	int status = team->rank == 0 ? set_up(r, signals) : EXIT_OK;
	if (team_any(team, status != EXIT_OK))
		return EXIT_BAD;
	if (team->rank > 0)
		status = set_up(r, signals);
	return team_any(team, status != EXIT_OK) ? EXIT_BAD : EXIT_OK;
}

/* Refuses a team of which one would save checkpoints that another knows nothing of, too. */
static int compare(const struct run *r)
{
	struct error e = {0};
	const char *program = r->o.checkpoint ? "nicetools " NICETOOLS_VERSION ", with a checkpoint"
	                                      : "nicetools " NICETOOLS_VERSION;
	if (r->o.trainer.team->size == 1 || trainer_compare(&r->trainer, program, &e) == STATUS_OK)
		return EXIT_OK;
	return e.status == STATUS_ELSEWHERE ? EXIT_BAD : cli_fail(NULL, &e);
}

int nicetrain_run(const struct options *o, struct signals *signals)
{
	struct run r = {.o = *o};
	if (o->nthreads > 0)
		threads_set_count((unsigned)o->nthreads);
	int status = set_up_in_turn(&r, signals);
	if (status == EXIT_OK)
		status = compare(&r);
	if (status == EXIT_OK)
		warn_of_idle(&r);
	if (status == EXIT_OK)
		status = loop_run(&r.trainer, &r.o, &r.out, signals);
	trainer_release(&r.trainer);
	dataset_release(&r.valid);
	dataset_release(&r.records);
	outputs_release(&r.out);
	tensors_release(&r.initial);
	free(r.o.schema_text);
	return status;
}
