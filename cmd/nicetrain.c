/* nicetrain: raw records in, a model out. The options are in nicetrain_options.c. */
#include "nicetrain.h"

#include "nn/threads.h"

#include <signal.h>
#include <stdlib.h>

static int train(const struct options *o, const struct dataset *records,
                 const struct dataset *valid, const struct tensors *initial, struct outputs *out,
                 struct signals *signals)
{
	struct trainer trainer = {0};
	struct error e = {0};
	int status = EXIT_OK;
	if (trainer_init(&trainer, &o->trainer, records, o->valid ? valid : NULL, &e) != STATUS_OK)
		status = cli_fail(nicetrain_input(o), &e);
	if (status == EXIT_OK && o->init && trainer_take_model(&trainer, initial, &e) != STATUS_OK)
		status = cli_fail(o->init, &e);
	if (status == EXIT_OK)
		status = checkpoint_resume(&trainer, o);
	if (status == EXIT_OK)
		status = loop_run(&trainer, o, out, signals);
	trainer_release(&trainer);
	return status;
}

static int run(struct options *o, struct signals *signals)
{
	struct dataset records = {0}, valid = {0};
	struct outputs out = {0};
	struct tensors initial = {0};
	struct error e = {0};
	if (!o->schema && trainer_check(&o->trainer, o->checkpoint != NULL, &e) != STATUS_OK)
		return cli_fail(NULL, &e);
	int status = outputs_prepare(&out, o);
	if (status == EXIT_OK)
		status = initial_read(&initial, o);
	if (status == EXIT_OK)
		status = records_read(&records, &valid, o);
	if (status == EXIT_OK)
		status = loop_hold_signals(signals);
	struct options decided = *o;
	defaults_by_number(&decided, records.nrecords);
	if (status == EXIT_OK)
		status = train(&decided, &records, &valid, &initial, &out, signals);
	dataset_release(&valid);
	dataset_release(&records);
	outputs_release(&out);
	tensors_release(&initial);
	free(o->schema_text);
	return status;
}

int main(int argc, char **argv)
{
	struct input_list files = {0};
	struct options o = {.files = &files};
	struct signals signals = {0};
	struct error e = {0};
	cli_start(&nicetrain_program, argv);
	if (signals_hold(&signals, SIGUSR1, &e) != STATUS_OK)
		return cli_fail(NULL, &e);
	nicetrain_parse(argc, argv, &o);
	cli_confine(SANDBOX_FILES);
	if (o.nthreads > 0)
		threads_set_count((unsigned)o.nthreads);
	return cli_finish(run(&o, &signals));
}
