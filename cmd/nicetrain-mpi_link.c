/* What the processes of a training tell each other, by MPI. An error of MPI's ends them all. */
#include "nicetrain-mpi.h"

#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Counts of MPI are ints: the larger what is counted, the more there may be. */
static size_t unit_of(const size_t *bounds, size_t size)
{
	for (size_t unit = 8; unit > 1; unit /= 2) {
		size_t r = 0;
		while (r <= size && bounds[r] % unit == 0)
			r++;
		if (r > size)
			return unit;
	}
	return 1;
}

static size_t process_count(void)
{
	int size;
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	return (size_t)size;
}

static void sleep_for(long microseconds)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000 * microseconds}, NULL);
}

/* Like MPI_Wait, without its spinning: with more processes than processors, that keeps the one that
 * is waited for from running. Yields for 10 ms, then sleeps between two tests. */
static void wait_for(MPI_Request *request)
{
	double yields_until = MPI_Wtime() + 0.01;
	for (int done = 0;;) {
		MPI_Test(request, &done, &(MPI_Status){0});
		if (done)
			return;
		if (MPI_Wtime() < yields_until)
			sched_yield();
		else
			sleep_for(200);
	}
}

static void gather(void *data, const size_t *bounds)
{
	int counts[TEAM_MAX], starts[TEAM_MAX];
	size_t size = process_count(), unit = unit_of(bounds, size);
	MPI_Datatype type;
	MPI_Request request;
	MPI_Type_contiguous((int)unit, MPI_BYTE, &type);
	MPI_Type_commit(&type);
	for (size_t r = 0; r < size; r++) {
		starts[r] = (int)(bounds[r] / unit);
		counts[r] = (int)((bounds[r + 1] - bounds[r]) / unit);
	}
	MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, data, counts, starts, type,
	                MPI_COMM_WORLD, &request);
	wait_for(&request);
	MPI_Type_free(&type);
}

static void exchange(const struct team_message *sends, size_t nsends,
                     const struct team_message *receives, size_t nreceives)
{
	MPI_Request *requests = calloc(nsends + nreceives + 1, sizeof(MPI_Request));
	MPI_Request *next = requests;
	if (!requests) {
		fputs("nicetrain-mpi: out of memory\n", stderr);
		MPI_Abort(MPI_COMM_WORLD, 1);
		return;
	}
	for (size_t i = 0; i < nreceives; i++)
		MPI_Irecv(receives[i].data, (int)receives[i].n, MPI_FLOAT, (int)receives[i].process,
		          0, MPI_COMM_WORLD, next++);
	for (size_t i = 0; i < nsends; i++)
		MPI_Isend(sends[i].data, (int)sends[i].n, MPI_FLOAT, (int)sends[i].process, 0,
		          MPI_COMM_WORLD, next++);
	for (MPI_Request *r = requests; r < next; r++)
		wait_for(r);
	free(requests);
}

static void greatest(uint64_t *values, size_t n)
{
	MPI_Request request;
	MPI_Iallreduce(MPI_IN_PLACE, values, (int)n, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD,
	               &request);
	wait_for(&request);
}

static const struct team_link mpi_link = {
    .gather = gather, .exchange = exchange, .greatest = greatest};

bool mpi_start(struct team *team, char *host, size_t size)
{
	char name[MPI_MAX_PROCESSOR_NAME] = "";
	int rank, length, provided;
	MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Get_processor_name(name, &length);
	snprintf(host, size, "%s", name);
	*team = (struct team){(size_t)rank, process_count(), &mpi_link};
	return team->size <= TEAM_MAX;
}

/* With MPICH 4.0 over TCP a process that ends its connections waits for answers of the others, and
 * waits for ever if one of these has ended its own already: MPICH's pull request 6596. None has if
 * none answers before it is about to end, too: as when all do something else for a while, longer
 * than what is between the first that leaves the barrier and the last. */
void mpi_end(void)
{
	MPI_Request request;
	MPI_Ibarrier(MPI_COMM_WORLD, &request);
	wait_for(&request);
	if (process_count() > 1)
		sleep_for(250000);
	MPI_Finalize();
}
