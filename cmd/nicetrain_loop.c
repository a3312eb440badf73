/* The loop of nicetrain: steps, signals, checkpoints, and a training that diverges. */
#include "nicetrain.h"

#include <inttypes.h>
#include <signal.h>

static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
enum { NENDS = sizeof(ends) / sizeof(*ends) };

int loop_hold_signals(struct signals *s)
{
	struct error e = {0};
	for (size_t i = 0; i < NENDS; i++) {
		if (signals_hold(s, ends[i], &e) != STATUS_OK)
			return cli_fail(NULL, &e);
	}
	return EXIT_OK;
}

static void release_ends(struct signals *s)
{
	for (size_t i = 0; i < NENDS; i++)
		signals_release(s, ends[i]);
}

static bool end_came(const struct signals *s)
{
	bool came = false;
	for (size_t i = 0; i < NENDS; i++)
		came |= signals_came(s, ends[i]);
	return came;
}

/* Writes the last good model, unless memory ran out, perhaps before the model was checked. */
static int stop_diverged(const struct trainer *t, const struct options *o, struct output *model,
                         const struct error *e)
{
	uint64_t epochs;
	size_t steps;
	if (e->status == STATUS_ELSEWHERE)
		return EXIT_BAD;
	trainer_kept(t, &epochs, &steps);
	cli_fail(nicetrain_input(o), e);
	if (e->status == STATUS_MEMORY || epochs == 0 || t->options.team->rank > 0 ||
	    model_write(t, o, model) != EXIT_OK)
		return EXIT_BAD;
	const char *name = cli_output_name(o->output);
	if (steps > 0)
		cli_warn(name, "the model of epoch %" PRIu64 ", step %zu was written", epochs + 1,
		         steps);
	else
		cli_warn(name, "the model of epoch %" PRIu64 " was written", epochs);
	return EXIT_BAD;
}

/* What signals ask for, of any process of the team: all stop, and all save, at one step. */
static void take_signals(const struct trainer *t, struct signals *signals, bool *stopped,
                         bool *wanted)
{
	uint64_t asked[] = {end_came(signals), signals_take(signals, SIGUSR1)};
	team_greatest(t->options.team, asked, 2);
	*stopped = asked[0] != 0;
	*wanted |= asked[0] || asked[1];
}

/* Ends as the signal does; a process that got none ends here, when process 0 has saved. */
static int stop_signalled(const struct trainer *t, struct signals *signals)
{
	team_any(t->options.team, false);
	release_ends(signals);
	return EXIT_BAD;
}

/* A checkpoint that cannot be written changes the exit status; training goes on. */
static int train(struct trainer *t, const struct options *o, struct outputs *out,
                 struct table *table, struct signals *signals)
{
	struct progress line;
	struct error e = {0};
	int status = EXIT_OK;
	uint64_t epoch_records = trainer_steps(t) * t->options.batch;
	progress_start(&line, o->progress, epoch_records);
	while (!trainer_done(t)) {
		bool ended = false, stopped, wanted;
		if (trainer_step(t, &ended, &e) != STATUS_OK) {
			progress_end(&line);
			return stop_diverged(t, o, &out->model, &e);
		}
		progress_update(&line, t->step * t->options.batch);
		wanted = ended;
		take_signals(t, signals, &stopped, &wanted);
		if (wanted)
			progress_clear(&line);
		if (ended) {
			table_add_epoch(table, t);
			progress_start(&line, o->progress, epoch_records);
		}
		if (wanted && o->checkpoint)
			trainer_collect(t);
		if (wanted && o->checkpoint && checkpoint_write(t, o, &out->checkpoint) != EXIT_OK)
			status = EXIT_BAD;
		if (stopped)
			return stop_signalled(t, signals);
	}
	progress_end(&line);
	if (!out->model.path)
		release_ends(signals); /* its reader may take any time */
	return model_write(t, o, &out->model) == EXIT_OK ? status : EXIT_BAD;
}

int loop_run(struct trainer *t, const struct options *o, struct outputs *out,
             struct signals *signals)
{
	struct table table = {0};
	int status = table_open(&table, t, o, &out->log);
	if (status == EXIT_OK)
		status = train(t, o, out, &table, signals);
	if (table_close(&table, o) != EXIT_OK)
		status = EXIT_BAD;
	return status;
}
