/* Knows fsync and rename. Does not know what is written. */
#include "atomicfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status atomicfile_open(struct atomicfile *a, const char *path, struct error *e)
{
	static const char suffix[] = ".XXXXXX";
	struct atomicfile made = {NULL, strdup(path), malloc(strlen(path) + sizeof(suffix))};
	int fd = -1;
	if (!made.path || !made.temporary) {
		error_memory(e);
	} else {
		strcpy(made.temporary, path);
		strcat(made.temporary, suffix);
		fd = mkstemp(made.temporary);
		if (fd < 0)
			error_system(e, "cannot create a file beside it");
	}
	if (fd >= 0) {
		mode_t mask = umask(0);
		umask(mask);
		fchmod(fd, 0666 & ~mask); /* as open would have made it; mkstemp is more private */
		made.f = fdopen(fd, "wb");
		if (!made.f) {
			error_system(e, "cannot write");
			close(fd);
			unlink(made.temporary);
		}
	}
	if (made.f) {
		*a = made;
		return STATUS_OK;
	}
	free(made.path);
	free(made.temporary);
	return e->status;
}

/* The directory's entry, too, must be on the disk; where that cannot be asked for, it is not. */
static void sync_directory(const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return;
	char *slash = strrchr(copy, '/');
	if (slash)
		slash[slash == copy] = '\0';
	int fd = open(slash ? copy : ".", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

enum status atomicfile_commit(struct atomicfile *a, struct error *e)
{
	int lost = ferror(a->f);
	if (fflush(a->f) != 0 || lost || fsync(fileno(a->f)) != 0)
		error_system(e, "cannot write");
	if (fclose(a->f) != 0)
		error_system(e, "cannot write");
	a->f = NULL;
	if (e->status == STATUS_OK && rename(a->temporary, a->path) != 0)
		error_system(e, "cannot rename the finished file");
	if (e->status == STATUS_OK)
		sync_directory(a->path);
	else
		unlink(a->temporary);
	atomicfile_abandon(a);
	return e->status;
}

void atomicfile_abandon(struct atomicfile *a)
{
	if (a->f) {
		fclose(a->f);
		unlink(a->temporary);
	}
	free(a->path);
	free(a->temporary);
	*a = (struct atomicfile){0};
}
