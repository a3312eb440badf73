/* Put before MPI's library (LD_PRELOAD): how long each process of nicetrain-mpi is in MPI, by its
 * profiling interface. The calls of a step are an agreement, which waits for the slowest process,
 * and an exchange; each lasts from its first request until none is open. */
#include <mpi.h>
#include <stdio.h>

static double began, waited, exchanged, ending;
static struct {
	int requests;
	double since, *sum;
} pending;

static void begin(double *sum)
{
	if (pending.requests++ == 0)
		pending.since = PMPI_Wtime();
	pending.sum = sum;
}

static void end(void)
{
	if (--pending.requests == 0)
		*pending.sum += PMPI_Wtime() - pending.since;
}

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
	int status = PMPI_Init_thread(argc, argv, required, provided);
	began = PMPI_Wtime();
	return status;
}

int MPI_Iallreduce(const void *from, void *to, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request *request)
{
	begin(&waited);
	return PMPI_Iallreduce(from, to, n, type, op, comm, request);
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
	begin(&ending); /* is no step */
	return PMPI_Ibarrier(comm, request);
}

int MPI_Iallgatherv(const void *from, int n, MPI_Datatype type, void *to, const int *counts,
                    const int *starts, MPI_Datatype to_type, MPI_Comm comm, MPI_Request *request)
{
	begin(&exchanged);
	return PMPI_Iallgatherv(from, n, type, to, counts, starts, to_type, comm, request);
}

int MPI_Irecv(void *to, int n, MPI_Datatype type, int from, int tag, MPI_Comm comm,
              MPI_Request *request)
{
	begin(&exchanged);
	return PMPI_Irecv(to, n, type, from, tag, comm, request);
}

int MPI_Isend(const void *from, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request *request)
{
	begin(&exchanged);
	return PMPI_Isend(from, n, type, to, tag, comm, request);
}

int MPI_Test(MPI_Request *request, int *done, MPI_Status *state)
{
	int status = PMPI_Test(request, done, state);
	if (*done)
		end();
	return status;
}

int MPI_Finalize(void)
{
	int rank;
	double all = PMPI_Wtime() - began;
	PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
	fprintf(stderr, "process %d: %.2f s, of which %.1f %% exchange, %.1f %% wait\n", rank, all,
	        100 * exchanged / all, 100 * waited / all);
	return PMPI_Finalize();
}
