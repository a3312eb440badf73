/* Put before MPI's library (LD_PRELOAD): how long each process of nicetrain-mpi is in MPI, by its
 * profiling interface. The calls of a step are an agreement, which waits for the slowest process,
 * and an exchange. */
#include <mpi.h>
#include <stdio.h>

static double began, waited, exchanged;

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
	int status = PMPI_Init_thread(argc, argv, required, provided);
	began = PMPI_Wtime();
	return status;
}

int MPI_Allreduce(const void *from, void *to, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
	double start = PMPI_Wtime();
	int status = PMPI_Allreduce(from, to, n, type, op, comm);
	waited += PMPI_Wtime() - start;
	return status;
}

int MPI_Allgatherv(const void *from, int n, MPI_Datatype type, void *to, const int *counts,
                   const int *starts, MPI_Datatype to_type, MPI_Comm comm)
{
	double start = PMPI_Wtime();
	int status = PMPI_Allgatherv(from, n, type, to, counts, starts, to_type, comm);
	exchanged += PMPI_Wtime() - start;
	return status;
}

int MPI_Wait(MPI_Request *request, MPI_Status *state)
{
	double start = PMPI_Wtime();
	int status = PMPI_Wait(request, state);
	exchanged += PMPI_Wtime() - start;
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
