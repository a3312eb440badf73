/* nicetrain-mpi: nicetrain on several processes, which train one model together. */
#include "nicetrain-mpi.h"

#include "nicetrain.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { MICRO_BATCH = 64 /* records: see nicetrain-mpi(1), Cost */ };

static char name[200] = "nicetrain-mpi";
static const struct program program = {
    name,
    "usage: mpirun nicetrain-mpi (-d DIMS | --schema SCHEMA) -o MODEL [-q] [--kind nice|vae]\n"
    "                            [-t u8|f32|f64] [-p f32|bf16] [-S SEED] [-j THREADS] [options]\n"
    "                            file ...\n",
    "Train as nicetrain does, on the processes that MPI has started."};

/* Standard input is process 0's alone. */
static void refuse_standard_input(const char *file)
{
	if (file && strcmp(file, "-") == 0)
		cli_usage("every process reads the files: none can be standard input");
}

static void check_files(const struct options *o)
{
	for (size_t i = 0; i < o->files->n; i++)
		refuse_standard_input(o->files->names[i]);
	refuse_standard_input(o->valid);
	refuse_standard_input(o->schema);
	refuse_standard_input(o->init);
}

/* Process 0 writes and reports; messages of the others say whose they are. */
static void assign(struct options *o, struct team *team)
{
	char host[100];
	bool fits = mpi_start(team, host, sizeof(host));
	if (team->size > 1)
		snprintf(name, sizeof(name), "nicetrain-mpi[%zu@%s]", team->rank, host);
	o->trainer.team = team;
	o->usual_micro_batch = MICRO_BATCH;
	if (team->rank > 0) {
		o->progress = PROGRESS_NEVER;
		o->log = NULL;
	}
	if (!fits && team->rank == 0)
		cli_usage("more than %d processes", TEAM_MAX);
}

int main(int argc, char **argv)
{
	struct input_list files = {0};
	struct options o = {.files = &files};
	struct signals signals = {0};
	struct team team;
	struct error e = {0};
	cli_start(&program, argv);
	nicetrain_parse(&program, argc, argv, &o);
	check_files(&o);
	/* MPI may start threads, which are to hold these signals, too. */
	if (signals_hold(&signals, SIGUSR1, &e) != STATUS_OK ||
	    loop_hold_signals(&signals) != EXIT_OK)
		return cli_fail(NULL, &e);
	assign(&o, &team);
	int status = cli_finish(nicetrain_run(&o, &signals));
	mpi_end();
	return status;
}
