/* Files that a program writes by name. */
#include "io/output.h"

#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- resolving paths ---- */

/* The first n bytes of a, followed by b; NULL if out of memory. */
static char *join(const char *a, size_t n, const char *b)
{
	char *joined = malloc(n + strlen(b) + 1);
	if (joined) {
		memcpy(joined, a, n);
		strcpy(joined + n, b);
	}
	return joined;
}

/* Bytes before the last part of a path: those of its directory, with the slash. */
static size_t directory_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The resolved path of a file that does not exist yet; NULL with errno set. */
static char *follow_to_nothing(const char *path)
{
	size_t n = directory_bytes(path);
	if (path[n] == '\0') {
		errno = ENOENT; /* it names a directory */
		return NULL;
	}
	char *directory = n > 0 ? join(path, n, "") : strdup("./");
	char *real = directory ? realpath(directory, NULL) : NULL;
	char *at = real ? join(real, strlen(real), "/") : NULL;
	char *found = at ? join(at, strlen(at), path + n) : NULL;
	free(at);
	free(real);
	free(directory);
	return found;
}

/* The path of an existing or future file with links resolved; NULL with errno set. */
static char *follow(const char *path)
{
	char target[PATH_MAX];
	char *found = realpath(path, NULL);
	if (found || errno != ENOENT)
		return found;
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return follow_to_nothing(path);
	target[n] = '\0';
	char *next = join(path, target[0] == '/' ? 0 : directory_bytes(path), target);
	found = next ? follow(next) : NULL;
	free(next);
	return found;
}

/* ---- before the work ---- */

static enum status prepare_replacement(struct output *o, const char *path, struct error *e)
{
	o->path = follow(path);
	if (!o->path || (access(o->path, F_OK) == 0 && access(o->path, W_OK) != 0))
		return error_system(e, "cannot write");
	if (output_open(o, e) == STATUS_OK)
		output_abandon(o);
	return e->status;
}

static enum status prepare_descriptor(struct output *o, const char *path, struct error *e)
{
	o->fd = path ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : dup(STDOUT_FILENO);
	return o->fd < 0 ? error_system(e, "cannot open") : STATUS_OK;
}

enum status output_prepare(struct output *o, const char *path, struct error *e)
{
	struct stat st;
	struct output made = {.fd = -1};
	if (strcmp(path, "-") == 0)
		prepare_descriptor(&made, NULL, e);
	else if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		prepare_replacement(&made, path, e);
	else if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		error_system(e, "cannot write");
	} else
		prepare_descriptor(&made, path, e);
	if (e->status == STATUS_OK)
		*o = made;
	else
		output_release(&made);
	return e->status;
}

enum status output_check_replaced(const struct output *o,
                                  bool (*ours)(const unsigned char *head, size_t n),
                                  const char *what, struct error *e)
{
	unsigned char head[OUTPUT_HEAD_BYTES];
	int fd = o->path ? open(o->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	size_t n = 0, got = 1;
	while (fd >= 0 && n < sizeof(head) && got > 0 &&
	       input_read(fd, NULL, head + n, sizeof(head) - n, &got, e) == STATUS_OK)
		n += got;
	if (fd >= 0)
		close(fd);
	if (e->status != STATUS_OK || n == 0 || ours(head, n))
		return e->status;
	return error_set(e, STATUS_UNSUPPORTED,
	                 "is there, and is not %s: choose another name, or remove it", what);
}

void output_release(struct output *o)
{
	output_abandon(o);
	if (!o->path && o->fd > STDERR_FILENO)
		close(o->fd);
	free(o->path);
	*o = (struct output){0};
}

/* ---- the file ---- */

/* Copies owner and group where that is permitted. If the group differs, it gets no more rights than
 * others had. */
static void take_after(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 0777;
	if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
		mode &= 0707 | (mode & 0007) << 3;
	fchmod(fd, mode);
}

static void take_after_none(int fd)
{
	mode_t mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

static const char suffix[] = ".XXXXXX";

/* Of a path, those that the name of its temporary file begins with: a long name has no room for the
 * suffix. */
static size_t bytes_of_temporary(const char *path)
{
	size_t most = directory_bytes(path) + NAME_MAX - strlen(suffix), n = strlen(path);
	return n < most ? n : most;
}

/* Returns its descriptor; -1 with errno set. mkstemp makes it private, and its mode is changed
 * last. */
static int make_temporary(struct output *o)
{
	struct stat old;
	bool there = lstat(o->path, &old) == 0;
	if (there && !S_ISREG(old.st_mode)) {
		errno = EEXIST; /* no longer a regular file: do not replace it */
		return -1;
	}
	o->temporary = join(o->path, bytes_of_temporary(o->path), suffix);
	int fd = o->temporary ? mkstemp(o->temporary) : -1;
	if (fd < 0) {
		free(o->temporary);
		o->temporary = NULL;
	} else if (there)
		take_after(fd, &old);
	else
		take_after_none(fd);
	return fd;
}

enum status output_open(struct output *o, struct error *e)
{
	int fd = o->path ? make_temporary(o) : o->fd;
	if (fd < 0)
		return error_system(e, "cannot create temporary file");
	o->fd = -1;
	o->f = writer_open(&o->writer, fd);
	if (!o->f) {
		error_memory(e);
		close(fd);
		output_abandon(o);
	}
	return e->status;
}

/* The entry of the directory must reach the disk, too, where the system supports it. */
static void sync_directory(const char *path)
{
	char *directory = join(path, directory_bytes(path), "");
	int fd = directory ? open(directory, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(directory);
}

/* A pipe or a terminal cannot be synchronised. */
static bool synchronised(const struct output *o)
{
	return fsync(o->writer.fd) == 0 || (!o->path && (errno == EINVAL || errno == ENOTSUP));
}

enum status output_commit(struct output *o, struct error *e)
{
	if (!writer_flush(&o->writer, o->f) || !synchronised(o))
		error_system(e, "cannot write");
	if (!writer_close(&o->writer, o->f))
		error_system(e, "cannot write");
	o->f = NULL;
	if (e->status == STATUS_OK && o->path && rename(o->temporary, o->path) != 0)
		error_system(e, "cannot rename the finished file");
	if (e->status == STATUS_OK && o->path) {
		sync_directory(o->path);
		free(o->temporary);
		o->temporary = NULL;
	}
	output_abandon(o);
	return e->status;
}

void output_abandon(struct output *o)
{
	if (o->f)
		fclose(o->f);
	o->f = NULL;
	if (o->temporary)
		unlink(o->temporary);
	free(o->temporary);
	o->temporary = NULL;
}

enum status output_open_in_place(struct output *o, bool keep, FILE **f, struct error *e)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | (keep ? 0 : O_TRUNC);
	int fd = o->path ? open(o->path, flags, 0666) : o->fd;
	FILE *opened = fd < 0 ? NULL : fdopen(fd, o->path ? "r+" : "w");
	if (!opened) {
		error_system(e, "cannot open");
		if (o->path && fd >= 0)
			close(fd);
		return e->status;
	}
	o->fd = -1;
	*f = opened;
	return STATUS_OK;
}

/* ---- names of one file ---- */

/* Of two files that do not exist yet. */
static bool same_place(const char *a, const char *b)
{
	char *of_a = follow(a), *of_b = follow(b);
	bool same = of_a && of_b && strcmp(of_a, of_b) == 0;
	free(of_a);
	free(of_b);
	return same;
}

static bool find(const struct named_file *file, struct stat *st)
{
	if (strcmp(file->path, "-") == 0)
		return fstat(file->written ? STDOUT_FILENO : STDIN_FILENO, st) == 0;
	return stat(file->path, st) == 0;
}

static bool same_file(const struct named_file *a, const struct named_file *b)
{
	struct stat of_a, of_b;
	if (a->written && b->written && strcmp(a->path, "-") == 0 && strcmp(b->path, "-") == 0)
		return true;
	bool a_there = find(a, &of_a), b_there = find(b, &of_b);
	if (!a_there && !b_there)
		return same_place(a->path, b->path);
	return a_there && b_there && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino &&
	       !S_ISCHR(of_a.st_mode) && !S_ISSOCK(of_a.st_mode);
}

bool output_shared(const struct named_file *files, size_t n, size_t *a, size_t *b)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; files[i].written && files[i].path && k < n; k++) {
			bool seen = k == i || (k < i && files[k].written);
			if (!seen && files[k].path && same_file(&files[i], &files[k])) {
				*a = i < k ? i : k;
				*b = i < k ? k : i;
				return true;
			}
		}
	}
	return false;
}
