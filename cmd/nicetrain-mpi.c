/* nicetrain-mpi: nicetrain on several processes, which train one model together. */
#include "nicetrain-mpi.h"

#include "nicetrain.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static long variable(const char *of_environment)
{
	const char *value = getenv(of_environment);
	return value ? strtol(value, NULL, 10) : 0;
}

/* How many processes were started together with this one: by srun, unless that has started a
 * process that has started this one, or by either mpirun. */
static long count_started(void)
{
	bool by_srun = variable("SLURM_TASK_PID") == (long)getpid();
	const long counts[] = {by_srun ? variable("SLURM_STEP_NUM_TASKS") : 0,
	                       variable("OMPI_COMM_WORLD_SIZE"), variable("PMI_SIZE")};
	long most = 0;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

/* Processes of which each believes that it is the only one would all write the same files. */
static void refuse_to_be_alone(void)
{
	long n = count_started();
	if (n > 1)
		cli_usage("%ld processes were started, of which MPI knows this one alone: use "
		          "the mpirun of the MPI that it was built with; or srun --mpi=pmix with "
		          "Open MPI, --mpi=pmi2 with MPICH",
		          n);
}

/* Process 0 writes and reports; messages of the others say whose they are. */
static void assign(struct options *o, struct team *team)
{
	char host[100];
	bool fits = mpi_start(team, host, sizeof(host));
	if (team->size > 1)
		snprintf(name, sizeof(name), "nicetrain-mpi[%zu@%s]", team->rank, host);
	else
		refuse_to_be_alone();
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
