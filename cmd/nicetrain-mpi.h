/* The parts of nicetrain-mpi that nicetrain has not. */
#ifndef NICETRAIN_MPI_H
#define NICETRAIN_MPI_H

#include "team/team.h"

/* Starts MPI, and tells which process this is, and on which machine. No other thread may call it.
 * False if there are more than TEAM_MAX processes. */
bool mpi_start(struct team *team, char *host, size_t size);

/* Waits for the other processes, and ends MPI. */
void mpi_end(void);

#endif
