/* Files that appear whole or not at all: written beside their place, synchronised, renamed. */
#ifndef ATOMICFILE_H
#define ATOMICFILE_H

#include "status.h"

#include <stdio.h>

struct atomicfile {
	FILE *f;    /* to write to */
	char *path; /* where it will be */
	char *temporary;
};

/* Creates path.XXXXXX beside path. */
enum status atomicfile_open(struct atomicfile *a, const char *path, struct error *e);

/* Puts the file in its place; on failure (a full disk shows here at the latest) the old one stays
 * as it was and the new one is removed. */
enum status atomicfile_commit(struct atomicfile *a, struct error *e);

/* Removes the new file, if it has not been put in its place. */
void atomicfile_abandon(struct atomicfile *a);

#endif
